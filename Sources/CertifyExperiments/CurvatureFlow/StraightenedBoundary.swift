import CertifyAttacks
import CertifyThreat
import CertifyTraining

/// The set of class 1 whose adversarial risk on ``WavyClasses`` is least.
struct LeastRisk {
  /// The budget in ℓ₂; 0 for none.
  let epsilon: Double
  /// Its boundary within the square.
  let boundary: LevelLine
  /// Its adversarial risk, and that of {x₂ > a sin kx₁}, whose clean risk is least.
  let risk: Double
  let wavyRisk: Double

  /// [−1.5, 1.5]², so that balls around the data do not reach beyond.
  static let grid = CellGrid(side: 96, spacing: 1.0 / 32, isQuarter: false)

  /// - Parameter cells: ε in cells, at most 9; 0 for no adversary.
  init(cells: Int) {
    let grid = Self.grid
    let scheme = PerimeterScheme(grid: grid, radius: cells, densities: WavyClasses.densities)
    let wavy = grid.set { $1 > WavyClasses.middle($0) }
    let least = cells > 0 ? scheme.leastAdversarialRisk() : wavy
    epsilon = scheme.epsilon
    (risk, wavyRisk) = (scheme.adversarialRisk(of: least), scheme.adversarialRisk(of: wavy))
    boundary = LevelLine(of: grid.averages(of: least), level: 0.5, on: grid).within(WavyClasses.reach)
  }
}

/// The decision boundary of a net that was trained on samples of ``WavyClasses`` against an adversary.
struct StraightenedBoundary {
  /// What it is beside.
  let exact: LeastRisk
  let samples: Int
  /// The net's boundary within the square.
  let trained: LevelLine

  /// - Parameter exact: It fixes ε; training is plain where that is 0.
  init(_ exact: LeastRisk, samples: Int, epochs: Int, seed: UInt64, trial: Int, jobs: Int) throws {
    (self.exact, self.samples) = (exact, samples)
    var generator = SplitMix64(seed: seed, input: trial, stage: 0x7761_7665)
    let data = try TrainingSet(WavyClasses.draw(samples, using: &generator), classCount: 2)
    let net = try TrainedNet(
      .mlp(hidden: [32, 32], activation: .gelu), on: data,
      .adam(
        exact.epsilon > 0 ? .pgd(steps: 4, length: 0.625) : .standard,
        threat: ThreatSetting(norm: .l2, epsilon: exact.epsilon, bounds: nil), rate: 0.01, epochs: epochs,
        seed: generator.next()), jobs: jobs)
    let grid = LeastRisk.grid
    let points = (0..<grid.count).map { index -> [Float] in
      let middle = grid.middle(index)
      return [Float(middle.x), Float(middle.y)]
    }
    trained = LevelLine(of: try net.classifier.margins(on: points), level: 0, on: grid)
      .within(WavyClasses.reach)
  }
}

extension PerimeterScheme {
  /// ∫ (sup_{B_ε} 1_A ρ₀ + (1 − inf_{B_ε} 1_A) ρ₁) dx over ∫ ρ: the part of all inputs that an adversary with the budget ε
  /// gets wrong when A is given class 1.
  func adversarialRisk(of set: [Bool]) -> Double {
    let (clean, total) = zip(set, zip(weights.zero, weights.one)).reduce((0.0, 0.0)) { sum, cell in
      (sum.0 + (cell.0 ? cell.1.0 : cell.1.1), sum.1 + cell.1.0 + cell.1.1)
    }
    let area = grid.spacing * grid.spacing
    return (clean * area + (epsilon > 0 ? epsilon * perimeter(of: set) : 0)) / (total * area)
  }

  /// The set A whose adversarial risk is least, the largest of several: of (1/ε) ∫_A (ρ₀ − ρ₁) dx + Per_ε(A).
  func leastAdversarialRisk() -> [Bool] {
    var problem = PerimeterCut(scheme: self, fixed: (0..<grid.count).map { _ in nil })
    let area = grid.spacing * grid.spacing
    for index in 0..<grid.count {
      problem.charge(index, (weights.zero[index] - weights.one[index]) * area / epsilon)
    }
    return problem.solution()
  }
}
