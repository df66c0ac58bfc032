import CertifyThreat

/// Projected gradient descent (Madry et al. 2018, arXiv 1706.06083) for ℓ∞, ℓ₂ and ℓ₁.
///
/// Restarts are rows of one batch. The first starts at x, the second at the linearised worst case, the others
/// at random points of the ball; the losses alternate between the margin, cross-entropy and the margins of
/// the nearest rival classes. Half of the rows take the usual steps of mean length 2.5 ε/K, the others steps
/// 4 and 10 times as long, which turn faster where the boundary is curved; all end in short ones.
struct PGD: SmallestNormAttack {
  static let name = "pgd"

  var parameters: AttackParameters
  /// μ; with it the attack is MI-FGSM (Dong et al. 2018, arXiv 1710.06081).
  var momentum: Float = 0

  private var attack: String { momentum > 0 ? "momentum" : Self.name }

  /// Looks for a witness with ‖x'−x‖ ≤ ε.
  func run(on oracle: Oracle, epsilon: Double, generator: inout SplitMix64) throws {
    guard let start = try InputGradients(oracle: oracle, limit: 9, attack: attack) else { return }
    let radius = oracle.neighbourhood.largestStep(within: epsilon)
    let count = parameters.restarts
    let rows = try PGDRows(oracle: oracle, capacity: count, attack: attack)
    var tasks: [PGDRows.Row] = []
    for index in 0..<count {
      switch index {
      case 0: oracle.neighbourhood.copyInput(to: rows.point(0))
      case 1:
        LinearPath(neighbourhood: oracle.neighbourhood, gradient: start.targets[0].gradient)
          .write(radius: radius, into: rows.point(1))
      default: try rows.randomize(index, epsilon: radius, using: &generator)
      }
      tasks.append(
        PGDRows.Row(
          epsilon: radius, loss: loss(index, start: start), stepScale: [1, 4, 1, 10][index % 4],
          sparsity: Self.sparsity(index, dimension: oracle.dimension), momentum: momentum))
    }
    _ = try rows.run(tasks, steps: parameters.steps, stop: .firstRow, generator: &generator)
  }

  /// The loss of row `index`: margin, cross-entropy, then the nearest rival classes in turn.
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
