import Foundation

/// Keeps a second run out of a directory: an advisory lock of the file `run.lock`, which the system releases
/// with the process however it ends.
final class DirectoryLock: Sendable {
  static let fileName = "run.lock"
  private let path: String
  private let descriptor: Int32

  /// - Throws: ``StoreError/inUse(directory:process:)``; ``StoreError/unwritable(path:problem:)``.
  init(directory: String) throws {
    path = Self.path(directory)
    while true {
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else {
        throw StoreError.unwritable(path: path, problem: String(cString: strerror(errno)))
      }
      var request = Self.wholeFile()
      guard fcntl(descriptor, F_SETLK, &request) == 0 else {
        close(descriptor)
        throw StoreError.inUse(directory: directory, process: Self.holder(directory: directory) ?? 0)
      }
      // Whoever had it may have removed the file between the two calls.
      if Self.isSameFile(descriptor, path) {
        self.descriptor = descriptor
        return
      }
      close(descriptor)
    }
  }

  /// Removes the file, then releases it.
  func release() {
    unlink(path)
    close(descriptor)
  }

  /// The process that holds the lock, 0 where the system does not tell; `nil` when none does.
  static func holder(directory: String) -> Int32? {
    let descriptor = open(path(directory), O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var request = wholeFile()
    guard fcntl(descriptor, F_GETLK, &request) == 0, request.l_type != Int16(F_UNLCK) else { return nil }
    return request.l_pid
  }

  private static func path(_ directory: String) -> String {
    URL(fileURLWithPath: directory).appendingPathComponent(fileName).path
  }

  private static func wholeFile() -> flock {
    var request = flock()
    request.l_type = Int16(F_WRLCK)
    request.l_whence = Int16(SEEK_SET)
    return request
  }

  private static func isSameFile(_ descriptor: Int32, _ path: String) -> Bool {
    var open = stat()
    var named = stat()
    guard fstat(descriptor, &open) == 0, stat(path, &named) == 0 else { return false }
    return open.st_dev == named.st_dev && open.st_ino == named.st_ino
  }
}
