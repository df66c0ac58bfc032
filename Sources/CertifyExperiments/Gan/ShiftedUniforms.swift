import Foundation

/// Data uniform on [0, 1] and a generator uniform on [θ, θ + 1], θ ≥ 0.
struct ShiftedUniforms {
  var shift: Double

  /// JSD in closed form: θ log 2 as long as the supports meet, log 2 from then on.
  var jensenShannon: Double { min(shift, 1) * log(2) }

  /// The same by quadrature of its definition, piece by piece between the ends of the supports.
  var integrated: Double {
    let ends = [0, 1, shift, shift + 1].sorted()
    return zip(ends, ends.dropFirst()).reduce(0) { sum, piece in
      sum
        + Quadrature.integral(from: piece.0, to: piece.1) { x in
          let p = x >= 0 && x <= 1 ? 1.0 : 0
          let q = x >= shift && x <= shift + 1 ? 1.0 : 0
          let m = (p + q) / 2
          return (p > 0 ? p * log(p / m) / 2 : 0) + (q > 0 ? q * log(q / m) / 2 : 0)
        }.value
    }
  }

  /// dJSD/dθ, what the generator of the game moves along; from the left at θ = 1.
  var slope: Double { shift <= 1 ? log(2) : 0 }

  /// W₁, the length that mass has to be moved in the mean.
  var transportDistance: Double { shift }
}
