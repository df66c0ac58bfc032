import Foundation

extension FeasibleSet {
  /// Writes a random start: uniform in the ball, then projected onto ball ∩ box.
  ///
  /// For ℓ∞ the intersection is a box and the point is uniform in it. For ℓ₁ and ℓ₂ what falls outside the
  /// box lands on its boundary. With an infinite radius the point is uniform in the box, and x₀ where it is unbounded.
  ///
  /// - Parameters:
  ///   - point: The start, d coordinates, overwritten.
  ///   - generator: Where the random numbers come from.
  public mutating func randomPoint(
    into point: UnsafeMutableBufferPointer<Float>, using generator: inout some RandomNumberGenerator
  ) {
    precondition(point.count == dimension, "a point of the set has \(dimension) coordinates")
    if norm == .linf || radius == .infinity {
      for i in 0..<dimension {
        let isBounded = lower[i] > -.greatestFiniteMagnitude && upper[i] < .greatestFiniteMagnitude
        guard isBounded else {
          point[i] = center[i]
          continue
        }
        let width = Double(upper[i]) - Double(lower[i])
        point[i] = Float(Double(lower[i]) + width * Double.unit(using: &generator))
      }
      return clip(point)
    }
    norm.fillBall(radius: radius, into: point, using: &generator)
    for i in 0..<dimension { point[i] = center[i].moved(by: Double(point[i])) }
    project(point)
  }

  /// A random start: uniform in the ball, then projected onto ball ∩ box.
  public mutating func randomPoint(using generator: inout some RandomNumberGenerator) -> [Float] {
    var point = center
    point.withUnsafeMutableBufferPointer { randomPoint(into: $0, using: &generator) }
    return point
  }
}

extension Norm {
  /// Writes a point uniform in { v : ‖v‖_p ≤ radius }.
  ///
  /// ℓ∞: each coordinate uniform. ℓ₂: a normal direction, length radius · U^{1/d}. ℓ₁: exponential
  /// magnitudes with random signs, divided by their sum and one exponential more (Barthe, Guédon, Mendelson &
  /// Naor 2005, doi 10.1214/009117904000000874). Rounded toward 0 in every coordinate.
  ///
  /// - Parameters:
  ///   - radius: at least 0 and finite, in the units of the input.
  ///   - vector: d numbers, all of them overwritten.
  ///   - generator: Where the random bits come from.
  public func fillBall(
    radius: Double, into vector: UnsafeMutableBufferPointer<Float>,
    using generator: inout some RandomNumberGenerator
  ) {
    precondition(radius >= 0 && radius.isFinite, "a ball to draw from has a finite radius")
    let count = vector.count
    guard count > 0 else { return }
    let size = radius * FeasibleSet.margin(dimension: count)
    switch self {
    case .linf:
      for i in 0..<count { vector[i] = Float(0).moved(by: size * (2 * Double.unit(using: &generator) - 1)) }
    case .l2:
      var square = 0.0
      for i in 0..<count {
        let value = Float(Double.normal(using: &generator))
        vector[i] = value
        square += Double(value) * Double(value)
      }
      let length = size * pow(Double.unit(using: &generator), 1 / Double(count))
      let scale = square > 0 ? length / square.squareRoot() : 0
      for i in 0..<count { vector[i] = Float(0).moved(by: Double(vector[i]) * scale) }
    case .l1:
      var total = -log(1 - Double.unit(using: &generator))
      for i in 0..<count {
        let value = Float(-log(1 - Double.unit(using: &generator)))
        vector[i] = generator.next() & 1 == 0 ? value : -value
        total += Double(value)
      }
      let scale = total > 0 ? size / total : 0
      for i in 0..<count { vector[i] = Float(0).moved(by: Double(vector[i]) * scale) }
    }
  }
}

extension Double {
  /// Uniform on the multiples of 2⁻⁵³ in [0, 1).
  fileprivate static func unit(using generator: inout some RandomNumberGenerator) -> Double {
    Double(generator.next() >> 11) * 0x1p-53
  }

  /// Standard normal (Box & Muller 1958, doi 10.1214/aoms/1177706645).
  fileprivate static func normal(using generator: inout some RandomNumberGenerator) -> Double {
    let length = (-2 * log(1 - unit(using: &generator))).squareRoot()
    return length * cos(2 * .pi * unit(using: &generator))
  }
}
