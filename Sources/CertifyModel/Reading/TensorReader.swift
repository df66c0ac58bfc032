import Foundation

/// ONNX's codes for element types.
enum ElementType: Int32 {
  case float = 1
  case uint8, int8, uint16, int16, int32, int64, string, bool, float16, double, uint32, uint64
  case bfloat16 = 16

  static func name(_ code: Int32) -> String {
    ElementType(rawValue: code).map { "\($0)" } ?? "of code \(code)"
  }

  /// Bytes per element; `nil` for strings.
  var size: Int? {
    switch self {
    case .uint8, .int8, .bool: 1
    case .uint16, .int16, .float16, .bfloat16: 2
    case .float, .int32, .uint32: 4
    case .int64, .double, .uint64: 8
    case .string: nil
    }
  }
}

/// Turns a tensor of the file into a constant.
struct TensorReader {
  /// Where external data may lie.
  var directory: String?

  func read(
    _ tensor: Onnx_TensorProto, name: String, _ warnings: inout [ModelWarning]
  ) throws -> Constant {
    let shape = tensor.dims.map { Int($0) }
    guard let count = Extents.product(shape) else {
      throw ModelError.invalidShape(
        name: name, shape: shape, reason: "an extent is negative or the size is absurd; the file is damaged")
    }
    guard let type = ElementType(rawValue: tensor.dataType), let size = type.size else {
      throw ModelError.unsupportedType(
        name: name, type: ElementType.name(tensor.dataType), help: "export the model in float32")
    }
    var raw = tensor.rawData
    let isExternal = tensor.dataLocation == 1
    if isExternal {
      raw = try ExternalData(directory: directory).read(tensor, name: name, byteCount: count * size)
    }
    func typed<Element>(_ elements: [Element]) throws -> [Element] {
      guard elements.count == count else { throw mismatch(name, shape, found: elements.count, "numbers") }
      return elements
    }
    let storage: Constant.Storage
    if isExternal || !raw.isEmpty {
      guard raw.count == count * size else { throw mismatch(name, shape, found: raw.count, "bytes") }
      storage = convert(raw, type: type, count: count)
    } else {
      switch type {
      case .float: storage = .single(try typed(tensor.floatData))
      case .double: storage = .double(try typed(tensor.doubleData))
      case .int64: storage = .integer(try typed(tensor.int64Data).map { Int($0) })
      case .uint32, .uint64: storage = .integer(try typed(tensor.uint64Data).map { Int(clamping: $0) })
      case .bool: storage = .bool(try typed(tensor.int32Data).map { $0 != 0 })
      case .float16:
        storage = .single(try typed(tensor.int32Data).map { half(UInt16(truncatingIfNeeded: $0)) })
      case .bfloat16:
        storage = .single(
          try typed(tensor.int32Data).map { Float(bitPattern: UInt32(truncatingIfNeeded: $0) << 16) })
      case .uint8, .int8, .uint16, .int16, .int32:
        storage = .integer(try typed(tensor.int32Data).map { Int($0) })
      case .string: storage = .integer([])
      }
    }
    if [.double, .float16, .bfloat16].contains(type) {
      warnings.append(.convertedConstant(name: name, type: "\(type)"))
    }
    var constant = Constant(name: name, shape: shape, storage)
    if case .integer = storage { constant.integerType = type }
    return constant
  }

  private func mismatch(_ name: String, _ shape: [Int], found: Int, _ unit: String) -> ModelError {
    .invalidShape(
      name: name, shape: shape,
      reason: "the file holds \(found) \(unit) for it, which does not fit; the file is damaged")
  }

  private func convert(_ raw: Data, type: ElementType, count: Int) -> Constant.Storage {
    switch type {
    case .float: .single(load(raw, count, Float.self))
    case .double: .double(load(raw, count, Double.self))
    case .float16: .single(load(raw, count, UInt16.self).map(half))
    case .bfloat16: .single(load(raw, count, UInt16.self).map { Float(bitPattern: UInt32($0) << 16) })
    case .uint8: .integer(load(raw, count, UInt8.self).map(Int.init))
    case .int8: .integer(load(raw, count, Int8.self).map(Int.init))
    case .uint16: .integer(load(raw, count, UInt16.self).map(Int.init))
    case .int16: .integer(load(raw, count, Int16.self).map(Int.init))
    case .int32: .integer(load(raw, count, Int32.self).map(Int.init))
    case .int64: .integer(load(raw, count, Int.self))
    case .uint32: .integer(load(raw, count, UInt32.self).map(Int.init))
    case .uint64: .integer(load(raw, count, UInt64.self).map { Int(clamping: $0) })
    case .bool: .bool(load(raw, count, UInt8.self).map { $0 != 0 })
    case .string: .integer([])
    }
  }

  /// The numbers in little-endian bytes; every supported machine is little-endian.
  private func load<Element: BitwiseCopyable>(_ raw: Data, _ count: Int, _: Element.Type) -> [Element] {
    [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = raw.copyBytes(to: buffer) / MemoryLayout<Element>.stride
    }
  }

  /// A half-precision number, exactly.
  private func half(_ bits: UInt16) -> Float {
    let sign: Float = bits >> 15 == 0 ? 1 : -1
    let exponent = Int(bits >> 10) & 31
    let fraction = Float(bits & 1023)
    switch exponent {
    case 0: return sign * fraction * 0x1p-24
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default: return sign * Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction * 0x1p-10)
    }
  }
}
