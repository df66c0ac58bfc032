/// A value of which every element is a multiple of one input element, plus a constant; no two of the same one.
///
/// Over an ℓp ball of radius ε around the input, an affine map of such a value moves by ε‖W_i‖_q at most, 1/p + 1/q = 1,
/// where its box allows more (Gowal et al. 2018, arXiv 1810.12715, for p = ∞; Hölder's inequality for the others). For the
/// same reason Σ|W||v|, which rounding errors are proportional to, is at most Σ|W·center| + ε‖W_i‖_q there.
struct BallImage: Sendable {
  /// The element is center + scale · δ, up to ± slack.
  let center: [Double]
  let scale: [Double]
  let slack: [Double]

  /// The input itself.
  init(center: [Double]) {
    self.center = center
    scale = [Double](repeating: 1, count: center.count)
    slack = [Double](repeating: 0, count: center.count)
  }

  private init(center: [Double], scale: [Double], slack: [Double]) {
    self.center = center
    self.scale = scale
    self.slack = slack
  }

  /// What an affine map's elements are made of at the points of a ball.
  struct Sum {
    /// W·center, without the shift.
    var middle = 0.0
    /// Σ|W·center|.
    var size = 0.0
    /// ε‖W·scale‖_q, and what the slack adds.
    var reach = 0.0
    /// How many terms there are.
    var count = 0

    /// Bounds Σ|W||v| for every point of the ball, rounded up.
    var magnitude: Double { (size + reach) * (1 + Double(count + 32) * 0x1p-51) }
  }

  /// One for each element of an affine map.
  func sums(of step: AffineStep, count: Int, ball: InputRegion.Ball) -> [Sum] {
    step.matrices[0].byOutput.ballSums(center: center, scale: scale, slack: slack, count: count).map { sum in
      let length = ball.norm == .l1 ? sum.largest : sum.squares.squareRoot()
      return Sum(
        middle: sum.middle, size: sum.size, reach: ball.radius * length + sum.slack, count: sum.count)
    }
  }

  /// The intervals of an affine map's elements over the ball, rounded outward.
  ///
  /// - Parameter charge: How far each computed element may be from the exact one, and more.
  static func intervals(
    of sums: [Sum], shift: [Double], charge: [Double]
  ) -> [(lower: Double, upper: Double)] {
    sums.indices.map { k in
      let (sum, own) = (sums[k], shift.isEmpty ? 0 : shift[k])
      let room =
        charge[k] + abs(own) * 0x1p-50 + sum.reach
        + (sum.size + sum.reach) * Double(sum.count + 32) * 0x1p-51
      let (lower, upper) = (own + sum.middle - room, own + sum.middle + room)
      return (lower - abs(lower) * 0x1p-50, upper + abs(upper) * 0x1p-50)
    }
  }

  /// What an affine map makes of the value, if no element is used twice and none is a sum.
  func image(under step: AffineStep, charge: [Double]) -> BallImage? {
    let terms = step.matrices[0]
    guard terms.byOutput.longest <= 1, terms.byInput.longest <= 1 else { return nil }
    var shifted = step.shift.isEmpty ? [Double](repeating: 0, count: charge.count) : step.shift
    var scales = [Double](repeating: 0, count: charge.count)
    var slacks = charge
    terms.byOutput.forEachRow { row in
      row.forEach { place, weight in
        let product = weight * center[place]
        shifted[row.element] += product
        // Away from zero, so that it covers its own rounding.
        scales[row.element] = weight * scale[place] * (1 + 0x1p-51)
        slacks[row.element] +=
          abs(weight) * slack[place] * (1 + 0x1p-50) + (abs(product) + abs(shifted[row.element])) * 0x1p-50
      }
    }
    return BallImage(center: shifted, scale: scales, slack: slacks)
  }
}
