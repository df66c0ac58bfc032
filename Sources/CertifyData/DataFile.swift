import Foundation

/// A file's bytes, decompressed, and the format they show.
struct DataFile {
  let path: String
  let bytes: [UInt8]
  let format: Format

  enum Format {
    case npz, npy, idx, cifar, text
  }

  /// The largest length to which a gzip file without a declared size is decompressed: 4 GiB.
  static let largestUndeclared = 1 << 32

  /// Reads and recognises a file.
  ///
  /// - Throws: ``DataError`` when it is missing, unreadable, empty, damaged or of no format read here.
  static func read(_ path: String) throws -> DataFile {
    try DataFile(load(path), path: path)
  }

  /// Recognises the bytes of a file.
  init(_ content: [UInt8], path: String) throws {
    self.path = path
    var name = path.lowercased()
    var content = content
    if content.starts(with: [0x1F, 0x8B]) {
      content = try Self.gunzip(content, path: path)
      if name.hasSuffix(".gz") { name.removeLast(3) }
    }
    guard !content.isEmpty else {
      throw DataError.malformed(
        source: path, place: "offset 0", problem: "the file is empty", remedy: "get it again")
    }
    bytes = content
    format = try Self.recognise(content, name: name, path: path)
  }

  private static func recognise(_ bytes: [UInt8], name: String, path: String) throws -> Format {
    if bytes.starts(with: ZipArchive.signature) || bytes.starts(with: [0x50, 0x4B, 0x05, 0x06]) {
      return .npz
    }
    if bytes.starts(with: NpyFile.signature) { return .npy }
    if name.hasSuffix(".bin") { return .cifar }
    if IDXFile.matches(bytes) { return .idx }
    let isText = bytes.prefix(1024).allSatisfy { $0 >= 0x20 && $0 != 0x7F || (9...13).contains($0) }
    let isNamedOtherwise = [".npz", ".npy"].contains { name.hasSuffix($0) }
    if isText, !isNamedOtherwise { return .text }
    func unsupported(_ problem: String, _ remedy: String) -> DataError {
      .unsupported(source: path, problem: problem, remedy: remedy)
    }
    if bytes.count > 262, bytes[257..<262].elementsEqual("ustar".utf8) {
      throw unsupported("it is a tar archive", "unpack it and give one of its files")
    }
    if bytes[0] == 0x80, bytes.count > 1, (2...5).contains(bytes[1]) {
      throw unsupported("it is a Python pickle", "save the arrays with numpy.savez")
    }
    for (suffix, expected) in [(".npz", "a zip archive"), (".npy", "a .npy file"), (".csv", "text")]
    where name.hasSuffix(suffix) {
      throw unsupported("it is named \(suffix) and is not \(expected)", "it may be damaged: get it again")
    }
    throw unsupported(
      "its format is not recognised", "give .npz, .npy, IDX, CIFAR binary (.bin) or CSV, gzip allowed")
  }

  /// Decompresses, to no more than the size that the decompressed header declares.
  private static func gunzip(_ bytes: [UInt8], path: String) throws -> [UInt8] {
    let head = try Inflate.decompress(
      bytes[...], wrapping: .gzip, limit: 64, sizeHint: 64, source: path)
    let bound = Inflate.largestOutput(of: bytes.count)
    var limit = min(bound, largestUndeclared)
    var hint = bytes.count * 4
    if !path.lowercased().hasSuffix(".bin.gz"), let declared = IDXFile.declaredSize(head) {
      guard declared <= bound else {
        throw DataError.malformed(
          source: path, place: "header", problem: "\(bytes.count) compressed bytes cannot hold \(declared)",
          remedy: "the file is damaged: get it again")
      }
      // One byte more, so that a longer file shows.
      limit = declared + 1
      hint = limit
    }
    let content = try Inflate.decompress(
      bytes[...], wrapping: .gzip, limit: limit, sizeHint: hint, source: path)
    guard content.count < largestUndeclared || limit < largestUndeclared else {
      throw DataError.unsupported(
        source: path, problem: "it decompresses to more than \(largestUndeclared) bytes",
        remedy: "decompress it first")
    }
    return content
  }

  private static func load(_ path: String) throws -> [UInt8] {
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { throw DataError.fileNotFound(path: path) }
      throw DataError.unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let isDirectory = status.st_mode & S_IFMT == S_IFDIR
      throw DataError.unreadable(
        path: path, reason: "it is \(isDirectory ? "a directory" : "no regular file"); give a file")
    }
    guard let file = fopen(path, "rb") else {
      throw DataError.unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    defer { fclose(file) }
    let size = Int(status.st_size)
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = buffer.baseAddress.map { fread($0, 1, size, file) } ?? 0
    }
    guard bytes.count == size else {
      throw DataError.unreadable(path: path, reason: "only \(bytes.count) of \(size) bytes could be read")
    }
    return bytes
  }
}
