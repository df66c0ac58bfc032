/// Cross-entropy at the input.
final class StandardWorker: ObjectiveWorker {
  private let rows: NetworkRows
  var gradient: [Float] { rows.gradient }

  init(_ model: TrainableModel, rows: Int) throws { self.rows = try NetworkRows(model, rows: rows) }

  func load(_ parameters: [Float]) throws { try rows.load(parameters) }

  func run(_ part: BatchPart) throws -> PartResult {
    rows.reset()
    rows.write(part)
    return try rows.learn(part)
  }
}

extension NetworkRows {
  /// Adds the gradient of cross-entropy at the first rows, which hold one point for each input of a part.
  func learn(_ part: BatchPart) throws -> PartResult {
    try classifier.forward(count: part.count)
    let result = crossEntropy(count: part.count, scale: part.scale) { part.label($0) }
    try addGradient()
    return result
  }
}
