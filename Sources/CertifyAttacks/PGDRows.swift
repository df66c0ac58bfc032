import CertifyThreat

/// Projected gradient ascent on many points at once, each with its own budget.
///
/// u ← projection onto ball(x, εᵣ) ∩ box of u + the Hölder step of length αₖ along the gradient of row r's
/// loss at the point of 𝒳 nearest to u; αₖ falls linearly over the K steps around its mean 2.5 ε/K. With momentum
/// μ the step follows v ← μv + g/‖g‖₁ instead of g (Dong et al. 2018, arXiv 1710.06081).
final class PGDRows: Ascent {
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
  /// Ball ∩ box of each row.
  private var sets: [FeasibleSet]
  let points: PointStore
  /// v of each row.
  private let velocities: PointStore
  private let buffer: PointStore
  private var tasks: [Row] = []
  /// The ball of each row, a little smaller where rounding to the grid has left it.
  private var radii: [Double] = []
  private var steps = 0
  private var step = 0
  private var stopping = Stop.never
  private var generator = SplitMix64(seed: 0, input: 0, stage: 0)
  /// Which rows flipped at a distance within their ε.
  private(set) var flipped: [Bool] = []
  private(set) var asked: [Int] = []

  /// Makes room for at most `capacity` points.
  init(oracle: Oracle, capacity: Int, attack: String) throws {
    self.oracle = oracle
    self.attack = attack
    neighbourhood = oracle.neighbourhood
    sets = Array(repeating: try oracle.neighbourhood.feasibleSet(), count: capacity)
    points = PointStore(count: capacity, dimension: oracle.dimension)
    velocities = PointStore(count: capacity, dimension: oracle.dimension)
    buffer = PointStore(count: 1, dimension: oracle.dimension)
  }

  /// The current point of row `index`; write the starting point here.
  func point(_ index: Int) -> UnsafeMutableBufferPointer<Float> { points[index] }

  /// Makes a random point of ball ∩ box the starting point of row `index`.
  func randomize(_ index: Int, epsilon: Double, using generator: inout SplitMix64) throws {
    try sets[index].setRadius(epsilon)
    sets[index].randomPoint(into: point(index), using: &generator)
  }

  /// Makes the point of ball ∩ box nearest to `start` the starting point of row `index`.
  func start(_ index: Int, at start: [Float], epsilon: Double) throws {
    points.set(index, to: start)
    try sets[index].setRadius(epsilon)
    sets[index].project(point(index))
  }

  /// Runs `steps` steps from the starting points.
  ///
  /// - Returns: Which rows flipped at a distance within their ε.
  func run(_ tasks: [Row], steps: Int, stop: Stop, generator: inout SplitMix64) throws -> [Bool] {
    begin(tasks, steps: steps, stop: stop, generator: generator)
    if let classifier = oracle.differentiable { try Lockstep(classifier: classifier).run(self) }
    generator = self.generator
    return flipped
  }

  /// Prepares the first round of `steps` steps from the starting points.
  func begin(_ tasks: [Row], steps: Int, stop: Stop, generator: SplitMix64) {
    (self.tasks, self.steps, self.generator) = (tasks, steps, generator)
    (step, stopping) = (0, stop)
    radii = tasks.map(\.epsilon)
    flipped = [Bool](repeating: false, count: tasks.count)
    asked = Array(tasks.indices)
    for index in tasks.indices { velocities[index].update(repeating: 0) }
  }

  func loss(_ index: Int) -> AttackLoss { tasks[index].loss }

  func learn(_ index: Int, _ answer: Oracle.Answer) throws {
    if answer.flips {
      let distance = neighbourhood.distance(to: answer.point)
      if AttackGoal.isWithin(distance, epsilon: tasks[index].epsilon) {
        flipped[index] = true
        guard stopping == .never else { return }
      } else {
        // Rounding to the grid went out of the ball: aim a little lower.
        radii[index] *= tasks[index].epsilon / distance * 0.999
      }
    }
    guard step < steps else { return }
    try sets[index].setRadius(radii[index])
    let decay = 2 * (1 - Double(step) / Double(steps))
    let length = 2.5 * radii[index] / Double(steps) * decay * tasks[index].stepScale
    ascend(index, along: answer.gradient, length: length)
  }

  func endRound() {
    step += 1
    let isDone = step > steps || stopping == .firstRow && flipped.contains(true)
    asked = isDone ? [] : stopping == .never ? asked : asked.filter { !flipped[$0] }
  }

  func stop() { asked = [] }

  private func ascend(
    _ index: Int, along gradient: UnsafeBufferPointer<Float>, length: Double
  ) {
    let (row, task) = (points[index], tasks[index])
    let direction = buffer[0]
    _ = direction.update(fromContentsOf: gradient)
    if task.momentum > 0 { accelerate(index, direction, momentum: task.momentum) }
    neighbourhood.removeBlocked(direction, at: UnsafeBufferPointer(row))
    guard direction.contains(where: { $0 != 0 }) else {
      return sets[index].randomPoint(into: row, using: &generator)
    }
    if neighbourhood.norm == .l1, task.sparsity > 1 {
      SparseStep.add(to: row, along: UnsafeBufferPointer(direction), length: length, count: task.sparsity)
    } else {
      neighbourhood.norm.steepestStep(along: UnsafeBufferPointer(direction), radius: length, into: direction)
      for i in row.indices { row[i] += direction[i] }
    }
    sets[index].project(row)
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
