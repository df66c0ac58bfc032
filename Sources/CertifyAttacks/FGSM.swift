import CertifyThreat

/// One step of the linearised worst case (Goodfellow, Shlens & Szegedy 2015, arXiv 1412.6572).
///
/// x' = argmax { g·u : u ∈ ball ∩ box } with the gradient g of z_t − z_y at x, for the few rival classes t
/// that the linear model puts nearest. For ℓ∞ that is the sign of g; for ℓ₂ and ℓ₁ the box is taken into
/// account exactly. At a fixed ε four steps of cross-entropy from random points follow (Wong, Rice & Kolter 2020,
/// arXiv 2001.03994).
struct FGSM: SmallestNormAttack {
  static let name = "fgsm"
  /// Rival classes tried.
  static let targets = 4

  /// Tries the step of length `epsilon`.
  func run(on oracle: Oracle, epsilon: Double, generator: inout SplitMix64) throws {
    guard let start = try InputGradients(oracle: oracle, limit: 9, attack: Self.name) else { return }
    for target in start.targets.prefix(Self.targets) {
      let radius = oracle.neighbourhood.largestStep(within: epsilon)
      let path = LinearPath(neighbourhood: oracle.neighbourhood, gradient: target.gradient)
      path.write(radius: radius, into: oracle.row(0))
      guard try oracle.evaluate(count: 1, attack: Self.name) == .answered else { return }
      if let best = oracle.bestDistance, AttackGoal.isWithin(best, epsilon: epsilon) { return }
    }
    try runFromRandomStarts(on: oracle, epsilon: epsilon, generator: &generator)
  }

  /// One step of length 1.25 ε from random points of the ball.
  private func runFromRandomStarts(on oracle: Oracle, epsilon: Double, generator: inout SplitMix64) throws {
    let rows = try PGDRows(oracle: oracle, capacity: Self.targets, attack: Self.name)
    let radius = oracle.neighbourhood.largestStep(within: epsilon)
    for index in 0..<Self.targets { try rows.randomize(index, epsilon: radius, using: &generator) }
    // A single step of PGD has length 5 ε.
    let task = PGDRows.Row(epsilon: radius, loss: .crossEntropy, stepScale: 0.25)
    _ = try rows.run(
      Array(repeating: task, count: Self.targets), steps: 1, stop: .firstRow, generator: &generator)
  }

  /// Looks for the shortest step that flips.
  func runSmallestNorm(on oracle: Oracle, generator: inout SplitMix64) throws {
    guard let start = try InputGradients(oracle: oracle, limit: 9, attack: Self.name) else { return }
    for target in start.targets.prefix(Self.targets) {
      let path = LinearPath(neighbourhood: oracle.neighbourhood, gradient: target.gradient)
      try path.search(oracle: oracle, from: target.distance, attack: Self.name)
    }
  }
}

/// The points u(ε) = argmax { g·u : u ∈ ball(x, ε) ∩ box } for one gradient g.
struct LinearPath {
  let neighbourhood: Neighbourhood
  let gradient: [Float]
  private let order: [Int]

  init(neighbourhood: Neighbourhood, gradient: [Float]) {
    self.neighbourhood = neighbourhood
    self.gradient = gradient
    order = gradient.withUnsafeBufferPointer { neighbourhood.order(of: $0) }
  }

  /// Writes u(radius).
  func write(radius: Double, into row: UnsafeMutableBufferPointer<Float>) {
    gradient.withUnsafeBufferPointer { neighbourhood.maximize($0, order: order, radius: radius, into: row) }
  }

  /// Looks for the smallest ε at which u(ε) flips: up a ladder of factors from `guess`, then by section.
  func search(oracle: Oracle, from guess: Double, attack: String) throws {
    let start = max(guess.isFinite && guess > 0 ? guess * 1.001 : 1e-3, neighbourhood.resolution)
    let limit = min(oracle.bestDistance ?? .infinity, neighbourhood.farthest)
    try oracle.climb(from: start, limit: limit, attack: attack, path: write)
  }
}
