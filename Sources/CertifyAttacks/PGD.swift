import CertifyThreat

/// Projected gradient descent (Madry et al. 2018, arXiv 1706.06083) for ℓ∞, ℓ₂ and ℓ₁.
///
/// Restarts are rows of one batch. The first starts at x and raises cross-entropy, the second at the linearised worst
/// case and raises the margin; the others start at random points of the ball, and the margins of the nearest rival
/// classes come in besides. Half of the rows take the usual steps of mean length 2.5 ε/K, the others steps 4 and 10
/// times as long, which turn faster where the boundary is curved; all end in short ones.
struct PGD: SmallestNormAttack, AscentAttack {
  static let name = "pgd"

  var parameters: AttackParameters
  /// μ; with it the attack is MI-FGSM (Dong et al. 2018, arXiv 1710.06081).
  var momentum: Float = 0

  private var attack: String { momentum > 0 ? "momentum" : Self.name }

  /// Looks for a witness with ‖x'−x‖ ≤ ε.
  func run(on oracle: Oracle, epsilon: Double, generator: inout SplitMix64) throws {
    try climb(on: oracle, epsilon: epsilon, generator: generator)
  }

  func ascent(on oracle: Oracle, epsilon: Double, generator: SplitMix64) throws -> (any Ascent)? {
    var generator = generator
    let radius = oracle.neighbourhood.largestStep(within: epsilon)
    let count = parameters.restarts
    let rows = try PGDRows(oracle: oracle, capacity: count, attack: attack)
    func row(_ index: Int, _ loss: AttackLoss) -> PGDRows.Row {
      PGDRows.Row(
        epsilon: radius, loss: loss, stepScale: [1, 4, 1, 10][index % 4],
        sparsity: Self.sparsity(index, dimension: oracle.dimension), momentum: momentum)
    }
    oracle.neighbourhood.copyInput(to: rows.point(0))
    var tasks = [row(0, .crossEntropy)]
    if count > 1 {
      guard let start = try InputGradients(oracle: oracle, limit: 9, attack: attack) else { return nil }
      LinearPath(neighbourhood: oracle.neighbourhood, gradient: start.targets[0].gradient)
        .write(radius: radius, into: rows.point(1))
      tasks.append(row(1, .margin))
      for index in 2..<max(count, 2) {
        try rows.randomize(index, epsilon: radius, using: &generator)
        tasks.append(row(index, loss(index, start: start)))
      }
    }
    rows.begin(tasks, steps: parameters.steps, stop: .firstRow, generator: generator)
    return rows
  }

  /// The loss of a row or of a turn: margin, cross-entropy, then the nearest rival classes one after another.
  func loss(_ index: Int, start: InputGradients) -> AttackLoss {
    switch index % 4 {
    case 0: .margin
    case 1: .crossEntropy
    default: .targeted(start.targets[(index / 4 * 2 + index % 4 - 2) % start.targets.count].label)
    }
  }

  /// For ℓ₁, the coordinates that a step of row `index` moves: one, or a part of all.
  static func sparsity(_ index: Int, dimension: Int) -> Int {
    switch index % 4 {
    case 0: 1
    case 1: max(1, dimension / 50)
    case 2: max(1, dimension / 10)
    default: max(1, dimension / 200)
    }
  }
}
