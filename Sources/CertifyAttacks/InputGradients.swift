/// The linear model of f at x: for the nearest rival classes t, the margin z_y − z_t and its gradient.
struct InputGradients {
  /// One rival class.
  struct Target {
    var label: Int
    /// (z_y − z_t) / ‖∇(z_y − z_t)‖_q: how far the linear model puts the boundary; infinite without a
    /// gradient.
    var distance: Double
    /// ∇(z_t − z_y), d numbers.
    var gradient: [Float]
  }

  /// In ascending order of distance; never empty.
  var targets: [Target]

  /// Asks for the gradients of at most `limit` rival classes, those with the largest logits.
  ///
  /// - Returns: `nil` when the budget does not allow it.
  init?(oracle: Oracle, limit: Int, attack: String) throws {
    oracle.neighbourhood.copyInput(to: oracle.row(0))
    guard oracle.hasGradients, try oracle.evaluate(count: 1, attack: attack) == .answered else { return nil }
    let label = oracle.input.label
    let logits = Array(oracle.logits[0..<oracle.classCount])
    let rivals = logits.indices.filter { $0 != label }
      .sorted { (logits[$1], $0) < (logits[$0], $1) }.prefix(limit)
    targets = []
    var rest = rivals[...]
    while !rest.isEmpty {
      let count = min(rest.count, oracle.batchSize)
      let group = Array(rest.prefix(count))
      rest = rest.dropFirst(count)
      for row in 0..<count { oracle.neighbourhood.copyInput(to: oracle.row(row)) }
      guard try oracle.evaluate(count: count, attack: attack) == .answered,
        let gradients = try oracle.pullBack(
          count: count,
          write: { row, logits, gradient in
            AttackLoss.targeted(group[row]).writeGradient(logits: logits, label: label, into: gradient)
          })
      else { break }
      let d = oracle.dimension
      for (row, target) in group.enumerated() {
        var gradient = Array(gradients[row * d..<(row + 1) * d])
        for i in gradient.indices where !gradient[i].isFinite { gradient[i] = 0 }
        let slope = oracle.threat.norm.dual.length(of: gradient)
        let margin = Double(logits[label]) - Double(logits[target])
        targets.append(
          Target(label: target, distance: slope > 0 ? margin / slope : .infinity, gradient: gradient))
      }
    }
    guard !targets.isEmpty else { return nil }
    targets.sort { ($0.distance, $0.label) < ($1.distance, $1.label) }
  }
}

extension Oracle {
  /// The classes that are worth aiming at and how far each may be, nearest first: those of the nearest
  /// witnesses when there are any, else those that the linear model of f at x puts nearest.
  ///
  /// - Parameters:
  ///   - limit: The most classes.
  ///   - known: The most classes of witnesses.
  /// - Returns: `nil` when the budget or the lack of gradients does not allow it; empty only when `known` is 0.
  func rivals(
    atMost limit: Int, known: Int = 2, attack: String
  ) throws -> [(label: Int, distance: Double)]? {
    if nearest != nil {
      return nearestOfEachClass.prefix(min(known, limit)).map { ($0.decided, $0.distance) }
    }
    guard let start = try InputGradients(oracle: self, limit: 9, attack: attack) else { return nil }
    return start.targets.prefix(limit).map { ($0.label, $0.distance) }
  }
}
