/// How bounds are propagated; later ones are tighter and slower.
public enum BoundMethod: String, Sendable, CaseIterable {
  /// Interval propagation (Gowal et al. 2018, arXiv 1810.12715).
  case intervals = "ibp"
  /// Linear bounds pulled back to the input (Zhang et al. 2018, arXiv 1811.00866).
  case linear = "crown"
  /// The same with the lower slopes optimised (Xu et al. 2021, arXiv 2011.13824).
  case optimized = "alpha-crown"

  /// The place in the order of tightness.
  var rank: Int {
    switch self {
    case .intervals: 0
    case .linear: 1
    case .optimized: 2
    }
  }
}
