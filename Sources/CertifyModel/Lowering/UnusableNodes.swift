/// The nodes of a file that cannot be used: all of them, not only the first.
///
/// What they would compute stays unknown, and so does what depends on it.
struct UnusableNodes {
  private var problems: [Int: ModelError] = [:]
  private var unknown: Set<String> = []

  /// The nodes whose operators are not supported.
  init(_ nodes: [SourceNode]) {
    for (index, node) in nodes.enumerated() {
      do {
        _ = try OperatorTable.definition(for: node)
      } catch {
        problems[index] = error as? ModelError
      }
    }
  }

  /// Why the model cannot be used, in the order of the nodes; `nil` when every node can be.
  var error: ModelError? {
    let inOrder = problems.sorted { $0.key < $1.key }.map(\.value)
    return inOrder.count > 1 ? .unsupportedNodes(inOrder) : inOrder.first
  }

  /// Whether the node cannot be evaluated; then its outputs are unknown from here on.
  mutating func skips(_ node: SourceNode, at index: Int) -> Bool {
    guard problems[index] != nil || node.inputs.contains(where: unknown.contains) else { return false }
    unknown.formUnion(node.outputs.filter { !$0.isEmpty })
    return true
  }

  /// Notes what evaluating a node threw.
  ///
  /// - Throws: Errors that are not about what is supported, unless a node is known that cannot be used.
  mutating func note(_ error: ModelError, at index: Int, _ node: SourceNode) throws {
    switch error {
    case .unsupportedOperator, .unsupportedUse, .unsupportedType, .trainingMode:
      problems[index] = error
      unknown.formUnion(node.outputs.filter { !$0.isEmpty })
    default: throw self.error ?? error
    }
  }
}
