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

  /// The products of each node's affine map.
  let termCounts: [Int]

  /// The products of all affine maps together.
  var termCount: Int { termCounts.reduce(0, +) }

  /// The most terms that are stored, each pattern of a convolution once; and the most products an input, above which
  /// one pass of intervals takes seconds.
  static let mostStored = 1 << 25
  static let mostTerms = 1 << 30

  /// - Throws: ``BoundError`` that names the node and the operation that has no bound.
  init(graph: Graph) throws(BoundError) {
    let sizes: [Int]
    do { sizes = try AffineRows.checkedSizes(of: graph) } catch { throw .graph(error) }
    let products = Int(min(graph.multiplyAdds, 1e18))
    guard products <= Self.mostTerms, sizes.allSatisfy({ $0 <= Self.mostStored }) else {
      throw .tooLarge(products: max(products, sizes.max() ?? 0), limit: Self.mostTerms)
    }
    var producers: [Int: CertifyModel.Node] = [:]
    var nodes: [Node] = []
    var (terms, stored) = (0, 0)
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
            node: node, values: graph.values, sizes: sizes, producers: producers,
            room: Self.mostStored - stored
          )
        } catch LinearModelError.notAffine(let node, let operation) {
          throw .unsupported(node: node, operation: operation)
        } catch LinearModelError.tooLarge {
          throw .tooManyTerms(limit: Self.mostStored)
        } catch {
          throw .graph(error)
        }
        stored += step.storedCount
        terms += step.termCount
        guard terms <= Self.mostTerms else { throw .tooLarge(products: terms, limit: Self.mostTerms) }
        kind = .affine(step)
      }
      producers[node.output] = node
      nodes.append(Node(name: node.name, inputs: node.inputs, output: node.output, kind: kind))
    }
    input = graph.input
    output = graph.output
    (self.sizes, self.nodes) = Self.maximaFirst(nodes, sizes, output: graph.output)
    termCounts = self.nodes.map { node in
      guard case .affine(let step) = node.kind else { return 0 }
      return step.termCount
    }
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
