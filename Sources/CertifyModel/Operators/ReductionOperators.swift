/// Reductions over some axes.
enum ReductionOperators {
  static let all: [OperatorDefinition] = [
    OperatorDefinition("ReduceMean", lower: reduce(.plain(.mean))),
    OperatorDefinition("ReduceSum", lower: reduce(.plain(.sum), axesAreInputSince: 13)),
    OperatorDefinition("ReduceMax", lower: reduce(.plain(.maximum))),
    OperatorDefinition("ReduceMin", lower: reduce(.plain(.minimum))),
    OperatorDefinition("ReduceProd", lower: reduce(.plain(.product))),
    OperatorDefinition("ReduceL1", lower: reduce(.absoluteSum)),
    OperatorDefinition("ReduceL2", lower: reduce(.length)),
    OperatorDefinition("ReduceLogSum", lower: reduce(.logSum)),
    OperatorDefinition("ReduceLogSumExp", lower: reduce(.logSumExp)),
    OperatorDefinition("ReduceSumSquare", lower: reduce(.squareSum)),
    OperatorDefinition("ArgMax") { call, builder in
      try place(.argMaximum(isLast: call.flag("select_last_index", default: false)), call, &builder)
    },
    OperatorDefinition("ArgMin") { call, builder in
      try place(.argMinimum(isLast: call.flag("select_last_index", default: false)), call, &builder)
    },
    OperatorDefinition("Hardmax", lower: hardmax),
  ]

  /// What an operator computes of the numbers it reduces to one.
  enum Function: Sendable {
    case plain(Reduction.Kind)
    case absoluteSum, length, logSum, logSumExp, squareSum
  }

  private static func reduce(
    _ function: Function, axesAreInputSince inputOpset: Int = 18
  ) -> OperatorDefinition.Lower {
    { call, builder in
      let operand = try call.input(0)
      let shape = builder.shape(operand)
      let named = call.opset >= inputOpset ? try call.integers(1, "axes") : try call.ints("axes")
      let isNoop = try call.opset >= inputOpset && call.flag("noop_with_empty_axes", default: false)
      var axes = try call.axes(named ?? [], rank: shape.count)
      if axes.isEmpty, !isNoop { axes = Array(shape.indices) }
      let keepsAxes = try call.flag("keepdims", default: true)
      let output =
        keepsAxes ? kept(shape, axes) : shape.indices.filter { !axes.contains($0) }.map { shape[$0] }

      switch operand {
      case .constant(let constant):
        return [.constant(try fold(constant, function, axes, call, &builder).reshaped(output))]
      case .value(let x):
        let y = try emit(function, x, axes, call, &builder)
        return [.value(try builder.reshape(call, y, output))]
      }
    }
  }

  private static func place(
    _ kind: Reduction.Kind, _ call: OperatorCall, _ builder: inout GraphBuilder
  ) throws -> [Operand] {
    let x = try call.value(0)
    var shape = builder.shape(x)
    let axis = try call.axis(call.int("axis") ?? 0, rank: shape.count)
    let y = try emit(.plain(kind), x, [axis], call, &builder)
    if try !call.flag("keepdims", default: true) { shape.remove(at: axis) } else { shape[axis] = 1 }
    let result = try builder.reshape(call, y, shape)
    builder.mark(result, .integer)
    return [.value(result)]
  }

  /// 1 at the first place of the largest number, else 0.
  ///
  /// Before opset 13 the input is read as a matrix whose columns start at the axis.
  private static let hardmax: OperatorDefinition.Lower = { call, builder in
    let x = try call.value(0)
    let shape = builder.shape(x)
    var axis = try call.axis(call.int("axis") ?? (call.opset < 13 ? 1 : -1), rank: shape.count)
    var matrix = x
    if call.opset < 13 {
      matrix = try builder.reshape(call, x, [shape[..<axis].reduce(1, *), shape[axis...].reduce(1, *)])
      axis = 1
    }
    let largest = try emit(.plain(.argMaximum(isLast: false)), matrix, [axis], call, &builder)
    let extents = builder.shape(matrix)
    let places = Constant(
      name: call.node.name, shape: [extents[axis]] + extents[(axis + 1)...].map { _ in 1 },
      .double((0..<extents[axis]).map { -Double($0) }))
    let difference = try builder.affine(call, largest, shift: places)
    let y = try builder.unary(call, .isZero, difference)
    return [.value(try builder.reshape(call, y, shape))]
  }

  private static func kept(_ shape: [Int], _ axes: [Int]) -> [Int] {
    shape.indices.map { axes.contains($0) ? 1 : shape[$0] }
  }

  /// The function of x along the axes, which are kept with extent 1.
  static func emit(
    _ function: Function, _ x: ValueID, _ axes: [Int], _ call: OperatorCall, _ builder: inout GraphBuilder
  ) throws -> ValueID {
    func reduced(_ kind: Reduction.Kind, _ x: ValueID) throws -> ValueID {
      if axes.isEmpty { return x }
      let reduction = Operation.reduction(Reduction(kind: kind, axes: axes))
      return try builder.emit(call, reduction, [x], shape: kept(builder.shape(x), axes))
    }
    switch function {
    case .plain(let kind): return try reduced(kind, x)
    case .absoluteSum: return try reduced(.sum, builder.unary(call, .abs, x))
    case .squareSum: return try reduced(.sum, builder.binary(call, .multiply, x, x))
    case .length:
      let squares = try emit(.squareSum, x, axes, call, &builder)
      // The root has no derivative at 0.
      let positive = UnaryFunction.clip(lower: .leastNormalMagnitude, upper: .infinity)
      return try builder.unary(call, .sqrt, builder.unary(call, positive, squares))
    case .logSum: return try builder.unary(call, .log, reduced(.sum, x))
    case .logSumExp:
      // Less the largest number, so that nothing overflows.
      let largest = try reduced(.maximum, x)
      let shifted = try builder.binary(call, .subtract, x, largest)
      let sum = try reduced(.sum, builder.unary(call, .exp, shifted))
      return try builder.binary(call, .add, builder.unary(call, .log, sum), largest)
    }
  }

  private static func fold(
    _ constant: Constant, _ function: Function, _ axes: [Int], _ call: OperatorCall,
    _ builder: inout GraphBuilder
  ) throws -> Constant {
    let shape = kept(constant.shape, axes)
    let targets = Extents.broadcastIndices(shape, to: constant.shape)
    try builder.spend(4 * targets.count, on: call)
    guard !targets.isEmpty else { throw call.invalid("it reduces nothing") }
    // The numbers of each result one after another.
    var ends = [Int](repeating: 0, count: shape.reduce(1, *))
    for target in targets { ends[target] += 1 }
    for index in ends.indices.dropFirst() { ends[index] += ends[index - 1] }
    var sorted = [Double](repeating: 0, count: targets.count)
    var places = [0] + ends.dropLast()
    for (element, target) in zip(constant.doubles, targets) {
      sorted[places[target]] = element
      places[target] += 1
    }
    let results = ends.indices.map { value(of: function, sorted[($0 == 0 ? 0 : ends[$0 - 1])..<ends[$0]]) }
    let name = call.node.outputs.first ?? call.node.name
    guard constant.integers != nil else { return Constant(name: name, shape: shape, .double(results)) }
    let integers = results.compactMap { Int(exactly: $0.rounded(.towardZero)) }
    guard integers.count == results.count else { throw call.invalid("its result is out of range") }
    return Constant(name: name, shape: shape, .integer(integers))
  }

  private static func value(of function: Function, _ x: ArraySlice<Double>) -> Double {
    switch function {
    case .plain(.sum): return x.reduce(0, +)
    case .plain(.mean): return x.reduce(0, +) / Double(x.count)
    case .plain(.maximum): return x.reduce(-.infinity, max)
    case .plain(.minimum): return x.reduce(.infinity, min)
    case .plain(.product): return x.reduce(1, *)
    case .plain(.argMaximum), .plain(.argMinimum): return .nan
    case .absoluteSum: return x.reduce(0) { $0 + abs($1) }
    case .squareSum: return x.reduce(0) { $0 + $1 * $1 }
    case .length: return value(of: .squareSum, x).squareRoot()
    case .logSum: return UnaryFunction.log.value(at: x.reduce(0, +))
    case .logSumExp:
      let largest = value(of: .plain(.maximum), x)
      return largest
        + UnaryFunction.log.value(at: x.reduce(0) { $0 + UnaryFunction.exp.value(at: $1 - largest) })
    }
  }
}
