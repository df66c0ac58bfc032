/// Operators that write elements at constant indices.
enum ScatterOperators {
  static let all: [OperatorDefinition] = [
    OperatorDefinition("Scatter", lower: scatterElements),
    OperatorDefinition("ScatterElements", lower: scatterElements),
    OperatorDefinition("ScatterND", lower: scatterND),
  ]

  /// y = x with y[…, index[…, i, …], …] = updates[…, i, …].
  private static let scatterElements: OperatorDefinition.Lower = { call, builder in
    let data = try call.input(0)
    let from = builder.shape(data)
    let axis = try call.axis(call.int("axis") ?? 0, rank: from.count)
    let index = try GatherOperators.indices(1, call)
    let targets = try GatherOperators.elementPositions(index, axis: axis, in: from, call, &builder)
    return [try scatter(call, data, call.input(2), targets, &builder)]
  }

  /// y = x with slices at index tuples replaced.
  private static let scatterND: OperatorDefinition.Lower = { call, builder in
    let data = try call.input(0)
    let index = try GatherOperators.indices(1, call)
    let (starts, slice) = try GatherOperators.slicePositions(
      index, batch: 0, in: builder.shape(data), call)
    guard let count = Extents.product(index.shape.dropLast() + slice) else {
      throw call.invalid("it writes \(index.shape)")
    }
    try builder.spend(count, on: call)
    let size = slice.reduce(1, *)
    return [try scatter(call, data, call.input(2), starts.flatMap { $0..<($0 + size) }, &builder)]
  }

  /// y = K·x + S·u: what is kept of the data and what is written or added.
  ///
  /// - Parameter targets: the position in the data of each update, in row-major order.
  private static func scatter(
    _ call: OperatorCall, _ data: Operand, _ updates: Operand, _ targets: [Int],
    _ builder: inout GraphBuilder
  ) throws -> Operand {
    let shape = builder.shape(data)
    let count = shape.reduce(1, *)
    let written = builder.shape(updates).reduce(1, *)
    guard written == targets.count else {
      throw call.invalid("updates of shape \(builder.shape(updates)) do not fit the indices")
    }
    try builder.spend(count + written, on: call)
    var keeps = [Bool](repeating: true, count: count)
    let matrix: SparseMatrix
    switch try call.string("reduction") ?? "none" {
    case "none":
      var last = [Int](repeating: -1, count: count)
      for (update, target) in targets.enumerated() {
        last[target] = update
        keeps[target] = false
      }
      matrix = SparseMatrix(selecting: last, of: written)
    case "add": matrix = SparseMatrix(selecting: targets, of: count).transposed
    case let name:
      guard let function = BinaryFunction(reduction: name) else {
        throw call.invalid("reduction '\(name)' is unknown")
      }
      return try combined(call, data, updates, targets, function, &builder)
    }
    let kept = Constant(name: call.node.name, shape: shape, .single(keeps.map { $0 ? 1 : 0 }))
    switch (data, updates) {
    case (.constant(let data), .constant(let updates)):
      return .constant(sum(data, keeps, updates, matrix))
    case (.value(let x), .constant(let updates)):
      guard updates.isFloating else { throw call.invalid("it writes integers into floating-point numbers") }
      let nothing = Constant(
        name: call.node.name, shape: shape, .double([Double](repeating: 0, count: count)))
      return .value(try builder.affine(call, x, scale: kept, shift: sum(nothing, keeps, updates, matrix)))
    case (.constant(let data), .value(let u)):
      guard data.isFloating else { throw call.invalid("it writes floating-point numbers into integers") }
      let shift = zip(data.doubles, keeps).map { $1 ? $0 : 0 }
      return .value(
        try builder.affine(
          call, builder.mapped(call, u, matrix, shape: shape),
          shift: Constant(name: data.name, shape: shape, .double(shift))))
    case (.value(let x), .value(let u)):
      let scattered = try builder.mapped(call, u, matrix, shape: shape)
      return .value(try builder.binary(call, .add, builder.affine(call, x, scale: kept), scattered))
    }
  }

  /// Products, maxima or minima of the data and constant updates.
  private static func combined(
    _ call: OperatorCall, _ data: Operand, _ updates: Operand, _ targets: [Int], _ function: BinaryFunction,
    _ builder: inout GraphBuilder
  ) throws -> Operand {
    guard case .value(let x) = data, case .constant(let updates) = updates else {
      throw call.unsupported(
        "it takes \(function)s with updates that depend on the model's input, or of constants",
        help: "express it by Gather and other operators")
    }
    let shape = builder.shape(x)
    let neutral: Double =
      switch function {
      case .maximum: -Double(Float.greatestFiniteMagnitude)
      case .minimum: Double(Float.greatestFiniteMagnitude)
      default: 1
      }
    var numbers = [Double](repeating: neutral, count: shape.reduce(1, *))
    for (update, target) in zip(updates.doubles, targets) {
      switch function {
      case .maximum: numbers[target] = max(numbers[target], update)
      case .minimum: numbers[target] = min(numbers[target], update)
      default: numbers[target] *= update
      }
    }
    let constant = Constant(name: call.node.name, shape: shape, .double(numbers))
    if function == .multiply { return .value(try builder.affine(call, x, scale: constant)) }
    return .value(
      try builder.binary(call, function, x, builder.materialize(call, constant, like: x)))
  }

  /// The sum of what is kept of the data and of the updates at each position.
  private static func sum(
    _ data: Constant, _ keeps: [Bool], _ updates: Constant, _ matrix: SparseMatrix
  ) -> Constant {
    func sums<Number: AdditiveArithmetic>(_ own: [Number], _ new: [Number], _ add: (Number, Number) -> Number)
      -> [Number]
    {
      own.indices.map { place in
        matrix.entries(ofRow: place).reduce(keeps[place] ? own[place] : .zero) {
          add($0, new[Int(matrix.columns[$1])])
        }
      }
    }
    if let own = data.integers, let new = updates.integers {
      return Constant(name: data.name, shape: data.shape, .integer(sums(own, new, &+)))
    }
    return Constant(name: data.name, shape: data.shape, .double(sums(data.doubles, updates.doubles, +)))
  }
}

extension BinaryFunction {
  /// The function that a scattering reduces by.
  fileprivate init?(reduction: String) {
    switch reduction {
    case "mul": self = .multiply
    case "max": self = .maximum
    case "min": self = .minimum
    default: return nil
    }
  }
}
