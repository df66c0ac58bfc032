import CertifyThreat

/// Projected gradient ascent whose step length follows its progress (Croce & Hein 2020, arXiv 2003.01690).
///
/// z = P(u + η s(g)) with the Hölder step s, then u⁺ = P(u + ¾(z − u) + ¼(u − u⁻)) with momentum. η starts at 2ε;
/// at the checkpoints of ``APGDSchedule`` it is halved, and the run goes on from its best point, when fewer
/// than ¾ of the steps raised the loss, or when neither η nor the best has changed since the last checkpoint.
/// For ℓ₁ see ``SparseAPGD``. The runs are rows of one batch and end together as soon as one succeeds.
struct APGD: FixedEpsilonAttack {
  /// Which loss is raised.
  enum Objective: String {
    /// Cross-entropy.
    case crossEntropy = "apgd-ce"
    /// The difference of logits ratio.
    case ratio = "apgd-dlr"
    /// The targeted ratio, one run for each of the nearest rival classes.
    case targetedRatio = "apgd-t"
  }

  var objective: Objective
  var parameters: AttackParameters

  func run(on oracle: Oracle, epsilon: Double, generator: inout SplitMix64) throws {
    let losses: [AttackLoss]
    switch objective {
    case .crossEntropy: losses = Array(repeating: .crossEntropy, count: parameters.restarts)
    case .ratio: losses = Array(repeating: .differenceOfLogitsRatio, count: parameters.restarts)
    case .targetedRatio:
      guard let start = try InputGradients(oracle: oracle, limit: 9, attack: objective.rawValue) else {
        return
      }
      losses = start.targets.map { .targetedRatio($0.label) }
    }
    let runs = try APGDRuns(oracle: oracle, losses: losses, epsilon: epsilon, attack: objective.rawValue)
    try runs.randomize(using: &generator)
    if oracle.threat.norm == .l1 {
      try SparseAPGD(runs: runs).run(steps: parameters.steps)
    } else {
      try runs.run(steps: parameters.steps)
    }
  }
}

/// When APGD looks back: after ⌊.22 N⌋ steps, then after periods that shorten by ⌊.03 N⌋ down to ⌊.06 N⌋.
struct APGDSchedule {
  /// Numbers of steps, ascending; for N = 100: 22, 41, 57, 70, 80, 87, 93, 99.
  let checkpoints: [Int]

  init(steps: Int) {
    var period = max(22 * steps / 100, 1)
    var next = period
    var all: [Int] = []
    while next <= steps {
      all.append(next)
      period = max(period - 3 * steps / 100, 6 * steps / 100, 1)
      next += period
    }
    checkpoints = all
  }
}

/// The runs of one APGD, side by side.
final class APGDRuns {
  let oracle: Oracle
  let attack: String
  let epsilon: Double
  let losses: [AttackLoss]
  let points: PointStore
  let best: PointStore
  let bestGradients: PointStore
  private(set) var bestLoss: [Double]
  /// The ball of each run, a little smaller where rounding to the grid has left it.
  private var radii: [Double]
  private var set: FeasibleSet
  private let previous: PointStore
  private let step: PointStore
  private var states: [State]

  /// The step length of a run and what it has seen since the last checkpoint.
  private struct State {
    var eta: Double
    var rises = 0
    var lastLoss = -Double.infinity
    var checkedLoss = -Double.infinity
    var wasHalved = true
  }

  init(oracle: Oracle, losses: [AttackLoss], epsilon: Double, attack: String) throws {
    (self.oracle, self.attack, self.epsilon, self.losses) = (oracle, attack, epsilon, losses)
    let d = oracle.dimension
    points = PointStore(count: losses.count, dimension: d)
    best = PointStore(count: losses.count, dimension: d)
    bestGradients = PointStore(count: losses.count, dimension: d)
    previous = PointStore(count: losses.count, dimension: d)
    step = PointStore(count: 2, dimension: d)
    bestLoss = losses.map { _ in -.infinity }
    let radius = oracle.neighbourhood.largestStep(within: epsilon)
    radii = losses.map { _ in radius }
    states = losses.map { _ in State(eta: 2 * radius) }
    set = try oracle.neighbourhood.feasibleSet()
  }

  /// The first run of each loss starts at x, the others at random points of ball ∩ box.
  func randomize(using generator: inout SplitMix64) throws {
    for index in losses.indices {
      if losses.firstIndex(of: losses[index]) == index {
        oracle.neighbourhood.copyInput(to: points[index])
      } else {
        try set.setRadius(radii[index])
        set.randomPoint(into: points[index], using: &generator)
      }
    }
  }

  /// Takes `steps` steps, or fewer when a run succeeds or the budget ends.
  func run(steps: Int) throws {
    let checkpoints = APGDSchedule(steps: steps).checkpoints
    var last = 0
    for k in 0...steps {
      guard
        try ask(visit: { index, loss, answer in
          if loss > states[index].lastLoss, k > 0 { states[index].rises += 1 }
          states[index].lastLoss = loss
          guard k < steps else { return }
          try advance(index, gradient: answer.gradient, isFirst: k == 0)
        })
      else { return }
      if checkpoints.contains(k), k < steps {
        try lookBack(period: k - last)
        last = k
      }
    }
  }

  /// Asks about all points once.
  ///
  /// - Parameter factor: The points are in balls that are larger by this factor.
  /// - Returns: `false` when a run has succeeded or the budget has ended.
  func ask(factor: Double = 1, visit: (Int, _ loss: Double, Oracle.Answer) throws -> Void) throws -> Bool {
    var succeeded = false
    let label = oracle.input.label
    let answered = try oracle.ask(points, Array(losses.indices), attack: attack, loss: { losses[$0] }) {
      index, answer in
      let loss = losses[index].value(logits: answer.logits, label: label)
      if answer.flips {
        let distance = oracle.neighbourhood.distance(to: answer.point)
        if AttackGoal.isWithin(distance, epsilon: epsilon) {
          succeeded = true
        } else if factor == 1 {
          radii[index] *= epsilon / distance * 0.999
        }
      }
      if loss > bestLoss[index] {
        bestLoss[index] = loss
        best.set(index, to: UnsafeBufferPointer(points[index]))
        bestGradients.set(index, to: answer.gradient)
      }
      try visit(index, loss, answer)
    }
    return answered && !succeeded
  }

  /// Forgets the best points, when what was best is so no longer.
  func forgetBest() { bestLoss = losses.map { _ in -.infinity } }

  /// Projects a point of a run on to its ball, `factor` times as large, and the box.
  func project(_ index: Int, _ point: UnsafeMutableBufferPointer<Float>, factor: Double = 1) throws {
    try set.setRadius(radii[index] * factor)
    set.project(point)
  }

  private func advance(_ index: Int, gradient: UnsafeBufferPointer<Float>, isFirst: Bool) throws {
    let (u, before, z) = (points[index], previous[index], step[0])
    _ = oracle.threat.norm.steepestStep(along: gradient, radius: states[index].eta, into: z)
    for i in u.indices { z[i] += u[i] }
    try project(index, z)
    for i in u.indices {
      let moved = isFirst ? z[i] : u[i] + 0.75 * (z[i] - u[i]) + 0.25 * (u[i] - before[i])
      before[i] = u[i]
      u[i] = moved
    }
    try project(index, u)
  }

  private func lookBack(period: Int) throws {
    for index in losses.indices {
      let isSlow = Double(states[index].rises) < 0.75 * Double(period)
      let isStuck = !states[index].wasHalved && states[index].checkedLoss >= bestLoss[index]
      states[index].wasHalved = isSlow || isStuck
      if isSlow || isStuck {
        states[index].eta /= 2
        points.set(index, to: UnsafeBufferPointer(best[index]))
        previous.set(index, to: UnsafeBufferPointer(best[index]))
        // The step that was taken from the last point is taken from the best one instead.
        try advance(index, gradient: UnsafeBufferPointer(bestGradients[index]), isFirst: true)
      }
      states[index].checkedLoss = bestLoss[index]
      states[index].rises = 0
    }
  }
}
