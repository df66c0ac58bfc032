import CertifyData
import Foundation

/// A folder of its own that goes away with the value.
final class Folder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("certify-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Writes a file and returns its path.
  func write(_ bytes: [UInt8], _ name: String) throws -> String {
    let file = url.appendingPathComponent(name)
    try Data(bytes).write(to: file)
    return file.path
  }

  func write(_ text: String, _ name: String) throws -> String { try write(Array(text.utf8), name) }
}

/// Writers of the formats, as plain as can be.
enum Make {
  static func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    (0..<T.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  static func big<T: FixedWidthInteger>(_ value: T) -> [UInt8] { little(value).reversed() }

  static func npy(_ type: String, _ shape: String, _ data: [UInt8], fortran: Bool = false) -> [UInt8] {
    npy(
      header: "{'descr': '\(type)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': \(shape), }",
      data)
  }

  static func npy(header: String, _ data: [UInt8], version: UInt8 = 1) -> [UInt8] {
    let text = Array((header + "\n").utf8)
    let length = version == 1 ? little(UInt16(text.count)) : little(UInt32(text.count))
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + text + data
  }

  /// A zip archive of stored entries.
  static func zip(_ entries: [(name: String, content: [UInt8])]) -> [UInt8] {
    var body: [UInt8] = []
    var directory: [UInt8] = []
    for (name, content) in entries {
      let common =
        little(UInt16(20)) + little(UInt16(0)) + little(UInt16(0)) + little(UInt32(0)) + little(crc(content))
        + little(UInt32(content.count)) + little(UInt32(content.count)) + little(UInt16(name.utf8.count))
        + little(UInt16(0))
      directory +=
        little(UInt32(0x0201_4B50)) + little(UInt16(20)) + common + little(UInt16(0)) + little(UInt16(0))
        + little(UInt16(0)) + little(UInt32(0)) + little(UInt32(body.count)) + Array(name.utf8)
      body += little(UInt32(0x0403_4B50)) + common + Array(name.utf8) + content
    }
    return body + directory + little(UInt32(0x0605_4B50)) + little(UInt32(0))
      + little(UInt16(entries.count)) + little(UInt16(entries.count)) + little(UInt32(directory.count))
      + little(UInt32(body.count)) + little(UInt16(0))
  }

  static func idx(_ type: UInt8, _ shape: [UInt32], _ data: [UInt8]) -> [UInt8] {
    [0, 0, type, UInt8(shape.count)] + shape.flatMap { big($0) } + data
  }

  static func crc(_ bytes: [UInt8]) -> UInt32 {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 0 ? crc >> 1 : crc >> 1 ^ 0xEDB8_8320 }
    }
    return ~crc
  }

  static func bytes(base64: String) -> [UInt8] { Data(base64Encoded: base64).map { Array($0) } ?? [] }

  /// `numpy.savez_compressed` (NumPy 2) of images = arange(48) · 5 as uint8 [4, 1, 3, 4] and
  /// labels = [3, 1, 0, 2] as int64: deflated, with 64-bit sizes in the local headers.
  static let compressedArchive = bytes(
    base64: """
      UEsDBC0AAAAIAAAAIQAGNCo9//////////8KABQAaW1hZ2VzLm5weQEAEACwAAAAAAAAAH8AAAAAAAAAm+wX6hsQychQxlCtnpJa\
      nFykbqWgXlNqqK6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaJjoKhjoKxjoKJpo6CrUKZAAuBlYufhFJOWUNXSNzG0c3\
      74DQqPiUzLziitqm9p6J02YvWLpq/Zad+w6fOHvp+p2Hz14DAFBLAwQtAAAACAAAACEAge7PU///////////CgAUAGxhYmVscy5u\
      cHkBABAAoAAAAAAAAABOAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TaaGuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQW\
      pAL5GiY6mjoKtQoUAC5mBghgZEAFTFAaAFBLAQItAy0AAAAIAAAAIQAGNCo9fwAAALAAAAAKAAAAAAAAAAAAAACAAQAAAABpbWFn\
      ZXMubnB5UEsBAi0DLQAAAAgAAAAhAIHuz1NOAAAAoAAAAAoAAAAAAAAAAAAAAIABuwAAAGxhYmVscy5ucHlQSwUGAAAAAAIAAgBw\
      AAAARQEAAAAA
      """)

  /// The same images as IDX [4, 3, 4] through `gzip -9`.
  static let compressedIDX = bytes(
    base64: """
      H4sIAAAAAAACA2Ng4GBmYGBgAWIIzcrFLyIpp6yha2Ru4+jmHRAaFZ+SmVdcUdvU3jNx2uwFS1et37Jz3+ETZy9dv/Pw2WsA5uY2\
      ckAAAAA=
      """)
  static let images = (0..<48).map { UInt8($0 * 5) }
}

/// What `body` throws, if it throws a ``DataError``.
func dataError(_ body: () throws -> Void) -> DataError? {
  do {
    try body()
    return nil
  } catch {
    return error as? DataError
  }
}
