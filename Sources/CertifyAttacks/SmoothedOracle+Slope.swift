import CertifySmoothing

/// What noisy answers say about the slope of g's class probabilities.
struct NoiseSlope {
  /// An estimate of ∇(p_c − p_y), up to a positive factor, d numbers.
  var direction: [Double]
  var counts: ClassCounts
}

extension SmoothedOracle {
  /// Estimates the gradient of p_c − p_y at the point of 𝒳 nearest to `point` from decisions alone.
  ///
  /// Under Gaussian noise ∇p_k(x) = E[1{f(x+η) = k} η] / σ² (Stein's identity; Salman et al. 2019, arXiv 1906.04584,
  /// appendix A), so that the samples that are counted give the gradient too. It is the covariance of η with
  /// w = 1{f = c} − 1{f = y}: Σ (wⱼ − w̄) ηⱼ, whose mean over m samples deviates by about √(d/m) of the noise's
  /// size. Under other noises it still points where answers change.
  ///
  /// - Parameter rival: c; `nil` for all classes but y together.
  /// - Returns: `nil` when the budget is spent.
  func slope(at point: [Float], round: UInt16, samples: Int, rival: Int?) throws -> NoiseSlope? {
    let d = dimension
    let start = feasible(point)
    var (all, weighted) = ([Double](repeating: 0, count: d), [Double](repeating: 0, count: d))
    var (rows, weights) = (0, 0.0)
    let counts = try ask(reference, at: point, round: round, samples: samples) { count in
      for row in 0..<count {
        let answer = reference.decision(row: row)
        let weight = answer == input.label ? -1.0 : rival.map { $0 == answer ? 1 : 0 } ?? 1
        rows += 1
        weights += weight
        for i in 0..<d {
          let noise = Double(reference.inputs[row * d + i]) - Double(start[i])
          all[i] += noise
          weighted[i] += weight * noise
        }
      }
    }
    guard let counts, rows > 0 else { return nil }
    let mean = weights / Double(rows)
    return NoiseSlope(
      direction: all.indices.map { (weighted[$0] - mean * all[$0]) / Double(rows) }, counts: counts)
  }
}
