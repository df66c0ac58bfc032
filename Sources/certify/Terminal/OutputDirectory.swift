import CertifyReport
import CertifyStore
import Foundation

/// The directory a run writes to: checked before the work starts, filled only with whole files.
struct OutputDirectory {
  let path: String
  private let existed: Bool

  /// Makes the directory where it is missing, and tries it by writing a file.
  ///
  /// - Throws: ``CommandError`` when it cannot be made or written.
  init(path: String) throws {
    guard !path.isEmpty else { throw CommandError.usage("--out: its value is empty; name a directory") }
    self.path = path
    var isDirectory: ObjCBool = false
    existed = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
    if existed, !isDirectory.boolValue {
      throw CommandError(code: .runtime, description: "--out \(path): it is a file; name a directory")
    }
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      let probe = URL(fileURLWithPath: path).appendingPathComponent(Self.temporaryName)
      try Data("probe".utf8).write(to: probe)
      try FileManager.default.removeItem(at: probe)
    } catch {
      throw CommandError(
        code: .runtime,
        description:
          "--out \(path): cannot be written; check its permissions and the space left, or name another")
    }
  }

  /// What is being written, until it is whole; a killed process may leave it behind, and the next run takes it.
  private static let temporaryName = ".certify-part"

  /// Removes the directory if this run made it and left it empty.
  func discardIfEmpty() {
    guard !existed, (try? FileManager.default.contentsOfDirectory(atPath: path))?.isEmpty == true else {
      return
    }
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Keeps results that no store stands behind from being overwritten.
  ///
  /// - Throws: ``CommandError``.
  func refuseForeignResults() throws {
    let results = URL(fileURLWithPath: path).appendingPathComponent("results.json").path
    guard FileManager.default.fileExists(atPath: results), !RunStore.exists(in: path) else { return }
    throw CommandError.usage(
      "\(path): it holds the results of a run, but not its store; replace them by --overwrite, "
        + "or name another directory")
  }

  /// Removes what an earlier run reported.
  func discardReports() {
    let files = ["report.md", "report.html", "results.json", "results.csv", "results.sarif", "junit.xml"]
    for name in files + ["figures"] {
      try? FileManager.default.removeItem(
        atPath: URL(fileURLWithPath: path).appendingPathComponent(name).path)
    }
  }

  /// Writes every file beside its place first and then moves it there, so that none is ever half written.
  ///
  /// - Throws: ``CommandError``.
  func write(_ files: [ReportFile]) throws {
    for file in files {
      let url = URL(fileURLWithPath: path).appendingPathComponent(file.path)
      do {
        try FileManager.default.createDirectory(
          at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        let part = URL(fileURLWithPath: path).appendingPathComponent(Self.temporaryName)
        try Data(file.bytes).write(to: part)
        guard rename(part.path, url.path) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
      } catch {
        throw CommandError(
          code: .runtime,
          description: "\(url.path): cannot be written; check its permissions and the space left")
      }
    }
  }
}
