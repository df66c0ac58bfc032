/// Adversarial training whose clean errors are weighted by their distance from the boundary before (Bungert, Laux & Stinson
/// 2024, arXiv 2404.14402), on a grid:
///
///     A_{k+1} ∈ argmin_A (1/τ) ∫_{A Δ A_k} dist(x, ∂A_k) ρ dx + Per_ε(A),
///     Per_ε(A) = (1/ε) ∫ [(sup_{B_ε(x)} 1_A − 1_A) ρ₀ + (1_A − inf_{B_ε(x)} 1_A) ρ₁] dx,   ρ = ρ₀ + ρ₁.
///
/// ε Per_ε(A) is what the worst inputs within ε cost beyond the clean ones; a step with τ = ε is a training with budget ε.
/// The problem is a cut of least cost and is solved exactly; of several minimisers the largest is taken, so that the step
/// is monotone: A ⊂ B gives A′ ⊂ B′.
struct PerimeterScheme {
  let grid: CellGrid
  let ball: DiscreteBall
  /// τ.
  let timeStep: Double
  /// ρ₀ and ρ₁ at the middle of each cell.
  let weights: (zero: [Double], one: [Double])
  /// ε: the mean reach of the ball of cells.
  let epsilon: Double

  /// - Parameter timeStep: τ; `nil` for ε.
  init(
    grid: CellGrid, radius: Int, timeStep: Double? = nil,
    densities: (_ x: Double, _ y: Double) -> (zero: Double, one: Double) = { _, _ in (0.5, 0.5) }
  ) {
    self.grid = grid
    ball = DiscreteBall(radius: radius)
    epsilon = ball.meanReach * grid.spacing
    self.timeStep = timeStep ?? epsilon
    let both = (0..<grid.count).map { index in
      let middle = grid.middle(index)
      return densities(middle.x, middle.y)
    }
    weights = (both.map(\.zero), both.map(\.one))
  }

  /// Per_ε, in a quarter that of the quarter.
  func perimeter(of set: [Bool]) -> Double {
    let area = grid.spacing * grid.spacing
    return (0..<grid.count).reduce(0) { sum, index in
      let found = extremes(of: set, at: index)
      let isInside = set[index]
      let outer = found.hasInside && !isInside ? weights.zero[index] : 0
      let inner = found.hasOutside && isInside ? weights.one[index] : 0
      return sum + (outer + inner) * area / epsilon
    }
  }

  private func extremes(of set: [Bool], at index: Int) -> (hasInside: Bool, hasOutside: Bool) {
    var found = (hasInside: false, hasOutside: false)
    for (offset, reach) in ball.reaches.enumerated() {
      let row = index / grid.side + offset - ball.radius
      for column in index % grid.side - reach...index % grid.side + reach {
        if let cell = grid.cell(column, row), set[cell] {
          found.hasInside = true
        } else {
          found.hasOutside = true
        }
      }
    }
    return found
  }

  /// The set after a step.
  func step(_ set: [Bool]) -> [Bool] {
    var reach = max(3 * timeStep, 4 * grid.spacing)
    while true {
      let distances = signedDistances(of: set, upTo: reach)
      let next = minimiser(distances, reach: reach, before: set)
      // What lies farther was held fast; it must not have mattered.
      let isFree = (0..<grid.count).allSatisfy {
        next[$0] == set[$0] || abs(distances[$0]) < reach - 2 * grid.spacing
      }
      if isFree || reach > Double(2 * grid.side) * grid.spacing { return next }
      reach *= 2
    }
  }

  /// dist(x, ∂A), negative inside. The boundary is the half level of the indicator averaged over five by five cells, so
  /// that it runs between the cells' middles and not along their edges.
  func signedDistances(of set: [Bool], upTo reach: Double) -> [Double] {
    let values = grid.averages(of: set)
    let distances = LevelLine(of: values, level: 0.5, on: grid).distances(on: grid, upTo: reach)
    return zip(values, distances).map { $0 > 0.5 ? -$1 : $1 }
  }

  private func minimiser(_ distances: [Double], reach: Double, before: [Bool]) -> [Bool] {
    var problem = PerimeterCut(scheme: self, fixed: distances.map { abs($0) >= reach ? $0 < 0 : nil })
    let area = grid.spacing * grid.spacing
    for (index, distance) in distances.enumerated() where abs(distance) < reach {
      // A 1 outside costs dist ρ/τ, a 1 inside saves it.
      problem.charge(index, distance / timeStep * (weights.zero[index] + weights.one[index]) * area)
    }
    return problem.solution()
  }
}
