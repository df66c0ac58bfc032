import CertifyThreat
import Foundation

extension PGD {
  /// Rounds of the search over ε.
  private static let rounds = 8

  /// Looks for the witness of the smallest norm.
  ///
  /// The linear model at x brackets ε; rounds of runs follow whose rows have different ε below the best
  /// distance known, in geometric order over a span that narrows. Half of the rows start at the best point so
  /// far, projected to their smaller ball, the others afresh. After each round that improved, the segment to
  /// x is searched. When a flipping point is known already, as in a portfolio, and the data are real, there are no rounds:
  /// the walks before end where these would, or nearer.
  func runSmallestNorm(on oracle: Oracle, generator: inout SplitMix64) throws {
    guard oracle.nearest == nil || oracle.neighbourhood.isGrid else { return }
    guard let start = try InputGradients(oracle: oracle, limit: 9, attack: Self.name) else { return }
    for target in start.targets.prefix(FGSM.targets) {
      try LinearPath(neighbourhood: oracle.neighbourhood, gradient: target.gradient)
        .search(oracle: oracle, from: target.distance, attack: Self.name)
    }
    try oracle.shrinkNearest(attack: Self.name)
    let count = max(2, parameters.restarts)
    let rows = try PGDRows(oracle: oracle, capacity: count, attack: Self.name)
    var span = 2.0
    var widest = min(firstGuess(start, oracle: oracle) * 16, oracle.neighbourhood.farthest)
    for round in 0..<Self.rounds where oracle.remaining > 0 {
      let upper = oracle.bestDistance
      if upper == nil, round > 0, widest < oracle.neighbourhood.farthest {
        widest = min(widest * 16, oracle.neighbourhood.farthest)
      }
      let radii = Self.ladder(
        top: upper ?? widest, ratio: upper == nil ? 0.7 : pow(span, -1 / Double(count)), count: count)
      let tasks = try (0..<count).map {
        try prepare($0, round: round, epsilon: radii[$0], rows: rows, start: start, generator: &generator)
      }
      let flipped = try rows.run(
        tasks, steps: max(1, parameters.steps / 5), stop: .eachRow, generator: &generator)
      guard upper != nil else { continue }
      if flipped.contains(true) { try oracle.shrinkNearest(attack: Self.name) }
      if flipped[count - 1] { continue }
      span = max(pow(span, 3 / Double(count)), 1.004)
    }
  }

  private func prepare(
    _ index: Int, round: Int, epsilon: Double, rows: PGDRows, start: InputGradients,
    generator: inout SplitMix64
  ) throws -> PGDRows.Row {
    let turn = round * 2 + index / 2
    var task = PGDRows.Row(
      epsilon: epsilon, loss: loss(turn, start: start),
      sparsity: Self.sparsity(turn, dimension: rows.oracle.dimension))
    if let nearest = rows.oracle.nearest, index % 2 == 0 || round > 2 {
      try rows.start(index, at: nearest.point, epsilon: epsilon)
      task.loss = turn % 2 == 0 ? .margin : .targeted(nearest.decided)
      task.stepScale = [0.3, 0.1, 1][turn % 3]
    } else if round == 0, index % 4 == 1 {
      LinearPath(
        neighbourhood: rows.oracle.neighbourhood,
        gradient: start.targets[index / 4 % start.targets.count].gradient
      )
      .write(radius: epsilon, into: rows.point(index))
    } else {
      try rows.randomize(index, epsilon: epsilon * 0.5, using: &generator)
    }
    return task
  }

  /// `count` numbers below `top`, each `ratio` times the one before.
  private static func ladder(top: Double, ratio: Double, count: Int) -> [Double] {
    var radius = top * ratio.squareRoot()
    return (0..<count).map { _ in
      defer { radius *= ratio }
      return radius
    }
  }

  private func firstGuess(_ start: InputGradients, oracle: Oracle) -> Double {
    let guess = start.targets[0].distance
    let floor = max(oracle.neighbourhood.resolution, 1e-3)
    return guess.isFinite ? max(guess, floor) : max(floor, min(1, oracle.neighbourhood.farthest))
  }

}
