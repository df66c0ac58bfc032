import CZlib

/// An image of 8-bit RGBA pixels, and its file in the Portable Network Graphics format (ISO/IEC 15948).
struct PNGImage: Equatable, Sendable {
  private(set) var width: Int
  private(set) var height: Int
  /// Rows from top to bottom, four bytes a pixel.
  private(set) var pixels: [UInt8]

  /// The largest side.
  static let longestSide = 4096

  /// A transparent image; `nil` for sides below 1 or above `longestSide`.
  init?(width: Int, height: Int) {
    guard (1...Self.longestSide).contains(width), (1...Self.longestSide).contains(height) else { return nil }
    self.width = width
    self.height = height
    pixels = Array(repeating: 0, count: 4 * width * height)
  }

  /// Fills a square of `side` pixels with an opaque colour; what lies outside is left out.
  mutating func fill(x: Int, y: Int, side: Int, _ colour: (red: UInt8, green: UInt8, blue: UInt8)) {
    for row in max(y, 0)..<max(min(y + side, height), max(y, 0)) {
      for column in max(x, 0)..<max(min(x + side, width), max(x, 0)) {
        let start = 4 * (row * width + column)
        pixels[start] = colour.red
        pixels[start + 1] = colour.green
        pixels[start + 2] = colour.blue
        pixels[start + 3] = 255
      }
    }
  }

  /// The file's bytes; `nil` where zlib has no memory left.
  var file: [UInt8]? {
    var raw: [UInt8] = []
    raw.reserveCapacity(height * (1 + 4 * width))
    for row in 0..<height {
      raw.append(0)
      raw += pixels[4 * width * row..<4 * width * (row + 1)]
    }
    guard let data = Self.deflated(raw) else { return nil }
    let header = Self.bigEndian(UInt32(width)) + Self.bigEndian(UInt32(height)) + [8, 6, 0, 0, 0]
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + Self.chunk("IHDR", header)
      + Self.chunk("IDAT", data) + Self.chunk("IEND", [])
  }

  private static func deflated(_ bytes: [UInt8]) -> [UInt8]? {
    var length = compressBound(uLong(bytes.count))
    var result = [UInt8](repeating: 0, count: Int(length))
    let status = compress2(&result, &length, bytes, uLong(bytes.count), 9)
    return status == Z_OK ? Array(result.prefix(Int(length))) : nil
  }

  private static func chunk(_ kind: String, _ data: [UInt8]) -> [UInt8] {
    let content = Array(kind.utf8) + data
    let sum = UInt32(truncatingIfNeeded: crc32(0, content, uInt(content.count)))
    return bigEndian(UInt32(data.count)) + content + bigEndian(sum)
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
  }
}
