import CertifyThreat

/// Projected gradient ascent on many points at once, each with its own budget: the rows of one batch.
///
/// u ← projection onto ball(x, εᵣ) ∩ box of u + the Hölder step of length αₖ along the gradient of row r's
/// loss at the point of 𝒳 nearest to u; αₖ falls linearly over the K steps around its mean 2.5 ε/K. With momentum
/// μ the step follows v ← μv + g/‖g‖₁ instead of g (Dong et al. 2018, arXiv 1710.06081).
final class PGDRows {
  /// One row's task.
  struct Row {
    var epsilon: Double
    var loss: AttackLoss
    /// Factor of the step length.
    var stepScale = 1.0
    /// For ℓ₁, the coordinates that a step moves.
    var sparsity = 1
    /// μ.
    var momentum: Float = 0
  }

  /// When to stop before the last step.
  enum Stop {
    /// A row stops as soon as it flips within its ε.
    case eachRow
    /// All stop as soon as one does.
    case firstRow
    /// Rows go on after they have flipped.
    case never
  }

  let oracle: Oracle
  let attack: String
  private let neighbourhood: Neighbourhood
  private var set: FeasibleSet
  private let points: PointStore
  /// v of each row.
  private let velocities: PointStore
  private let buffer: PointStore

  /// Makes room for at most `capacity` points.
  init(oracle: Oracle, capacity: Int, attack: String) throws {
    self.oracle = oracle
    self.attack = attack
    neighbourhood = oracle.neighbourhood
    set = try oracle.neighbourhood.feasibleSet()
    points = PointStore(count: capacity, dimension: oracle.dimension)
    velocities = PointStore(count: capacity, dimension: oracle.dimension)
    buffer = PointStore(count: 1, dimension: oracle.dimension)
  }

  /// The current point of row `index`; write the starting point here.
  func point(_ index: Int) -> UnsafeMutableBufferPointer<Float> { points[index] }

  /// Makes a random point of ball ∩ box the starting point of row `index`.
  func randomize(_ index: Int, epsilon: Double, using generator: inout SplitMix64) throws {
    try set.setRadius(epsilon)
    set.randomPoint(into: point(index), using: &generator)
  }

  /// Makes the point of ball ∩ box nearest to `start` the starting point of row `index`.
  func start(_ index: Int, at start: [Float], epsilon: Double) throws {
    points.set(index, to: start)
    try set.setRadius(epsilon)
    set.project(point(index))
  }

  /// Runs `steps` steps from the starting points.
  ///
  /// - Returns: Which rows flipped at a distance within their ε.
  func run(_ tasks: [Row], steps: Int, stop: Stop, generator: inout SplitMix64) throws -> [Bool] {
    var flipped = [Bool](repeating: false, count: tasks.count)
    var radii = tasks.map(\.epsilon)
    for index in tasks.indices { velocities[index].update(repeating: 0) }
    var active = Array(tasks.indices)
    for step in 0...steps {
      let decay = 2 * (1 - Double(step) / Double(steps))
      let answered = try oracle.ask(
        points, active, attack: attack, loss: { tasks[$0].loss },
        visit: { index, answer in
          let task = tasks[index]
          if answer.flips {
            let distance = neighbourhood.distance(to: answer.point)
            if AttackGoal.isWithin(distance, epsilon: task.epsilon) {
              flipped[index] = true
              guard stop == .never else { return }
            } else {
              // Rounding to the grid went out of the ball: aim a little lower.
              radii[index] *= task.epsilon / distance * 0.999
            }
          }
          guard step < steps else { return }
          try set.setRadius(radii[index])
          let length = 2.5 * radii[index] / Double(steps) * decay * task.stepScale
          ascend(index, along: answer.gradient, length: length, task: task, generator: &generator)
        })
      guard answered else { break }
      if stop == .firstRow, flipped.contains(true) { break }
      if stop != .never { active.removeAll { flipped[$0] } }
      if active.isEmpty { break }
    }
    return flipped
  }

  private func ascend(
    _ index: Int, along gradient: UnsafeBufferPointer<Float>, length: Double, task: Row,
    generator: inout SplitMix64
  ) {
    let row = points[index]
    let direction = buffer[0]
    _ = direction.update(fromContentsOf: gradient)
    if task.momentum > 0 { accelerate(index, direction, momentum: task.momentum) }
    neighbourhood.removeBlocked(direction, at: UnsafeBufferPointer(row))
    guard direction.contains(where: { $0 != 0 }) else { return set.randomPoint(into: row, using: &generator) }
    if neighbourhood.norm == .l1, task.sparsity > 1 {
      SparseStep.add(to: row, along: UnsafeBufferPointer(direction), length: length, count: task.sparsity)
    } else {
      neighbourhood.norm.steepestStep(along: UnsafeBufferPointer(direction), radius: length, into: direction)
      for i in row.indices { row[i] += direction[i] }
    }
    set.project(row)
  }

  private func accelerate(
    _ index: Int, _ direction: UnsafeMutableBufferPointer<Float>, momentum: Float
  ) {
    let velocity = velocities[index]
    let size = Norm.l1.length(of: UnsafeBufferPointer(direction))
    let scale = size > 0 && size.isFinite ? Float(1 / size) : 0
    for i in velocity.indices {
      velocity[i] = momentum * velocity[i] + scale * (direction[i].isFinite ? direction[i] : 0)
      direction[i] = velocity[i]
    }
  }
}
