extension Oracle {
  /// Adds a point to the path of a flow, when it is to be kept; the first one begins the path anew.
  func visit(_ point: [Float], isFirst: Bool = false) {
    guard trajectory != nil else { return }
    if isFirst { trajectory = [] }
    trajectory?.append(point)
  }

  /// What f said about one point.
  struct Answer {
    /// Where f was asked: the point of 𝒳 nearest to the one that was given.
    let point: UnsafeBufferPointer<Float>
    /// Whether it is given another class than the label.
    let flips: Bool
    let logits: UnsafeBufferPointer<Float>
    /// The gradient of the loss that was asked for, d numbers.
    let gradient: UnsafeBufferPointer<Float>
  }

  /// Asks about points of a store and pulls back the gradient of each one's loss, in as many batches as it
  /// takes.
  ///
  /// - Parameters:
  ///   - indices: The points to ask about.
  ///   - loss: The loss of the point with an index.
  ///   - visit: Called with an index and what was learnt; the buffers are valid during the call.
  /// - Returns: `false` when the budget or the lack of gradients ended it early.
  func ask(
    _ points: PointStore, _ indices: [Int], attack: String, loss: (Int) -> AttackLoss,
    visit: (Int, Answer) throws -> Void
  ) throws -> Bool {
    let d = dimension
    let classes = classCount
    var start = 0
    while start < indices.count {
      let group = indices[start..<min(start + batchSize, indices.count)]
      for (slot, index) in group.enumerated() { _ = row(slot).update(fromContentsOf: points[index]) }
      guard try evaluate(count: group.count, attack: attack) == .answered,
        let gradients = try pullBack(
          count: group.count,
          write: { slot, logits, gradient in
            loss(group[start + slot]).writeGradient(logits: logits, label: input.label, into: gradient)
          })
      else { return false }
      for (slot, index) in group.enumerated() {
        try visit(
          index,
          Answer(
            point: UnsafeBufferPointer(row(slot)), flips: flips(row: slot),
            logits: UnsafeBufferPointer(rebasing: logits[slot * classes..<(slot + 1) * classes]),
            gradient: UnsafeBufferPointer(rebasing: gradients[slot * d..<(slot + 1) * d])))
      }
      start += group.count
    }
    return true
  }
}
