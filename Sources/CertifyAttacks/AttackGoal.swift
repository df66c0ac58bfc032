/// What an attack looks for.
public enum AttackGoal: Sendable, Equatable {
  /// The witness of the smallest norm.
  case smallestNorm
  /// A witness with ‖x'−x‖ ≤ ε, tried for each ε in ascending order until one succeeds.
  ///
  /// The comparison allows one part in 10⁶, so that an ε typed as 0.0313726 includes 8/255.
  case epsilons([Double])

  /// The relative slack of the comparison of a distance with ε.
  static let slack = 1e-6

  /// Whether a witness at `distance` counts as one within `epsilon`.
  public static func isWithin(_ distance: Double, epsilon: Double) -> Bool {
    distance <= epsilon * (1 + slack)
  }

  /// Checks that there is at least one ε and that each is positive and finite.
  func validate() throws(AttackError) {
    guard case .epsilons(let epsilons) = self else { return }
    guard !epsilons.isEmpty else {
      throw .invalidParameter(
        name: "epsilon", value: "missing", advice: "a fixed-ε attack needs at least one ε > 0")
    }
    for epsilon in epsilons where !(epsilon > 0 && epsilon.isFinite) {
      throw .invalidParameter(
        name: "epsilon", value: "\(epsilon)",
        advice: "give a finite ε > 0, in the units of the model's input")
    }
  }
}
