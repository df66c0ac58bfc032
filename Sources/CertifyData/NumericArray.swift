/// A dense array of numbers as a file stores it.
struct NumericArray {
  /// The extents; empty for a single number.
  var shape: [Int]
  /// The elements in row-major order, as many as the product of `shape`.
  var elements: Elements
  /// The type in the file, such as `float64`.
  var type: String

  enum Elements {
    case bytes([UInt8])
    case integers([Int])
    case floats([Float])
  }

  /// A type of number in a file.
  struct ElementType: Equatable {
    enum Kind { case unsigned, signed, real, boolean }
    var kind: Kind
    /// Bytes an element: 1, 2, 4 or 8.
    var size: Int

    var name: String {
      switch kind {
      case .unsigned: "uint\(size * 8)"
      case .signed: "int\(size * 8)"
      case .real: "float\(size * 8)"
      case .boolean: "bool"
      }
    }
  }

  /// Reads as many elements as `shape` asks for from exactly as many bytes as they take.
  ///
  /// - Throws: ``DataError`` when the sizes do not agree, or a number does not fit 64 bits.
  init(
    _ bytes: ArraySlice<UInt8>, type: ElementType, bigEndian: Bool, columnMajor: Bool, shape: [Int],
    source: String
  ) throws {
    let size = checkedProduct(shape).flatMap { checkedProduct([$0, type.size]) }
    guard let size, size == bytes.count else {
      throw DataError.malformed(
        source: source, place: "shape \(shape) of \(type.name)",
        problem: size.map { "it takes \($0) bytes and \(bytes.count) follow" } ?? "no file is that large",
        remedy: "the file is truncated or damaged: get it again")
    }
    let count = size / type.size
    self.shape = shape
    self.type = type.name
    switch (type.kind, type.size) {
    case (.boolean, _):
      elements = .integers(bytes.map { $0 == 0 ? 0 : 1 })
    case (.unsigned, 1):
      elements = .bytes(Array(bytes))
    case (.unsigned, 2):
      elements = .integers(Self.load(bytes, count, UInt16.self, bigEndian) { Int($0) })
    case (.unsigned, 4):
      elements = .integers(Self.load(bytes, count, UInt32.self, bigEndian) { Int($0) })
    case (.unsigned, _):
      let wide = Self.load(bytes, count, UInt64.self, bigEndian) { $0 }
      if let index = wide.firstIndex(where: { $0 > UInt64(Int.max) }) {
        throw DataError.malformed(
          source: source, place: "element \(index)", problem: "\(wide[index]) is too large",
          remedy: "store it as int64 or float32")
      }
      elements = .integers(wide.map { Int($0) })
    case (.signed, 1):
      elements = .integers(Self.load(bytes, count, UInt8.self, bigEndian) { Int(Int8(bitPattern: $0)) })
    case (.signed, 2):
      elements = .integers(Self.load(bytes, count, UInt16.self, bigEndian) { Int(Int16(bitPattern: $0)) })
    case (.signed, 4):
      elements = .integers(Self.load(bytes, count, UInt32.self, bigEndian) { Int(Int32(bitPattern: $0)) })
    case (.signed, _):
      elements = .integers(Self.load(bytes, count, UInt64.self, bigEndian) { Int(Int64(bitPattern: $0)) })
    case (.real, 2):
      elements = .floats(Self.load(bytes, count, UInt16.self, bigEndian, half))
    case (.real, 4):
      elements = .floats(Self.load(bytes, count, UInt32.self, bigEndian) { Float(bitPattern: $0) })
    case (.real, _):
      elements = .floats(Self.load(bytes, count, UInt64.self, bigEndian) { Float(Double(bitPattern: $0)) })
    }
    if columnMajor, shape.count > 1 { transposeFromColumnMajor() }
  }

  private static func load<T: FixedWidthInteger & UnsignedInteger, R>(
    _ bytes: ArraySlice<UInt8>, _ count: Int, _: T.Type, _ bigEndian: Bool, _ convert: (T) -> R
  ) -> [R] {
    bytes.withUnsafeBytes { raw in
      (0..<count).map { i in
        let value = raw.loadUnaligned(fromByteOffset: i * (T.bitWidth / 8), as: T.self)
        return convert(bigEndian ? T(bigEndian: value) : T(littleEndian: value))
      }
    }
  }

  private mutating func transposeFromColumnMajor() {
    let order = Self.columnMajorOrder(shape)
    switch elements {
    case .bytes(let values): elements = .bytes(order.map { values[$0] })
    case .integers(let values): elements = .integers(order.map { values[$0] })
    case .floats(let values): elements = .floats(order.map { values[$0] })
    }
  }

  /// For each position in row-major order, the one in column-major order.
  private static func columnMajorOrder(_ shape: [Int]) -> [Int] {
    var strides: [Int] = []
    var stride = 1
    for extent in shape {
      strides.append(stride)
      stride *= extent
    }
    var index = Array(repeating: 0, count: shape.count)
    var position = 0
    var order: [Int] = []
    order.reserveCapacity(stride)
    for _ in 0..<stride {
      order.append(position)
      var axis = shape.count - 1
      while axis >= 0 {
        index[axis] += 1
        position += strides[axis]
        if index[axis] < shape[axis] { break }
        position -= strides[axis] * shape[axis]
        index[axis] = 0
        axis -= 1
      }
    }
    return order
  }
}

/// The value of an IEEE 754 half-precision number.
private func half(_ bits: UInt16) -> Float {
  let sign: Float = bits & 0x8000 == 0 ? 1 : -1
  let exponent = Int(bits >> 10 & 0x1F)
  let fraction = Float(bits & 0x3FF)
  switch exponent {
  case 0: return sign * fraction * 0x1p-24
  case 0x1F: return fraction == 0 ? sign * .infinity : .nan
  default: return sign * (1024 + fraction) * Float(sign: .plus, exponent: exponent - 25, significand: 1)
  }
}
