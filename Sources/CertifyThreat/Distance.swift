/// How large a perturbation is: its length in an ℓp norm, or the number of features that it changes.
///
/// That number, ℓ₀, is no norm: it has no dual, its balls are not convex, and no certificate here bounds it. Whatever
/// needs one of these takes a ``Norm``; what only measures takes a distance. A feature is one number of the input: a
/// pixel of a colour image is as many features as it has channels.
public enum Distance: String, Sendable, Codable, CaseIterable, Hashable {
  /// The number of i with δᵢ ≠ 0.
  case l0
  /// Σ |δᵢ|.
  case l1
  /// √(Σ δᵢ²).
  case l2
  /// max |δᵢ|.
  case linf

  /// The length in a norm.
  public init(_ norm: Norm) {
    switch norm {
    case .l1: self = .l1
    case .l2: self = .l2
    case .linf: self = .linf
    }
  }

  /// The norm that it is the length in; `nil` for ℓ₀.
  public var norm: Norm? {
    switch self {
    case .l0: nil
    case .l1: .l1
    case .l2: .l2
    case .linf: .linf
    }
  }

  /// The distance of two points, computed in double precision and rounded to nearest; exact for ℓ₀.
  ///
  /// - Parameters:
  ///   - a: A point.
  ///   - b: Another one.
  /// - Precondition: both have the same number of coordinates.
  public func distance(_ a: UnsafeBufferPointer<Float>, _ b: UnsafeBufferPointer<Float>) -> Double {
    if let norm { return norm.distance(a, b) }
    precondition(a.count == b.count, "points of \(a.count) and \(b.count) coordinates have no distance")
    return Double(a.indices.count { a[$0] != b[$0] })
  }
}
