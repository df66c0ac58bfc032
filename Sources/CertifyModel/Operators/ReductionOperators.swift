/// Reductions over some axes.
enum ReductionOperators {
  static let all: [OperatorDefinition] = [
    OperatorDefinition("ReduceMean", lower: reduce(.mean, axesAreInputSince: 18)),
    OperatorDefinition("ReduceSum", lower: reduce(.sum, axesAreInputSince: 13)),
    OperatorDefinition("ReduceMax", lower: reduce(.maximum, axesAreInputSince: 18)),
    OperatorDefinition("ReduceMin", lower: reduce(.minimum, axesAreInputSince: 18)),
    OperatorDefinition("ReduceProd", lower: reduce(nil, axesAreInputSince: 18)),
  ]

  /// - Parameter kind: `nil` for the product, which is only folded.
  private static func reduce(
    _ kind: Reduction.Kind?, axesAreInputSince inputOpset: Int
  ) -> OperatorDefinition.Lower {
    { call, builder in
      let operand = try call.input(0)
      let shape = builder.shape(operand)
      let named =
        call.opset >= inputOpset ? try call.integers(1, "axes") : try call.ints("axes")
      let isNoop = try call.flag("noop_with_empty_axes", default: false)
      if named?.isEmpty ?? true, call.opset >= inputOpset, isNoop { return [operand] }
      let axes =
        named?.isEmpty ?? true ? Array(shape.indices) : try call.axes(named ?? [], rank: shape.count)
      let keepsAxes = try call.flag("keepdims", default: true)
      let kept = shape.indices.map { axes.contains($0) ? 1 : shape[$0] }
      let output = keepsAxes ? kept : shape.indices.filter { !axes.contains($0) }.map { shape[$0] }

      switch operand {
      case .constant(let constant):
        return [.constant(try fold(constant, kind, kept: kept, call, &builder).reshaped(output))]
      case .value(let x):
        guard let kind else {
          throw call.unsupported(
            "products of values that depend on the model's input are not supported",
            help: "express it by Mul")
        }
        if axes.isEmpty { return [.value(x)] }
        return [
          .value(try builder.emit(call, .reduction(Reduction(kind: kind, axes: axes)), [x], shape: output))
        ]
      }
    }
  }

  private static func fold(
    _ constant: Constant, _ kind: Reduction.Kind?, kept: [Int], _ call: OperatorCall,
    _ builder: inout GraphBuilder
  ) throws -> Constant {
    let targets = Extents.broadcastIndices(kept, to: constant.shape)
    let count = kept.reduce(1, *)
    try builder.spend(targets.count + count, on: call)
    guard !targets.isEmpty, count > 0 else { throw call.invalid("it reduces nothing") }
    let name = call.node.outputs.first ?? call.node.name
    if let integers = constant.integers {
      var results = [Int?](repeating: nil, count: count)
      for (element, target) in zip(integers, targets) {
        guard let current = results[target] else {
          results[target] = element
          continue
        }
        switch kind {
        case .sum, .mean: results[target] = current &+ element
        case .maximum: results[target] = max(current, element)
        case .minimum: results[target] = min(current, element)
        case nil: results[target] = current &* element
        }
      }
      let size = targets.count / count
      return Constant(
        name: name, shape: kept,
        .integer(results.compactMap { $0 }.map { kind == .mean ? $0 / size : $0 }))
    }
    var results = [Double?](repeating: nil, count: count)
    for (element, target) in zip(constant.doubles, targets) {
      guard let current = results[target] else {
        results[target] = element
        continue
      }
      switch kind {
      case .sum, .mean: results[target] = current + element
      case .maximum: results[target] = max(current, element)
      case .minimum: results[target] = min(current, element)
      case nil: results[target] = current * element
      }
    }
    let size = Double(targets.count / count)
    return Constant(
      name: name, shape: kept, .double(results.compactMap { $0 }.map { kind == .mean ? $0 / size : $0 }))
  }
}
