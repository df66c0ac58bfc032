import CertifyExperiments
import CertifyResults
import Foundation

/// A gallery page and the records it shows, which lie beside it or below it.
struct GalleryPlace {
  /// Where the page lies.
  let directory: String
  /// The page's file.
  let name: String
  /// Where the records lie, from the page; empty for beside it.
  let link: String
  private let records: URL

  /// - Throws: ``CommandError`` when the records do not lie below the page's directory.
  init(page: String, records: String) throws {
    let file = URL(fileURLWithPath: page).standardizedFileURL
    let folder = file.deletingLastPathComponent()
    self.records = URL(fileURLWithPath: records, isDirectory: true).standardizedFileURL
    let (above, below) = (folder.pathComponents, self.records.pathComponents)
    guard below.starts(with: above) else {
      throw CommandError.usage(
        "--gallery \(page): --out \(records) is not below its directory, so that it could not link to it; move it up"
      )
    }
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: file.path, isDirectory: &isDirectory), isDirectory.boolValue {
      throw CommandError.usage("--gallery \(page): it is a directory; name the .md file to write")
    }
    directory = folder.path
    name = file.lastPathComponent
    link = below.dropFirst(above.count).joined(separator: "/")
  }

  /// The records that there are.
  ///
  /// - Throws: ``CommandError`` when there is none, or a file that is none.
  func readRecords() throws -> [ExperimentRecord] {
    let files = try FileManager.default.contentsOfDirectory(atPath: records.path)
      .filter { $0.hasSuffix(".json") }.sorted()
    let found = try files.map { file in
      let path = records.appendingPathComponent(file).path
      do {
        return try ExperimentRecord(json: readFile(path, what: "record of an experiment"))
      } catch let error as ResultsFileError {
        throw CommandError(code: .badInput, description: "\(path): \(error)")
      }
    }
    guard !found.isEmpty else {
      throw CommandError(
        code: .fileNotFound,
        description: "\(records.path): there is no record of an experiment to show; run one into it first")
    }
    return found
  }
}
