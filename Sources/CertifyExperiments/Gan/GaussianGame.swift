import Foundation

/// A normal law on the line.
struct Gaussian: Equatable {
  var mean: Double
  var deviation: Double

  func density(_ x: Double) -> Double { exp(logDensity(x)) }

  func logDensity(_ x: Double) -> Double {
    let z = (x - mean) / deviation
    return -z * z / 2 - log(deviation * (2 * Double.pi).squareRoot())
  }
}

/// The game of Goodfellow et al. 2014 (arXiv 1406.2661) between data p and a generator q on the line:
/// V(D) = E_p log D + E_q log(1 − D).
struct GaussianGame {
  var data: Gaussian
  var generator: Gaussian

  /// D* = p/(p + q), from logarithms, so that it is right far out.
  func optimalDiscriminator(_ x: Double) -> Double {
    1 / (1 + exp(generator.logDensity(x) - data.logDensity(x)))
  }

  /// V of a discriminator given by its logit l(x), D = 1/(1 + e^{−l}): log D = −log(1 + e^{−l}).
  func value(logit: (Double) -> Double) -> Quadrature.Integral {
    integral { x in
      let l = logit(x)
      return -data.density(x) * Self.softplus(-l) - generator.density(x) * Self.softplus(l)
    }
  }

  /// V(D*).
  var optimalValue: Quadrature.Integral {
    value { data.logDensity($0) - generator.logDensity($0) }
  }

  /// JSD(p, q) = ½KL(p ‖ m) + ½KL(q ‖ m), m = (p + q)/2.
  var jensenShannon: Quadrature.Integral {
    integral { x in
      let (p, q) = (data.density(x), generator.density(x))
      let m = (p + q) / 2
      func part(_ density: Double) -> Double { density > 0 ? density * log(density / m) / 2 : 0 }
      return part(p) + part(q)
    }
  }

  /// d/dθ of what the generator minimises when all of it moves by θ and the discriminator is D*: of E_q log(1 − D*), the
  /// loss of the game, or of −E_q log D*, the one that is used instead.
  func generatorGradient(saturating: Bool) -> Quadrature.Integral {
    // ∂ log(1 − D)/∂x = −D l′ and ∂(−log D)/∂x = −(1 − D) l′ with l = log p − log q.
    integral { x in
      let slope =
        -(x - data.mean) / (data.deviation * data.deviation)
        + (x - generator.mean) / (generator.deviation * generator.deviation)
      let d = optimalDiscriminator(x)
      return -generator.density(x) * (saturating ? d : 1 - d) * slope
    }
  }

  /// ∫ over both laws, twelve deviations beyond their means.
  func integral(_ function: (Double) -> Double) -> Quadrature.Integral {
    let reach = 12 * max(data.deviation, generator.deviation)
    return Quadrature.integral(
      from: min(data.mean, generator.mean) - reach, to: max(data.mean, generator.mean) + reach, of: function)
  }

  /// log(1 + eᵗ).
  static func softplus(_ t: Double) -> Double { max(t, 0) + log1p(exp(-abs(t))) }
}
