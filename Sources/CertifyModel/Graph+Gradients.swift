/// A node whose derivative is not that of what it computes, or says nothing.
public struct GradientSite: Sendable, Equatable {
  /// The name in the file.
  public let node: String
  /// What the node computes, in a word.
  public let operation: String

  public init(node: String, operation: String) {
    self.node = node
    self.operation = operation
  }
}

/// What the gradient of a classifier's logits with respect to its input is worth.
public enum GradientSupport: Sendable, Equatable {
  /// The derivative wherever the logits have one.
  case full
  /// A direction that is not the derivative of the logits.
  ///
  /// - straightThrough: quantisers, through which gradients pass as if they did not round.
  /// - stopped: step functions, whose derivative is 0 wherever it exists, so that their paths do not count.
  case approximate(straightThrough: [GradientSite], stopped: [GradientSite])
  /// Every path from the input to the logits is stopped by one of these nodes: attacks must do without gradients.
  case none(because: [GradientSite])
}

extension Graph {
  /// What a gradient of the output with respect to the input is worth.
  ///
  /// The condition of a choice selects between branches and does not count as a path.
  public var gradientSupport: GradientSupport {
    let links = Links(self)
    var reached: Set<ValueID> = [output]
    var pending = [output]
    var stopped: [Int] = []
    var straight: [Int] = []
    var choices: [Int] = []
    while let value = pending.popLast() {
      guard let index = links.producer(value) else { continue }
      var sources = nodes[index].inputs
      switch nodes[index].operation {
      case .unary(let function) where function.isStep:
        stopped.append(index)
        sources = []
      case .reduction(let reduction) where reduction.kind.isPlace:
        stopped.append(index)
        sources = []
      case .quantization: straight.append(index)
      case .choice(let choice) where choice.condition == nil:
        choices.append(index)
        sources.removeFirst()
      default: break
      }
      for source in sources where reached.insert(source).inserted { pending.append(source) }
    }
    func sites(_ indices: [Int]) -> [GradientSite] {
      indices.sorted().map { GradientSite(node: nodes[$0].name, operation: nodes[$0].operation.name) }
    }
    if !reached.contains(input) { return .none(because: sites(stopped + choices)) }
    if stopped.isEmpty, straight.isEmpty { return .full }
    return .approximate(straightThrough: sites(straight), stopped: sites(stopped))
  }
}
