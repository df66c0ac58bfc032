/// The IDX format of MNIST (LeCun, Cortes & Burges): 0, 0, type, rank, big-endian extents, then the elements.
enum IDXFile {
  private static let types: [UInt8: NumericArray.ElementType] = [
    0x08: .init(kind: .unsigned, size: 1), 0x09: .init(kind: .signed, size: 1),
    0x0B: .init(kind: .signed, size: 2), 0x0C: .init(kind: .signed, size: 4),
    0x0D: .init(kind: .real, size: 4), 0x0E: .init(kind: .real, size: 8),
  ]

  /// Whether the bytes start as an IDX file does.
  static func matches(_ bytes: some Collection<UInt8>) -> Bool {
    let head = Array(bytes.prefix(4))
    return head.count == 4 && head[0] == 0 && head[1] == 0 && types[head[2]] != nil
      && (1...8).contains(head[3])
  }

  /// The length that the header declares for the file, or `nil` when it is no header or overflows.
  static func declaredSize(_ head: [UInt8]) -> Int? {
    guard matches(head), let type = types[head[2]], head.count >= 4 + 4 * Int(head[3]) else { return nil }
    var reader = ByteReader(head[4...], source: "")
    let extents = try? (0..<Int(head[3])).map { _ in Int(try reader.read(UInt32.self, bigEndian: true)) }
    return extents.flatMap(checkedProduct).flatMap { checkedProduct([$0, type.size]) }
      .map { $0.addingReportingOverflow(4 + 4 * Int(head[3])) }.flatMap {
        $0.overflow ? nil : $0.partialValue
      }
  }

  /// Reads the one array of the file.
  ///
  /// - Throws: ``DataError`` when the header is not understood or the sizes do not agree.
  static func read(_ bytes: [UInt8], source: String) throws -> NumericArray {
    var reader = ByteReader(bytes, source: source)
    guard matches(bytes), let type = types[bytes[2]] else {
      throw DataError.malformed(
        source: source, place: "offset 0", problem: "it does not start as an IDX file does",
        remedy: "get it again")
    }
    try reader.seek(to: 4)
    let shape = try (0..<Int(bytes[3])).map { _ in Int(try reader.read(UInt32.self, bigEndian: true)) }
    return try NumericArray(
      try reader.take(reader.remaining), type: type, bigEndian: true, columnMajor: false, shape: shape,
      source: source)
  }
}
