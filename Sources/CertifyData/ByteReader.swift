/// Reads numbers from bytes and never past their end.
struct ByteReader {
  let bytes: ArraySlice<UInt8>
  /// What the bytes are, for errors.
  let source: String
  /// The distance of the next byte from the first.
  private(set) var offset = 0

  init(_ bytes: ArraySlice<UInt8>, source: String) {
    self.bytes = bytes
    self.source = source
  }

  init(_ bytes: [UInt8], source: String) { self.init(bytes[...], source: source) }

  var remaining: Int { bytes.count - offset }

  mutating func seek(to target: Int) throws {
    guard target >= 0, target <= bytes.count else { throw truncated(wanting: "offset \(target)") }
    offset = target
  }

  /// The next `count` bytes.
  mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
    guard count >= 0, count <= remaining else { throw truncated(wanting: "\(count) bytes") }
    let start = bytes.startIndex + offset
    offset += count
    return bytes[start..<start + count]
  }

  /// An unsigned number of `T.bitWidth` bits.
  mutating func read<T: FixedWidthInteger & UnsignedInteger>(_: T.Type, bigEndian: Bool = false) throws -> T {
    let slice = try take(T.bitWidth / 8)
    var value: T = 0
    for byte in bigEndian ? Array(slice) : slice.reversed() { value = value << 8 | T(byte) }
    return value
  }

  private func truncated(wanting what: String) -> DataError {
    .malformed(
      source: source, place: "offset \(offset)", problem: "the file ends where \(what) should follow",
      remedy: "it is truncated or damaged: get it again")
  }
}

/// The product of extents from a file, or `nil` when one is negative or it overflows.
func checkedProduct(_ extents: some Sequence<Int>) -> Int? {
  var product = 1
  for extent in extents {
    guard extent >= 0 else { return nil }
    let (value, overflow) = product.multipliedReportingOverflow(by: extent)
    guard !overflow else { return nil }
    product = value
  }
  return product
}
