import CertifyResults
import Foundation

/// The bytes of a file that a command was given.
///
/// - Throws: ``CommandError`` with the exit code for a missing file.
func readFile(_ path: String, what: String) throws -> Data {
  guard FileManager.default.fileExists(atPath: path) else {
    throw CommandError(code: .fileNotFound, description: "\(path): no such file; check the path of the \(what)")
  }
  do {
    return try Data(contentsOf: URL(fileURLWithPath: path))
  } catch {
    throw CommandError(
      code: .badInput, description: "\(path): the \(what) cannot be read: \(error.localizedDescription)")
  }
}

/// The record of a finished run in `directory`.
func readResults(in directory: String) throws -> ResultsFile {
  let path = URL(fileURLWithPath: directory).appendingPathComponent("results.json").path
  return try ResultsFile(json: readFile(path, what: "results of a run"))
}
