/// Rounding to a grid, as quantised models have it around their layers.
enum QuantizationOperators {
  static let all: [OperatorDefinition] = [
    OperatorDefinition("QuantizeLinear", since: 10, lower: quantize),
    OperatorDefinition("DequantizeLinear", since: 10, lower: dequantize),
  ]

  /// The whole numbers of a type; `nil` for types that are no quantiser's.
  private static func levels(of type: ElementType) -> ClosedRange<Int>? {
    switch type {
    case .int8: Int(Int8.min)...Int(Int8.max)
    case .uint8: 0...Int(UInt8.max)
    case .int16: Int(Int16.min)...Int(Int16.max)
    case .uint16: 0...Int(UInt16.max)
    default: nil
    }
  }

  /// Scale and zero point, shaped to broadcast against `shape`.
  private static func grid(
    _ call: OperatorCall, shape: [Int], _ builder: inout GraphBuilder
  ) throws -> (scale: Tensor, zeroPoint: Tensor, type: ElementType?) {
    let scale = try call.constant(1, "scale")
    let zeroPoint = try call.optionalConstant(2, "zero point")
    if try call.int("block_size") ?? 0 != 0 {
      throw call.unsupported("it quantises in blocks", help: "one scale a tensor or an axis is supported")
    }
    var aligned: [Int] = []
    if scale.count > 1 {
      let axis = try call.axis(call.opset < 13 ? 1 : call.int("axis") ?? 1, rank: shape.count)
      guard scale.shape == [shape[axis]] else {
        throw call.invalid("\(scale.count) scales do not fit axis \(axis) of \(shape)")
      }
      aligned = [scale.count] + [Int](repeating: 1, count: shape.count - 1 - axis)
    }
    let scales = try scale.reshaped(aligned).tensor()
    guard scale.isFloating, scales.elements.allSatisfy({ $0 > 0 }) else {
      throw call.invalid("its scales must be positive numbers")
    }
    guard let zeroPoint else {
      let zeros = Tensor(shape: aligned, elements: scales.elements.map { _ in 0 })
      return (scales, zeros, nil)
    }
    guard zeroPoint.count == scale.count, zeroPoint.integers != nil, let type = zeroPoint.integerType else {
      throw call.unsupported(
        "its zero point is not an integer constant of the file's, one a scale",
        help: "quantise to 8 or 16 bits (int8, uint8, int16, uint16)")
    }
    return (scales, try zeroPoint.reshaped(aligned).tensor(), type)
  }

  private static let quantize: OperatorDefinition.Lower = { call, builder in
    let operand = try call.input(0)
    let shape = builder.shape(operand)
    let (scale, zeroPoint, zeroType) = try grid(call, shape: shape, &builder)
    let named = try call.int("output_dtype").flatMap { $0 == 0 ? nil : $0 }
    let type = try zeroType ?? named.map { try elementType($0, call) } ?? .uint8
    guard let levels = levels(of: type) else {
      throw call.unsupported(
        "it quantises to \(type)", help: "quantise to 8 or 16 bits (int8, uint8, int16, uint16)")
    }
    let quantization = Quantization(
      scale: scale, zeroPoint: zeroPoint, lowest: Float(levels.lowerBound), highest: Float(levels.upperBound))
    switch operand {
    case .value(let x):
      let y = try builder.emit(call, .quantization(quantization), [x], shape: shape)
      builder.mark(y, .quantized(quantization))
      return [.value(y)]
    case .constant(let constant):
      try builder.spend(2 * constant.count, on: call)
      let numbers = try constant.tensor().elements
      let places = Extents.broadcastIndices(scale.shape, to: shape)
      let quantized = zip(numbers, places).map { number, place in
        Int(quantization.level(of: number, place))
      }
      var result = Constant(name: constant.name, shape: shape, .integer(quantized))
      result.integerType = type
      return [.constant(result)]
    }
  }

  private static func elementType(_ code: Int, _ call: OperatorCall) throws -> ElementType {
    guard let short = Int32(exactly: code), let type = ElementType(rawValue: short) else {
      throw call.unsupported(
        "it quantises to the type of code \(code)",
        help: "quantise to 8 or 16 bits (int8, uint8, int16, uint16)")
    }
    return type
  }

  private static let dequantize: OperatorDefinition.Lower = { call, builder in
    let operand = try call.input(0)
    let shape = builder.shape(operand)
    let (scale, zeroPoint, _) = try grid(call, shape: shape, &builder)
    switch operand {
    case .constant(let constant):
      guard let integers = constant.integers else { throw call.invalid("its input must be integers") }
      try builder.spend(2 * integers.count, on: call)
      let places = Extents.broadcastIndices(scale.shape, to: shape)
      let numbers = zip(integers, places).map { integer, place in
        (Float(integer) - zeroPoint.elements[place]) * scale.elements[place]
      }
      return [.constant(Constant(name: constant.name, shape: shape, .single(numbers)))]
    case .value(let x):
      switch builder.kind(x) {
      case .quantized(let quantization)
      where quantization.scale == scale && quantization.zeroPoint == zeroPoint:
        return [.value(try builder.copy(call, x, as: .floating))]
      case .quantized, .integer:
        let offset = Constant(
          name: "zero point", shape: zeroPoint.shape, .double(zeroPoint.elements.map { -Double($0) }))
        let shifted = try builder.affine(call, levels(of: x, call, &builder), shift: offset)
        let factor = Constant(name: "scale", shape: scale.shape, .single(scale.elements))
        return [.value(try builder.affine(call, shifted, scale: factor))]
      case .floating, .boolean, .label: throw call.invalid("its input must be integers")
      }
    }
  }

  /// The levels of quantised numbers; other values stay.
  static func levels(
    of x: ValueID, _ call: OperatorCall, _ builder: inout GraphBuilder
  ) throws -> ValueID {
    guard case .quantized(var quantization) = builder.kind(x) else { return x }
    quantization.isDequantized = false
    return try builder.emit(call, .quantization(quantization), [x], shape: builder.shape(x))
  }
}

extension Quantization {
  /// The level of a finite number, with the scale and zero point at a place.
  fileprivate func level(of number: Float, _ place: Int) -> Float {
    let level = (number / scale.elements[place]).rounded(.toNearestOrEven) + zeroPoint.elements[place]
    return min(max(level, lowest), highest)
  }
}
