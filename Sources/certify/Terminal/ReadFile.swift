import CertifyResults
import CertifyStore
import Foundation

/// The bytes of a file that a command was given.
///
/// - Throws: ``CommandError`` with the exit code for a missing file.
func readFile(_ path: String, what: String) throws -> Data {
  guard FileManager.default.fileExists(atPath: path) else {
    throw CommandError(
      code: .fileNotFound, description: "\(path): no such file; check the path of the \(what)")
  }
  do {
    return try Data(contentsOf: URL(fileURLWithPath: path))
  } catch {
    throw CommandError(
      code: .fileNotFound,
      description: "\(path): the \(what) cannot be read; name a file, and check its permissions")
  }
}

/// The record of a run in `directory`, from its store; where there is none, from `results.json`.
func readResults(in directory: String) throws -> ResultsFile {
  if RunStore.exists(in: directory) {
    let store = try RunStore(reading: directory)
    defer { store.close() }
    let results = try store.results()
    try results.validate()
    return ResultsFile(results: results, summary: Summary(of: results), verdict: try store.verdict())
  }
  let path = URL(fileURLWithPath: directory).appendingPathComponent("results.json").path
  let bytes = try readFile(path, what: "results of a run")
  do {
    return try ResultsFile(json: bytes)
  } catch let error as ResultsFileError {
    throw CommandError(code: failureCode(error), description: "\(path): \(error)")
  }
}
