/// An ℓp norm in which a perturbation is measured.
public enum Norm: String, Sendable, Codable, CaseIterable, Hashable {
  case l1
  case l2
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
