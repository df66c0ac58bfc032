/// The entries of a zip archive, stored or deflated, with 64-bit sizes where they are written.
struct ZipArchive {
  /// One file of the archive, as the central directory describes it.
  struct Entry: Equatable {
    var name: String
    var flags: UInt16
    var method: UInt16
    var checksum: UInt32
    var compressedSize: Int
    var size: Int
    var headerOffset: Int
  }

  let entries: [Entry]
  private let bytes: [UInt8]
  private let path: String

  static let signature: [UInt8] = [0x50, 0x4B, 0x03, 0x04]
  private static let endSignature: UInt32 = 0x0605_4B50
  private static let end64Signature: UInt32 = 0x0606_4B50
  private static let locator64Signature: UInt32 = 0x0706_4B50
  private static let entrySignature: UInt32 = 0x0201_4B50
  private static let localSignature: UInt32 = 0x0403_4B50

  /// Reads the central directory.
  ///
  /// - Throws: ``DataError`` when there is none, it is damaged, or two entries have one name.
  init(_ bytes: [UInt8], path: String) throws {
    self.bytes = bytes
    self.path = path
    var reader = ByteReader(bytes, source: path)
    let directory = try Self.locateDirectory(&reader)
    var entries: [Entry] = []
    try reader.seek(to: directory.offset)
    // An entry of the directory takes 46 bytes at least.
    guard directory.count <= bytes.count / 46 else {
      throw Self.damaged(path, directory.offset, "the directory says \(directory.count) entries")
    }
    for _ in 0..<directory.count {
      let entry = try Self.readEntry(&reader)
      guard !entries.contains(where: { $0.name == entry.name }) else {
        throw Self.damaged(path, reader.offset, "two entries are named \(entry.name)")
      }
      // Names are compared with each other: keep that from growing with a hostile directory.
      guard entries.count < 1024 else {
        throw DataError.unsupported(
          source: path, problem: "the archive has more than 1024 entries",
          remedy: "save the inputs and the labels alone")
      }
      entries.append(entry)
    }
    self.entries = entries
  }

  /// The decompressed bytes of an entry, checked against its size and checksum.
  func read(_ entry: Entry) throws -> [UInt8] {
    let source = "\(path), entry \(entry.name)"
    var reader = ByteReader(bytes, source: source)
    try reader.seek(to: entry.headerOffset)
    guard try reader.read(UInt32.self) == Self.localSignature else {
      throw Self.damaged(source, entry.headerOffset, "no entry starts here")
    }
    guard entry.flags & 0x41 == 0 else {
      throw DataError.unsupported(source: source, problem: "it is encrypted", remedy: "save it without")
    }
    try reader.seek(to: entry.headerOffset + 26)
    let nameLength = Int(try reader.read(UInt16.self))
    let extraLength = Int(try reader.read(UInt16.self))
    _ = try reader.take(nameLength + extraLength)
    let start = reader.offset
    let stored = try reader.take(entry.compressedSize)
    let content: [UInt8]
    switch entry.method {
    case 0:
      content = Array(stored)
    case 8:
      guard entry.size <= Inflate.largestOutput(of: stored.count) else {
        throw Self.damaged(source, start, "\(stored.count) bytes cannot hold the \(entry.size) it declares")
      }
      // One byte more than declared, so that a longer stream shows.
      content = try Inflate.decompress(
        stored, wrapping: .none, limit: entry.size + 1, sizeHint: entry.size, source: source)
    default:
      throw DataError.unsupported(
        source: source, problem: "compression method \(entry.method) is not read",
        remedy: "save it with numpy.savez or numpy.savez_compressed")
    }
    guard content.count == entry.size else {
      throw Self.damaged(source, start, "it holds another number of bytes than the \(entry.size) it declares")
    }
    guard Inflate.checksum(content) == entry.checksum else {
      throw Self.damaged(source, start, "its checksum is wrong")
    }
    return content
  }

  private static func damaged(_ source: String, _ offset: Int, _ problem: String) -> DataError {
    .malformed(
      source: source, place: "offset \(offset)", problem: problem, remedy: "the file is damaged: get it again"
    )
  }

  /// Where the central directory starts and how many entries it has.
  private static func locateDirectory(_ reader: inout ByteReader) throws -> (offset: Int, count: Int) {
    let bytes = reader.bytes
    let path = reader.source
    guard bytes.count >= 22 else { throw damaged(path, 0, "it is too short for a zip archive") }
    // The record that ends the archive is followed by a comment of at most 65 535 bytes.
    var position = bytes.count - 22
    let lowest = max(0, position - 65_535)
    while true {
      try reader.seek(to: position)
      if try reader.read(UInt32.self) == endSignature {
        try reader.seek(to: position + 20)
        if try reader.read(UInt16.self) == UInt16(bytes.count - position - 22) { break }
      }
      guard position > lowest else {
        throw damaged(path, bytes.count, "the record that ends a zip archive is missing")
      }
      position -= 1
    }
    try reader.seek(to: position + 10)
    let count = Int(try reader.read(UInt16.self))
    _ = try reader.take(4)
    let offset = try reader.read(UInt32.self)
    guard count == 0xFFFF || offset == .max else { return (Int(offset), count) }

    try reader.seek(to: position - 20)
    guard try reader.read(UInt32.self) == locator64Signature else {
      throw damaged(path, position, "the locator of the 64-bit directory is missing")
    }
    _ = try reader.take(4)
    let record = try size(reader.read(UInt64.self), &reader)
    try reader.seek(to: record)
    guard try reader.read(UInt32.self) == end64Signature else {
      throw damaged(path, record, "no 64-bit directory record starts here")
    }
    _ = try reader.take(28)
    let count64 = try size(reader.read(UInt64.self), &reader)
    _ = try reader.take(8)
    return (try size(reader.read(UInt64.self), &reader), count64)
  }

  private static func readEntry(_ reader: inout ByteReader) throws -> Entry {
    let start = reader.offset
    guard try reader.read(UInt32.self) == entrySignature else {
      throw damaged(reader.source, start, "no directory entry starts here")
    }
    _ = try reader.take(4)
    let flags = try reader.read(UInt16.self)
    let method = try reader.read(UInt16.self)
    _ = try reader.take(4)
    let checksum = try reader.read(UInt32.self)
    let sizes = (try reader.read(UInt32.self), try reader.read(UInt32.self))
    let nameLength = Int(try reader.read(UInt16.self))
    let extraLength = Int(try reader.read(UInt16.self))
    let commentLength = Int(try reader.read(UInt16.self))
    _ = try reader.take(8)
    let offset = try reader.read(UInt32.self)
    let name = String(decoding: try reader.take(nameLength), as: UTF8.self)
    var entry = Entry(
      name: name, flags: flags, method: method, checksum: checksum, compressedSize: Int(sizes.0),
      size: Int(sizes.1), headerOffset: Int(offset))

    // Numbers that do not fit 32 bits follow in an extra field, in this order.
    var extra = ByteReader(try reader.take(extraLength), source: reader.source)
    while extra.remaining >= 4 {
      let identifier = try extra.read(UInt16.self)
      var field = ByteReader(try extra.take(Int(extra.read(UInt16.self))), source: reader.source)
      guard identifier == 1 else { continue }
      if sizes.1 == .max { entry.size = try size(field.read(UInt64.self), &reader) }
      if sizes.0 == .max { entry.compressedSize = try size(field.read(UInt64.self), &reader) }
      if offset == .max { entry.headerOffset = try size(field.read(UInt64.self), &reader) }
    }
    _ = try reader.take(commentLength)
    return entry
  }

  /// A size or offset that may be added to others without overflow.
  private static func size(_ value: UInt64, _ reader: inout ByteReader) throws -> Int {
    guard value < 1 << 48 else {
      throw damaged(reader.source, reader.offset, "\(value) is no size that a file has")
    }
    return Int(value)
  }
}
