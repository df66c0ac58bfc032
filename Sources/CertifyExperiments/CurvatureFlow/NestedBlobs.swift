import CertifyAttacks
import CertifyTraining
import Foundation

/// Two sets A ⊂ B with wavy boundaries under ``PerimeterScheme`` with densities that differ from place to place.
struct NestedBlobs {
  /// τ.
  static let timeStep = 0.02

  let grid: CellGrid
  /// A and B after 0, 1, … steps.
  let small: [[Bool]]
  let large: [[Bool]]
  /// Per_ε of B after 0, 1, … steps.
  let perimeters: [Double]

  init(side: Int, cells: Int, steps: Int, seed: UInt64) {
    var random = SplitMix64(seed: seed, input: side, stage: 0x626C_6F62)
    let waves = (2...6).map { (Double($0), 0.12 * random.unit(), 2 * Double.pi * random.unit()) }
    let grid = CellGrid(side: side, spacing: 2 / Double(side), isQuarter: false)
    self.grid = grid
    let scheme = PerimeterScheme(grid: grid, radius: cells, timeStep: Self.timeStep) { x, y in
      (0.5 + 0.3 * sin(3 * x), 0.5 + 0.3 * cos(2 * y))
    }
    func blob(_ radius: Double) -> [Bool] {
      grid.set { x, y in
        let angle = atan2(y, x)
        let edge = waves.reduce(radius) { $0 + $1.1 * radius * cos($1.0 * angle + $1.2) }
        return x * x + y * y < edge * edge
      }
    }
    var (small, large) = ([blob(0.4)], [blob(0.52)])
    var perimeters = [scheme.perimeter(of: large[0])]
    for step in 0..<steps {
      small.append(scheme.step(small[step]))
      large.append(scheme.step(large[step]))
      perimeters.append(scheme.perimeter(of: large[step + 1]))
    }
    (self.small, self.large, self.perimeters) = (small, large, perimeters)
  }

  /// The cells of A that are not in B, over all steps.
  var escaped: Int { zip(small, large).reduce(0) { $0 + zip($1.0, $1.1).count { $0 && !$1 } } }
}
