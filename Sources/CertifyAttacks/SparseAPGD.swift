import CertifyThreat

/// APGD for ℓ₁: sparse steps (Croce & Hein 2021, arXiv 2103.01208).
///
/// A step moves the k coordinates of the largest gradient by their signs, η together in ℓ₁, and projects on to
/// ball ∩ box exactly. Every max(⌊.04 N⌋, 1) steps k becomes ‖best − x‖₀/1.5, starting at .2 d; η is divided by
/// 1.5, down to ε/10, unless the best point became sparser by 5 %, when it starts again at ε from there. Three
/// tenths of the steps are taken in a ball of radius 3ε, three in one of 2ε, and the rest in that of ε.
struct SparseAPGD {
  let runs: APGDRuns
  private let direction: PointStore

  init(runs: APGDRuns) {
    self.runs = runs
    direction = PointStore(count: 1, dimension: runs.points.dimension)
  }

  private struct State {
    var eta: Double
    var kept: Double
    var sparsity: Double
  }

  func run(steps: Int) throws {
    let phases = [(3.0, 3 * steps / 10), (2.0, 3 * steps / 10), (1.0, steps - 2 * (3 * steps / 10))]
    for (factor, count) in phases where count > 0 {
      guard try run(steps: count, factor: factor) else { return }
    }
  }

  /// - Returns: `false` when a run succeeded or the budget ended.
  private func run(steps: Int, factor: Double) throws -> Bool {
    let d = Double(runs.points.dimension)
    let radius = runs.epsilon * factor
    var states = runs.losses.map { _ in State(eta: radius, kept: 0.2 * d, sparsity: d) }
    let period = max(4 * steps / 100, 1)
    runs.forgetBest()
    for index in runs.losses.indices { try runs.project(index, runs.points[index], factor: factor) }
    for k in 0...steps {
      let isGoingOn = try runs.ask(factor: factor) { index, _, answer in
        guard k < steps else { return }
        try step(index, along: answer.gradient, state: states[index], factor: factor)
      }
      guard isGoingOn else { return false }
      guard k > 0, k % period == 0, k < steps else { continue }
      for index in runs.losses.indices { try lookBack(index, &states[index], radius: radius, factor: factor) }
    }
    return true
  }

  private func lookBack(_ index: Int, _ state: inout State, radius: Double, factor: Double) throws {
    let best = runs.best[index]
    let x = runs.oracle.input.point
    let sparsity = Double(best.indices.reduce(0) { $0 + (best[$1] == x[$1] ? 0 : 1) })
    state.kept = max(sparsity / 1.5, 1)
    if sparsity < 0.95 * state.sparsity {
      state.eta = radius
      runs.points.set(index, to: UnsafeBufferPointer(best))
      try step(index, along: UnsafeBufferPointer(runs.bestGradients[index]), state: state, factor: factor)
    } else {
      state.eta = max(state.eta / 1.5, radius / 10)
    }
    state.sparsity = sparsity
  }

  private func step(_ index: Int, along gradient: UnsafeBufferPointer<Float>, state: State, factor: Double)
    throws
  {
    let (u, direction) = (runs.points[index], direction[0])
    _ = direction.update(fromContentsOf: gradient)
    runs.oracle.neighbourhood.removeBlocked(direction, at: UnsafeBufferPointer(u))
    SparseStep.add(
      to: u, along: UnsafeBufferPointer(direction), length: state.eta, count: max(1, Int(state.kept)))
    try runs.project(index, u, factor: factor)
  }
}

/// A step of a given ℓ₁ length along the signs of the largest coordinates of a gradient.
enum SparseStep {
  /// Moves `count` coordinates, or a few more where magnitudes are equal.
  static func add(
    to point: UnsafeMutableBufferPointer<Float>, along gradient: UnsafeBufferPointer<Float>, length: Double,
    count: Int
  ) {
    let magnitudes = gradient.lazy.map { $0.isFinite ? abs($0) : 0 }.filter { $0 > 0 }.sorted(by: >)
    guard let smallest = magnitudes.prefix(count).last else { return }
    let share = Float(length / Double(min(count, magnitudes.count)))
    for i in point.indices where abs(gradient[i]) >= smallest && gradient[i].isFinite {
      point[i] += gradient[i] > 0 ? share : -share
    }
  }
}
