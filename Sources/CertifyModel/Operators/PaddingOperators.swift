/// Operators that pad and crop.
enum PaddingOperators {
  static let all: [OperatorDefinition] = [
    OperatorDefinition("Pad", lower: pad),
    OperatorDefinition("CenterCropPad", since: 18, lower: centerCropPad),
  ]

  private enum Mode: String {
    case constant, reflect, edge, wrap
  }

  private static let pad: OperatorDefinition.Lower = { call, builder in
    let operand = try call.input(0)
    let from = builder.shape(operand)
    let amounts: [Int]
    let fill: Double
    var axes = Array(from.indices)
    if call.opset < 11 {
      amounts = try call.ints("pads") ?? []
      fill = Double(try call.float("value") ?? 0)
    } else {
      amounts = try call.integers(1, "pads") ?? []
      fill = try call.scalar(2, "fill") ?? 0
      if let named = try call.integers(3, "axes") {
        axes = try named.map { try call.axis($0, rank: from.count) }
      }
    }
    guard amounts.count == 2 * axes.count, Set(axes).count == axes.count else {
      throw call.invalid("\(amounts.count) pads do not fit \(axes.count) axes")
    }
    let name = try call.string("mode") ?? Mode.constant.rawValue
    guard let mode = Mode(rawValue: name) else { throw call.invalid("mode '\(name)' is unknown") }
    var before = [Int](repeating: 0, count: from.count)
    var after = before
    for (index, axis) in axes.enumerated() {
      before[axis] = amounts[index]
      after[axis] = amounts[index + axes.count]
    }
    return [try padded(operand, before: before, after: after, mode, fill: fill, call, &builder)]
  }

  /// Cut or filled with zeros to the extents asked for, evenly at both ends.
  private static let centerCropPad: OperatorDefinition.Lower = { call, builder in
    let operand = try call.input(0)
    let from = builder.shape(operand)
    let axes = try call.ints("axes").map { try $0.map { try call.axis($0, rank: from.count) } }
    let places = axes ?? Array(from.indices)
    guard let sizes = try call.integers(1, "shape"), sizes.count == places.count,
      Set(places).count == places.count, sizes.allSatisfy({ (1...Extents.maximumValueElements).contains($0) })
    else { throw call.invalid("its shape does not fit \(from)") }
    var before = [Int](repeating: 0, count: from.count)
    var after = before
    for (axis, size) in zip(places, sizes) {
      let difference = size - from[axis]
      before[axis] = difference / 2
      after[axis] = difference - difference / 2
    }
    return [try padded(operand, before: before, after: after, .constant, fill: 0, call, &builder)]
  }

  /// Negative amounts crop.
  private static func padded(
    _ operand: Operand, before: [Int], after: [Int], _ mode: Mode, fill: Double, _ call: OperatorCall,
    _ builder: inout GraphBuilder
  ) throws -> Operand {
    let from = builder.shape(operand)
    let limit = 1 << 20
    guard (before + after).allSatisfy({ (-limit...limit).contains($0) }) else {
      throw call.invalid("pads of \(before) and \(after) are absurd")
    }
    let starts = before.map { max(-$0, 0) }
    let cropped = from.indices.map { from[$0] - starts[$0] - max(-after[$0], 0) }
    guard cropped.allSatisfy({ $0 >= 1 }) else {
      throw call.invalid("pads of \(before) and \(after) leave nothing of \(from)")
    }
    let inner = try SliceOperators.box(
      operand, starts: starts, steps: from.map { _ in 1 }, shape: cropped, call, &builder)
    let (before, after) = (before.map { max($0, 0) }, after.map { max($0, 0) })
    guard (before + after).contains(where: { $0 > 0 }) else { return inner }
    if mode == .reflect {
      for axis in from.indices where max(before[axis], after[axis]) >= cropped[axis] {
        throw call.invalid("a reflection by \(before) and \(after) is wider than \(cropped)")
      }
    }
    switch (inner, mode) {
    case (.value(let x), .constant), (.value(let x), .reflect), (.value(let x), .edge):
      let padding = Padding(
        mode: mode == .constant ? .constant(Float(fill)) : mode == .reflect ? .reflect : .edge,
        before: before,
        after: after)
      let shape = cropped.indices.map { cropped[$0] + before[$0] + after[$0] }
      return .value(try builder.emit(call, .padding(padding), [x], shape: shape))
    case (.constant(let constant), .constant):
      return try filled(constant, before: before, after: after, fill: fill, call, &builder)
    default:
      var result = inner
      for axis in cropped.indices where before[axis] + after[axis] > 0 {
        let places = places(mode, extent: cropped[axis], before: before[axis], after: after[axis])
        result = try GatherOperators.slabs(call, result, places, axis: axis, &builder)
      }
      return result
    }
  }

  /// A constant between blocks of one number.
  private static func filled(
    _ constant: Constant, before: [Int], after: [Int], fill: Double, _ call: OperatorCall,
    _ builder: inout GraphBuilder
  ) throws -> Operand {
    var result = Operand.constant(constant)
    for axis in constant.shape.indices where before[axis] + after[axis] > 0 {
      let parts = try [before[axis], after[axis]].map { extent -> Operand in
        var shape = builder.shape(result)
        shape[axis] = extent
        guard let count = Extents.product(shape) else { throw call.invalid("it makes \(shape)") }
        try builder.spend(count, on: call)
        let storage: Constant.Storage
        if constant.integers != nil {
          guard let integer = Int(exactly: fill) else { throw call.invalid("\(fill) is not an integer") }
          storage = .integer([Int](repeating: integer, count: count))
        } else if constant.bools != nil {
          storage = .bool([Bool](repeating: fill != 0, count: count))
        } else {
          storage = .double([Double](repeating: fill, count: count))
        }
        return .constant(Constant(name: constant.name, shape: shape, storage))
      }
      result = try JoinOperators.joined([parts[0], result, parts[1]], axis: axis, call, &builder)
    }
    return result
  }

  /// Where each place of a padded axis comes from.
  private static func places(_ mode: Mode, extent: Int, before: Int, after: Int) -> [Int] {
    (-before..<(extent + after)).map { place in
      switch mode {
      case .constant, .edge: min(max(place, 0), extent - 1)
      case .wrap: (place % extent + extent) % extent
      case .reflect: extent - 1 - abs(extent - 1 - abs(place))
      }
    }
  }
}
