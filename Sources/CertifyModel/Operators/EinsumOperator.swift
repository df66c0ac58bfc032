/// Einsum: sums of products over labelled axes, as transposes, sums and batched matrix products.
enum EinsumOperator {
  static let all: [OperatorDefinition] = [
    OperatorDefinition(
      "Einsum", opsets: 12...OperatorTable.supportedOpsets.upperBound, lower: lower)
  ]

  /// An array whose axes have labels; no label occurs twice.
  private struct Labelled {
    var operand: Operand
    var labels: [Label]
  }

  private enum Label: Hashable {
    case letter(Character)
    /// An axis that an ellipsis stands for, counted from the last.
    case ellipsis(Int)
  }

  private static let lower: OperatorDefinition.Lower = { call, builder in
    guard let text = try call.string("equation") else { throw call.invalid("its equation is missing") }
    let equation = text.filter { $0 != " " }
    let sides = equation.split(separator: "->", omittingEmptySubsequences: false).map(String.init)
    let terms = sides[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard sides.count <= 2, terms.count == call.inputs.count, !terms.isEmpty else {
      throw call.invalid("the equation '\(text)' does not fit \(call.inputs.count) inputs")
    }
    var operands = try terms.enumerated().map { index, term in
      let operand = try call.input(index)
      let labels = try labels(term, rank: builder.shape(operand).count, text, call)
      return try diagonal(Labelled(operand: operand, labels: labels), call, &builder)
    }
    let output = try outputLabels(
      sides.count == 2 ? sides[1] : nil, operands.map(\.labels), terms, text, call)
    var result = operands.removeFirst()
    for (index, next) in operands.enumerated() {
      let later = operands[(index + 1)...].flatMap(\.labels)
      result = try contracted(result, next, keeping: Set(output + later), call, &builder)
    }
    result = try summed(result, keeping: Set(output), call, &builder)
    guard Set(result.labels) == Set(output) else {
      throw call.invalid("the equation '\(text)' has a free label")
    }
    let permutation = output.compactMap { result.labels.firstIndex(of: $0) }
    return [try builder.transposed(call, result.operand, permutation)]
  }

  // MARK: the equation

  private static func labels(
    _ term: String, rank: Int, _ equation: String, _ call: OperatorCall
  ) throws -> [Label] {
    let parts = term.split(separator: "...", omittingEmptySubsequences: false)
    let letters = parts.map { $0.map { Label.letter($0) } }
    guard parts.count <= 2, parts.allSatisfy({ $0.allSatisfy(\.isLetter) }) else {
      throw call.invalid("the equation '\(equation)' is not understood")
    }
    let covered = rank - letters.joined().count
    guard parts.count == 2 ? covered >= 0 : covered == 0 else {
      throw call.invalid("'\(term)' in '\(equation)' does not fit rank \(rank)")
    }
    let middle = parts.count == 2 ? (0..<covered).reversed().map { Label.ellipsis($0) } : []
    return letters[0] + middle + (parts.count == 2 ? letters[1] : [])
  }

  /// The labels of the output; without one in the equation, those that occur once, in alphabetical order.
  private static func outputLabels(
    _ term: String?, _ inputs: [[Label]], _ terms: [String], _ equation: String, _ call: OperatorCall
  ) throws -> [Label] {
    let widest =
      inputs.map { labels in labels.count { if case .ellipsis = $0 { true } else { false } } }.max() ?? 0
    let ellipsis = (0..<widest).reversed().map { Label.ellipsis($0) }
    guard let term else {
      let letters = terms.joined().filter(\.isLetter)
      let once = Set(letters).filter { letter in letters.count { $0 == letter } == 1 }.sorted()
      return ellipsis + once.map { .letter($0) }
    }
    let parts = term.split(separator: "...", omittingEmptySubsequences: false)
    let letters = parts.map { $0.map { Label.letter($0) } }
    let known = Set(inputs.joined())
    let output = letters[0] + (parts.count == 2 ? ellipsis + letters[1] : [])
    guard parts.count <= 2, Set(output).count == output.count, output.allSatisfy(known.contains) else {
      throw call.invalid("the output of '\(equation)' is not understood")
    }
    return output
  }

  // MARK: one array

  /// The diagonal along labels that occur more than once.
  private static func diagonal(
    _ array: Labelled, _ call: OperatorCall, _ builder: inout GraphBuilder
  ) throws -> Labelled {
    var labels: [Label] = []
    for label in array.labels where !labels.contains(label) { labels.append(label) }
    guard labels.count < array.labels.count else { return array }
    let shape = builder.shape(array.operand)
    let strides = Extents.strides(shape)
    var extents: [Int] = []
    var steps: [Int] = []
    for label in labels {
      let axes = array.labels.indices.filter { array.labels[$0] == label }
      guard axes.allSatisfy({ shape[$0] == shape[axes[0]] }) else {
        throw call.invalid("a label stands for axes of different extents in \(shape)")
      }
      extents.append(shape[axes[0]])
      steps.append(axes.reduce(0) { $0 + strides[$1] })
    }
    let sources = Extents.indices(shape: extents, start: 0, steps: steps)
    return Labelled(
      operand: try builder.selected(call, array.operand, sources, shape: extents), labels: labels)
  }

  /// The sum over every label that is not kept.
  private static func summed(
    _ array: Labelled, keeping kept: Set<Label>, _ call: OperatorCall, _ builder: inout GraphBuilder
  ) throws -> Labelled {
    let axes = array.labels.indices.filter { !kept.contains(array.labels[$0]) }
    guard !axes.isEmpty else { return array }
    let labels = array.labels.filter(kept.contains)
    let shape = builder.shape(array.operand)
    let output = shape.indices.filter { !axes.contains($0) }.map { shape[$0] }
    switch array.operand {
    case .value(let x):
      let reduction = Operation.reduction(Reduction(kind: .sum, axes: axes))
      return Labelled(
        operand: .value(try builder.emit(call, reduction, [x], shape: output)), labels: labels)
    case .constant(let constant):
      try builder.spend(2 * constant.count, on: call)
      let kept = shape.indices.map { axes.contains($0) ? 1 : shape[$0] }
      var sums = [Double](repeating: 0, count: output.reduce(1, *))
      for (element, target) in zip(constant.doubles, Extents.broadcastIndices(kept, to: shape)) {
        sums[target] += element
      }
      return Labelled(
        operand: .constant(Constant(name: constant.name, shape: output, .double(sums))), labels: labels)
    }
  }

  // MARK: two arrays

  /// The product summed over the labels that both have and that are not kept.
  private static func contracted(
    _ a: Labelled, _ b: Labelled, keeping kept: Set<Label>, _ call: OperatorCall,
    _ builder: inout GraphBuilder
  ) throws -> Labelled {
    let left = try summed(a, keeping: kept.union(b.labels), call, &builder)
    let right = try summed(b, keeping: kept.union(a.labels), call, &builder)
    let shared = left.labels.filter(right.labels.contains)
    let batch = shared.filter(kept.contains)
    let inner = shared.filter { !kept.contains($0) }
    let rows = left.labels.filter { !shared.contains($0) }
    let columns = right.labels.filter { !shared.contains($0) }
    if case .constant(let constant) = right.operand, case .value = left.operand,
      batch.contains(where: { label in
        right.labels.firstIndex(of: label).map { constant.shape[$0] != 1 } ?? false
      })
    {
      return try grouped(left, right, batch, inner, rows, columns, call, &builder)
    }
    if case .constant = left.operand, case .value = right.operand {
      return try contracted(right, left, keeping: kept, call, &builder)
    }
    // [batch…, rows, inner] × [batch…, inner, columns].
    let (x, xExtents) = try arranged(left, [batch, rows, inner], call, &builder)
    let (y, yExtents) = try arranged(right, [batch, inner, columns], call, &builder)
    let product = try LinearOperators.product(
      call, matrices(x, xExtents, call, &builder), matrices(y, yExtents, call, &builder), &builder)
    let leading = try common(xExtents[0], yExtents[0], call)
    let output = leading + xExtents[1] + yExtents[2]
    return Labelled(
      operand: try ShapeOperators.reshaped(product, output, call, &builder), labels: batch + rows + columns)
  }

  /// The product with a constant that has matrices of its own for shared labels: a convolution in groups.
  private static func grouped(
    _ array: Labelled, _ constant: Labelled, _ batch: [Label], _ inner: [Label], _ rows: [Label],
    _ columns: [Label], _ call: OperatorCall, _ builder: inout GraphBuilder
  ) throws -> Labelled {
    var (x, extents) = try arranged(array, [rows, batch, inner], call, &builder)
    let (kernel, kernelExtents) = try arranged(constant, [batch, columns, inner], call, &builder)
    let leading = try common(extents[1], kernelExtents[0], call)
    guard extents[2] == kernelExtents[2] else { throw call.invalid("a label stands for different extents") }
    x = try JoinOperators.expanded(x, extents[0] + leading + extents[2], call, &builder)
    let weights = try JoinOperators.expanded(
      kernel, leading + kernelExtents[1] + kernelExtents[2], call, &builder)
    guard case .value(let value) = x, case .constant(let numbers) = weights,
      let groups = Extents.product(leading), let width = Extents.product(extents[2]),
      let height = Extents.product(kernelExtents[1]), let count = Extents.product(extents[0])
    else { throw call.invalid("its product is absurd") }
    let convolution = Convolution(
      weights: try numbers.reshaped([groups * height, width, 1]).tensor(), bias: nil, strides: [1],
      dilations: [1], padsBegin: [0], padsEnd: [0], groups: groups)
    let product = try builder.emit(
      call, .convolution(convolution), [builder.reshape(call, value, [count, groups * width, 1])],
      shape: [count, groups * height, 1])
    return Labelled(
      operand: .value(try builder.reshape(call, product, extents[0] + leading + kernelExtents[1])),
      labels: rows + batch + columns)
  }

  /// The extents that labels of two arrays have in common.
  private static func common(_ a: [Int], _ b: [Int], _ call: OperatorCall) throws -> [Int] {
    guard let extents = Extents.broadcast(a, b) else {
      throw call.invalid("a label stands for different extents")
    }
    return extents
  }

  /// The axes in the order of groups of labels, and the extents in each group.
  private static func arranged(
    _ array: Labelled, _ groups: [[Label]], _ call: OperatorCall, _ builder: inout GraphBuilder
  ) throws -> (operand: Operand, extents: [[Int]]) {
    let shape = builder.shape(array.operand)
    let places = groups.map { $0.compactMap { array.labels.firstIndex(of: $0) } }
    let moved = try builder.transposed(call, array.operand, Array(places.joined()))
    return (moved, places.map { $0.map { shape[$0] } })
  }

  /// An array of three groups of axes with one axis each for the second and the third.
  private static func matrices(
    _ operand: Operand, _ extents: [[Int]], _ call: OperatorCall, _ builder: inout GraphBuilder
  ) throws -> Operand {
    let shape = extents[0] + [extents[1].reduce(1, *), extents[2].reduce(1, *)]
    return try ShapeOperators.reshaped(operand, shape, call, &builder)
  }
}
