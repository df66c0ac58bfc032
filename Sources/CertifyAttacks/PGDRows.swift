import CertifyThreat

/// Projected gradient ascent on many points at once, each with its own budget: the rows of one batch.
///
/// u ← projection onto ball(x, εᵣ) ∩ box of u + the Hölder step of length αₖ along the gradient of row r's
/// loss at the point of 𝒳 nearest to u; αₖ falls linearly over the K steps around its mean 2.5 ε/K.
final class PGDRows {
  /// One row's task.
  struct Row {
    var epsilon: Double
    var loss: AttackLoss
    /// Factor of the step length.
    var stepScale = 1.0
    /// For ℓ₁, the coordinates that a step moves.
    var sparsity = 1
  }

  /// When to stop before the last step.
  enum Stop {
    /// A row stops as soon as it flips within its ε.
    case eachRow
    /// All stop as soon as one does.
    case firstRow
  }

  let oracle: Oracle
  let attack: String
  let capacity: Int
  private let d: Int
  private let neighbourhood: Neighbourhood
  private var set: FeasibleSet
  private let points: UnsafeMutableBufferPointer<Float>
  private let direction: UnsafeMutableBufferPointer<Float>
  private var magnitudes: [Float]

  /// Makes room for at most `capacity` points.
  init(oracle: Oracle, capacity: Int, attack: String) throws {
    self.oracle = oracle
    self.attack = attack
    self.capacity = capacity
    d = oracle.dimension
    neighbourhood = oracle.neighbourhood
    set = try oracle.neighbourhood.feasibleSet()
    points = .allocate(capacity: capacity * d)
    points.initialize(repeating: 0)
    direction = .allocate(capacity: d)
    direction.initialize(repeating: 0)
    magnitudes = []
    magnitudes.reserveCapacity(oracle.threat.norm == .l1 ? d : 0)
  }

  deinit {
    points.deallocate()
    direction.deallocate()
  }

  /// The current point of row `index`; write the starting point here.
  func point(_ index: Int) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(rebasing: points[index * d..<(index + 1) * d])
  }

  /// Makes a random point of ball ∩ box the starting point of row `index`.
  func randomize(_ index: Int, epsilon: Double, using generator: inout SplitMix64) throws {
    try set.setRadius(epsilon)
    set.randomPoint(into: point(index), using: &generator)
  }

  /// Makes the point of ball ∩ box nearest to `start` the starting point of row `index`.
  func start(_ index: Int, at start: [Float], epsilon: Double) throws {
    let row = point(index)
    for i in row.indices { row[i] = start[i] }
    try set.setRadius(epsilon)
    set.project(row)
  }

  /// Runs `steps` steps from the starting points.
  ///
  /// - Returns: Which rows flipped at a distance within their ε.
  func run(_ tasks: [Row], steps: Int, stop: Stop, generator: inout SplitMix64) throws -> [Bool] {
    var flipped = [Bool](repeating: false, count: tasks.count)
    var start = 0
    while start < tasks.count {
      let end = min(start + oracle.batchSize, tasks.count)
      try run(tasks, range: start..<end, steps: steps, stop: stop, flipped: &flipped, generator: &generator)
      if stop == .firstRow, flipped.contains(true) { break }
      start = end
    }
    return flipped
  }

  private func run(
    _ tasks: [Row], range: Range<Int>, steps: Int, stop: Stop, flipped: inout [Bool],
    generator: inout SplitMix64
  ) throws {
    var active = Array(range)
    var radii = tasks.map(\.epsilon)
    for step in 0...steps {
      for (slot, index) in active.enumerated() { copy(index, to: slot) }
      guard try oracle.evaluate(count: active.count, attack: attack) == .answered else { return }
      for (slot, index) in active.enumerated() where oracle.flips(row: slot) {
        let distance = neighbourhood.distance(to: UnsafeBufferPointer(oracle.row(slot)))
        if AttackGoal.isWithin(distance, epsilon: tasks[index].epsilon) {
          flipped[index] = true
        } else {
          // Rounding to the grid went out of the ball: aim a little lower.
          radii[index] *= tasks[index].epsilon / distance * 0.999
        }
      }
      if stop == .firstRow, range.contains(where: { flipped[$0] }) { return }
      guard step < steps, !active.allSatisfy({ flipped[$0] }) else { return }
      let label = oracle.input.label
      guard
        let gradients = try oracle.pullBack(
          count: active.count,
          write: { slot, logits, gradient in
            tasks[active[slot]].loss.writeGradient(logits: logits, label: label, into: gradient)
          })
      else { return }
      let decay = 2 * (1 - Double(step) / Double(steps))
      for (slot, index) in active.enumerated() where !flipped[index] {
        let gradient = UnsafeBufferPointer(rebasing: gradients[slot * d..<(slot + 1) * d])
        let length = 2.5 * radii[index] / Double(steps) * decay * tasks[index].stepScale
        try set.setRadius(radii[index])
        ascend(index, along: gradient, length: length, sparsity: tasks[index].sparsity, generator: &generator)
      }
      active.removeAll { flipped[$0] }
    }
  }

  private func copy(_ index: Int, to slot: Int) {
    let source = point(index)
    let row = oracle.row(slot)
    for i in 0..<d { row[i] = source[i] }
  }

  private func ascend(
    _ index: Int, along gradient: UnsafeBufferPointer<Float>, length: Double, sparsity: Int,
    generator: inout SplitMix64
  ) {
    let row = point(index)
    for i in 0..<d { direction[i] = gradient[i] }
    neighbourhood.removeBlocked(direction, at: UnsafeBufferPointer(row))
    let slope: Double
    if neighbourhood.norm == .l1, sparsity > 1 {
      slope = sparseStep(length: length, sparsity: sparsity)
    } else {
      slope = neighbourhood.norm.steepestStep(
        along: UnsafeBufferPointer(direction), radius: length, into: direction)
    }
    guard slope > 0 else {
      set.randomPoint(into: row, using: &generator)
      return
    }
    for i in 0..<d { row[i] += direction[i] }
    set.project(row)
  }

  /// Replaces `direction` by the signs of its `sparsity` largest coordinates, of ℓ₁ length `length` together.
  private func sparseStep(length: Double, sparsity: Int) -> Double {
    magnitudes.removeAll(keepingCapacity: true)
    for value in direction where value != 0 { magnitudes.append(abs(value)) }
    guard !magnitudes.isEmpty else { return 0 }
    magnitudes.sort(by: >)
    let count = min(sparsity, magnitudes.count)
    let threshold = magnitudes[count - 1]
    let share = Float(length / Double(count))
    for i in direction.indices {
      direction[i] = abs(direction[i]) >= threshold ? (direction[i] > 0 ? share : -share) : 0
    }
    return Double(magnitudes[0])
  }
}
