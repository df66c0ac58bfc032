/// How often an operation occurs in a graph.
public struct OperationCount: Sendable, Equatable, Encodable {
  /// Its kind, or those of several that are evaluated as one, joined by " + ".
  public let name: String
  /// How many there are, at least 1.
  public let count: Int

  /// The names with how often each occurs, most frequent first.
  public static func counts(of names: some Sequence<String>) -> [OperationCount] {
    Dictionary(grouping: names) { $0 }.map { OperationCount(name: $0, count: $1.count) }
      .sorted { ($1.count, $0.name) < ($0.count, $1.name) }
  }
}

extension Graph {
  /// The operations by kind, most frequent first.
  public var operationCounts: [OperationCount] { OperationCount.counts(of: nodes.map(\.operation.name)) }
}

extension UnaryFunction {
  /// The function's name without its constants.
  public var name: String { String("\(self)".prefix { $0 != "(" }) }
}
