import Foundation

/// Whether a path leads to a regular file: reading a pipe may wait forever, and a device may never end.
enum RegularFile {
  static func exists(at path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }
}
