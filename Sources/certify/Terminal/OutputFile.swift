import Foundation

/// A file that a command is told to write: checked before the work starts, and written whole or not at all.
struct OutputFile {
  let path: String
  private let option: String

  /// - Parameters:
  ///   - path: As it was given.
  ///   - option: What named it, such as `--logits`.
  ///   - kind: What it is to be, such as `the .npy file`.
  ///   - inputs: The files that are read, and must not be written over.
  /// - Throws: ``CommandError`` when it cannot be written, or must not be.
  init(_ path: String, option: String, kind: String, inputs: [String]) throws {
    self.path = path
    self.option = option
    if let input = inputs.first(where: { Self.place($0) == Self.place(path) }) {
      throw CommandError.usage("\(option) \(path): it would write over \(input), which is read; name another")
    }
    let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: parent, isDirectory: &isDirectory), isDirectory.boolValue
    else {
      throw failure("there is no directory \(parent) to write to; make it, or name another")
    }
    guard FileManager.default.isWritableFile(atPath: parent) else {
      throw failure("its directory cannot be written; check the permissions, or name another")
    }
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return
    case S_IFDIR: throw failure("it is a directory; name \(kind) to write")
    default: throw failure("it is no regular file; name \(kind) to write")
    }
  }

  /// Refuses one file that two options name.
  ///
  /// - Throws: ``CommandError``.
  static func refuseRepeated(_ files: [OutputFile]) throws {
    for (position, file) in files.enumerated() {
      guard let other = files[..<position].first(where: { place($0.path) == place(file.path) }) else {
        continue
      }
      throw CommandError.usage(
        "\(file.option) \(file.path): \(other.option) writes to it too; name another")
    }
  }

  /// Writes the file beside its place first and then moves it there.
  ///
  /// - Throws: ``CommandError``.
  func write(_ bytes: Data) throws {
    do {
      try bytes.write(to: URL(fileURLWithPath: Self.place(path)), options: .atomic)
    } catch {
      throw failure(
        "cannot be written; check the permissions of its directory and the space left, or name another")
    }
  }

  /// Where the path leads.
  private static func place(_ path: String) -> String {
    URL(fileURLWithPath: path).resolvingSymlinksInPath().path
  }

  private func failure(_ problem: String) -> CommandError {
    CommandError(code: .runtime, description: "\(option) \(path): \(problem)")
  }
}
