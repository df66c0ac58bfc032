import Foundation

/// A disc under ``PerimeterScheme``, on a quarter of the plane.
struct DiscFlow {
  /// The density ρ = exp(−|x|²/2s²), half of it to each class; `nil` for ρ = 1.
  let deviation: Double?
  let epsilon: Double
  let spacing: Double
  /// The radius √(area/π) after 0, 1, … steps of the length τ = ε.
  let radii: [Double]
  /// The radii of the same steps in the continuum.
  let expected: [Double]
  /// Per_ε of the disc at the start over 2πr.
  let perimeterRatio: Double

  /// - Parameters:
  ///   - cells: the radius of the ball in cells; with ε it fixes h.
  ///   - radius: r₀.
  init(radius: Double, cells: Int, epsilon: Double, steps: Int, deviation: Double? = nil) {
    let spacing = epsilon / DiscreteBall(radius: cells).meanReach
    let side = Int(((1.2 * radius + 2 * epsilon) / spacing).rounded(.up)) + 4
    let grid = CellGrid(side: side, spacing: spacing, isQuarter: true)
    let scheme = PerimeterScheme(grid: grid, radius: cells) { x, y in
      let density = deviation.map { exp(-(x * x + y * y) / (2 * $0 * $0)) } ?? 1
      return (density / 2, density / 2)
    }
    var set = grid.set { $0 * $0 + $1 * $1 < radius * radius }
    perimeterRatio = 4 * scheme.perimeter(of: set) / (2 * Double.pi * radius)
    var radii = [(grid.area(of: set) / Double.pi).squareRoot()]
    var expected = [radius]
    for _ in 0..<steps {
      set = scheme.step(set)
      radii.append((grid.area(of: set) / Double.pi).squareRoot())
      expected.append(Self.next(expected[expected.count - 1], step: epsilon, deviation: deviation))
    }
    (self.deviation, self.epsilon, self.spacing) = (deviation, epsilon, spacing)
    (self.radii, self.expected) = (radii, expected)
  }

  /// The minimiser r of (1/τ)∫_r^R (R − s) 2πsρ ds + 2πrρ(r): (R − r)/τ = 1/r + ρ′/ρ, an implicit Euler step of
  /// ṙ = −1/r − ρ′(r)/ρ(r).
  ///
  /// For discs and equal densities Per_ε is the perimeter for every ε ≤ r: ½[(r + ε)² − r²]π/ε + ½[r² − (r − ε)²]π/ε = 2πr.
  static func next(_ radius: Double, step: Double, deviation: Double?) -> Double {
    let pull = deviation.map { 1 / ($0 * $0) } ?? 0
    // r² (1 − τ/s²) − R r + τ = 0, the larger root.
    let leading = 1 - step * pull
    return (radius + max(0, radius * radius - 4 * leading * step).squareRoot()) / (2 * leading)
  }

  /// r(t): r² = r₀² − 2t, with the density r² = s² + (r₀² − s²) exp(2t/s²).
  static func exact(_ radius: Double, time: Double, deviation: Double?) -> Double {
    guard let deviation else { return max(0, radius * radius - 2 * time).squareRoot() }
    let square = deviation * deviation
    return max(0, square + (radius * radius - square) * exp(2 * time / square)).squareRoot()
  }

  var finalTime: Double { epsilon * Double(radii.count - 1) }
  /// |r − r(t)| at the end.
  var error: Double {
    abs((radii.last ?? 0) - Self.exact(expected[0], time: finalTime, deviation: deviation))
  }
  /// The largest distance from the same steps in the continuum.
  var gridError: Double { zip(radii, expected).reduce(0) { max($0, abs($1.0 - $1.1)) } }
}
