import CertifyModel

/// A graph as bounds are propagated through it: affine maps, functions of one number, maxima over windows.
///
/// **What is bounded is the program that runs.** Every value v̂ of the single-precision program is the exact
/// result of its operation on the operands as computed, plus an error e with |e| ≤ E, whatever the order of
/// summation and with products fused or not: a sum of products that each pass at most N roundings has
///
///     E = γ_N (Σ|w||x̂| + |b|) + N·2⁻¹²⁵,   γ_N = Nu/(1 − Nu),   u = 2⁻²⁴
///
/// (Higham 2002, doi:10.1137/1.9780898718027, §3), the last term for underflow with or without denormal numbers.
/// The errors are variables of the bounded problem like the input: bounds hold for v̂, and a linear form Σ a·v̂
/// pays Σ|a|E.
struct BoundGraph: Sendable {
  struct Node: Sendable {
    let name: String
    let inputs: [Int]
    let output: Int
    let kind: Kind
  }

  enum Kind: Sendable {
    case affine(AffineStep)
    case activation(Activation)
    case maximum(MaximumStep)
  }

  /// The number of elements of each value.
  let sizes: [Int]
  let nodes: [Node]
  let input: Int
  let output: Int

  /// Whether every rounding error that is charged is proven.
  var isFloatSound: Bool {
    nodes.allSatisfy { node in
      guard case .activation(let activation) = node.kind else { return true }
      return activation.hasProvenError
    }
  }

  /// The products of all affine maps together.
  var termCount: Int {
    nodes.reduce(0) { total, node in
      guard case .affine(let step) = node.kind else { return total }
      return total + step.matrices.reduce(0) { $0 + $1.byOutput.weights.count }
    }
  }

  /// The most terms of all affine maps together.
  static let mostTerms = 1 << 24

  /// - Throws: ``BoundError`` that names the node and the operation that has no bound.
  init(graph: Graph) throws(BoundError) {
    let sizes: [Int]
    do { sizes = try AffineRows.checkedSizes(of: graph) } catch { throw .graph(error) }
    if let largest = sizes.max(), largest > Self.mostTerms {
      throw .tooLarge(terms: largest, limit: Self.mostTerms)
    }
    var producers: [Int: CertifyModel.Node] = [:]
    var nodes: [Node] = []
    var terms = 0
    for node in graph.nodes {
      let kind: Kind
      switch node.operation {
      case .unary(let function):
        guard let activation = Activation(function) else {
          throw .unsupported(node: node.name, operation: "\(function)")
        }
        guard node.inputs.count == 1, sizes[node.inputs[0]] == sizes[node.output] else {
          throw .graph(.inconsistent(node: node.name, reason: "its shapes differ"))
        }
        kind = .activation(activation)
      case .pooling(let pooling) where pooling.kind == .maximum:
        do { kind = .maximum(try MaximumStep(pooling, node: node, values: graph.values)) } catch {
          throw .graph(error)
        }
      default:
        let step: AffineStep
        do {
          step = try AffineStep(
            node: node, values: graph.values, sizes: sizes, producers: producers, room: Self.mostTerms - terms
          )
        } catch LinearModelError.notAffine(let node, let operation) {
          throw .unsupported(node: node, operation: operation)
        } catch LinearModelError.tooLarge {
          throw .tooLarge(terms: Int(min(graph.multiplyAdds, 1e18)), limit: Self.mostTerms)
        } catch {
          throw .graph(error)
        }
        terms += step.matrices.reduce(0) { $0 + $1.byOutput.weights.count }
        kind = .affine(step)
      }
      producers[node.output] = node
      nodes.append(Node(name: node.name, inputs: node.inputs, output: node.output, kind: kind))
    }
    input = graph.input
    output = graph.output
    (self.sizes, self.nodes) = Self.maximaFirst(nodes, sizes, output: graph.output)
  }

  /// Takes maxima over windows before the ReLU whose result they alone read: max(relu(x)) = relu(max(x)), without
  /// rounding, and there are fewer kinks.
  private static func maximaFirst(_ nodes: [Node], _ sizes: [Int], output: Int) -> ([Int], [Node]) {
    var (sizes, nodes) = (sizes, nodes)
    for (index, node) in nodes.enumerated() {
      guard case .maximum = node.kind, let value = node.inputs.first, value != output,
        nodes.count(where: { $0.inputs.contains(value) }) == 1,
        let producer = nodes.firstIndex(where: { $0.output == value }),
        case .activation(.rectifier(slope: 0)) = nodes[producer].kind
      else { continue }
      let activation = nodes[producer]
      nodes[producer] = Node(name: node.name, inputs: activation.inputs, output: value, kind: node.kind)
      nodes[index] = Node(name: activation.name, inputs: [value], output: node.output, kind: activation.kind)
      sizes[value] = sizes[node.output]
    }
    return (sizes, nodes)
  }
}

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
    var terms = 0
    var finite = true
    map.forEachTerm { _, _, _, weight in
      terms += 1
      finite = finite && weight.isFinite
    }
    guard finite, map.shift.allSatisfy(\.isFinite) else { throw .notFinite(node: node.name) }
    guard terms <= room else { throw .tooLarge(reason: "\(terms) terms") }
    let outputCount = sizes[node.output]
    matrices = TermMatrix.operands(
      of: map, outputCount: outputCount, inputCounts: node.inputs.map { sizes[$0] })
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
