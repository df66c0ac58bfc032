/// An ℓp norm in which a perturbation is measured.
public enum Norm: String, Sendable, Codable, CaseIterable, Hashable {
  /// Σ |δᵢ|.
  case l1
  /// √(Σ δᵢ²).
  case l2
  /// max |δᵢ|.
  case linf

  /// The norm of exponent q with 1/p + 1/q = 1.
  public var dual: Norm {
    switch self {
    case .l1: .linf
    case .l2: .l2
    case .linf: .l1
    }
  }
}
