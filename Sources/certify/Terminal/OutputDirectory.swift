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

  /// Keeps files that no store of a run stands behind from being overwritten.
  ///
  /// - Throws: ``CommandError``.
  func refuseForeignResults() throws {
    guard !RunStore.exists(in: path),
      let found = ReportPaths.files.first(where: { FileManager.default.fileExists(atPath: place($0)) })
    else { return }
    throw CommandError.usage(
      "\(path): it holds \(found), but not the store of a run that wrote it; replace it by --overwrite, "
        + "or name another directory")
  }

  /// Removes what an earlier run reported, and nothing else that lies beside it.
  func discardReports() {
    for name in ReportPaths.files { try? FileManager.default.removeItem(atPath: place(name)) }
    let figures = place(ReportPaths.figures)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: figures)) ?? []
    let ours = names.filter(ReportPaths.isFigure)
    for name in ours { try? FileManager.default.removeItem(atPath: place("\(ReportPaths.figures)/\(name)")) }
    if ours.count == names.count { try? FileManager.default.removeItem(atPath: figures) }
  }

  private func place(_ name: String) -> String {
    URL(fileURLWithPath: path).appendingPathComponent(name).path
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
