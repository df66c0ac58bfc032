/// A value of which every element is a multiple of one input element, plus a constant; no two of the same one.
///
/// Over an ℓp ball of radius ε around the input, an affine map of such a value moves by ε‖W_i‖_q at most, 1/p + 1/q = 1,
/// where its box allows more (Gowal et al. 2018, arXiv 1810.12715, for p = ∞; Hölder's inequality for the others).
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

  /// The intervals of an affine map's elements over the ball, rounded outward.
  ///
  /// - Parameter charge: How far each computed element may be from the exact one, and more.
  func intervals(
    of step: AffineStep, charge: [Double], ball: InputRegion.Ball
  ) -> [(lower: Double, upper: Double)] {
    var result = charge.indices.map { k in
      let shift = step.shift.isEmpty ? 0 : step.shift[k]
      let room = charge[k] + abs(shift) * 0x1p-51
      return (lower: shift - room, upper: shift + room)
    }
    step.matrices[0].byOutput.forEachRow { row in
      var (sum, size, length, off) = (0.0, 0.0, 0.0, 0.0)
      row.forEach { place, weight in
        let (product, reach) = (weight * center[place], abs(weight * scale[place]))
        sum += product
        size += abs(product)
        length = ball.norm == .l1 ? max(length, reach) : length + reach * reach
        off += abs(weight) * slack[place]
      }
      if ball.norm == .l2 { length = length.squareRoot() }
      let reach = ball.radius * length + off
      let room = reach + (size + reach) * Double(row.weights.count + 32) * 0x1p-51
      result[row.element].lower += sum - room
      result[row.element].upper += sum + room
    }
    return result.map { ($0.lower - abs($0.lower) * 0x1p-50, $0.upper + abs($0.upper) * 0x1p-50) }
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
        scales[row.element] = weight * scale[place]
        slacks[row.element] +=
          abs(weight) * slack[place] * (1 + 0x1p-50) + (abs(product) + abs(shifted[row.element])) * 0x1p-50
      }
    }
    return BallImage(center: shifted, scale: scales, slack: slacks)
  }
}
