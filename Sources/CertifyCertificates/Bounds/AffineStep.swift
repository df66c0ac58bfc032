import CertifyModel

/// output = Σ_operands W·x + b, with the roundings that the program and its bounds make.
struct AffineStep: Sendable {
  /// One an operand.
  let matrices: [TermMatrix]
  /// One number an output element, or none for zero.
  let shift: [Double]
  /// γ_N of single precision, with room for the double-precision sums of its own evaluation; 0 for operations
  /// that only move elements.
  let relativeError: Double
  /// What underflow adds.
  let absoluteError: Double
  /// What pulling rows back through this step in double precision may lose, relative to Σ|w||x̂| + |b|.
  let pullBackError: Double

  init(
    node: CertifyModel.Node, values: [Value], sizes: [Int], producers: [Int: CertifyModel.Node], room: Int
  ) throws(LinearModelError) {
    let map = try AffineMap(node: node, values: values)
    guard map.shift.allSatisfy(\.isFinite) else { throw .notFinite(node: node.name) }
    let outputCount = sizes[node.output]
    matrices = try Self.matrices(of: node, map, values: values, sizes: sizes, room: room)
    shift = map.shift
    var roundings = 0
    if !node.operation.onlyMoves {
      roundings = map.roundings
      if case .binary = node.operation {
        // A residual may be the first term of the sum that it is added to.
        for input in node.inputs {
          guard let producer = producers[input], producer.operation.isSumOfProducts else { continue }
          roundings = max(roundings, try AffineMap(node: producer, values: values).roundings + 4)
        }
      }
    }
    guard roundings < 1 << 21, outputCount < 1 << 28 else {
      throw .inconsistent(node: node.name, reason: "\(roundings) roundings leave no bound of the error")
    }
    let n = Double(roundings)
    relativeError = n * 0x1p-24 / (1 - n * 0x1p-24) * (1 + 0x1p-18)
    absoluteError = n * 0x1p-124
    let fanOut = matrices.reduce(0) { max($0, $1.byInput.longest) }
    pullBackError = (Double(fanOut) + Double(outputCount) + n + 256) * 0x1p-50
  }

  /// The products that the map takes.
  var termCount: Int { matrices.reduce(0) { $0 + $1.byOutput.termCount } }

  /// The terms that it stores.
  var storedCount: Int { matrices.reduce(0) { $0 + $1.byOutput.storedCount + $1.byInput.storedCount } }

  private static func matrices(
    of node: CertifyModel.Node, _ map: AffineMap, values: [Value], sizes: [Int], room: Int
  ) throws(LinearModelError) -> [TermMatrix] {
    let (input, output) = (values[node.inputs[0]].shape, values[node.output].shape)
    switch node.operation {
    case .convolution(let convolution):
      guard let terms = ConvolutionTerms(convolution, input: input, output: output) else { break }
      return [try matrix(of: terms, node, room: room)]
    case .transposedConvolution(let convolution):
      guard let terms = ConvolutionTerms(convolution, input: output, output: input) else { break }
      return [try matrix(of: terms, node, room: room).transposed]
    case .linear(let linear) where sizes[node.inputs[0]] == linear.weights.shape[1]:
      let weights = linear.weights.elements
      guard weights.allSatisfy(\.isFinite) else { throw .notFinite(node: node.name) }
      guard weights.count <= room / 2 else { throw .tooLarge(reason: "\(weights.count) terms") }
      if let matrix = TermMatrix(
        dense: weights, rows: linear.weights.shape[0], columns: linear.weights.shape[1])
      {
        return [matrix]
      }
    default: break
    }
    var count = 0
    var finite = true
    map.forEachTerm { _, _, _, weight in
      count += 1
      finite = finite && weight.isFinite
    }
    guard finite else { throw .notFinite(node: node.name) }
    guard count <= room / 2 else { throw .tooLarge(reason: "\(count) terms") }
    return TermMatrix.operands(
      of: map, outputCount: sizes[node.output], inputCounts: node.inputs.map { sizes[$0] })
  }

  private static func matrix(
    of terms: ConvolutionTerms, _ node: CertifyModel.Node, room: Int
  ) throws(LinearModelError) -> TermMatrix {
    guard terms.weights.allSatisfy(\.isFinite) else { throw .notFinite(node: node.name) }
    guard let matrix = TermMatrix(terms, room: room) else {
      throw .tooLarge(reason: "\(terms.weights.count) weights in many patterns")
    }
    return matrix
  }
}

extension CertifyModel.Operation {
  /// Whether every output element is an input element or a constant, so that nothing is rounded.
  fileprivate var onlyMoves: Bool {
    switch self {
    case .reshape, .transpose, .padding, .concatenation, .slice, .broadcast: true
    default: false
    }
  }

  fileprivate var isSumOfProducts: Bool {
    switch self {
    case .convolution, .linear: true
    default: false
    }
  }
}
