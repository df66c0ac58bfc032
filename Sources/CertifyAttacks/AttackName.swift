/// The attacks that exist, by the name a user gives.
public enum AttackName: String, Sendable, CaseIterable, Codable {
  /// No attack: upper ends are absent unless x itself is misclassified.
  case none
  /// One step of the linearised worst case.
  case fgsm
  /// Projected gradient descent.
  case pgd
  /// Projected gradient descent through the mean of a smoothed classifier.
  case smoothadv
  /// Random points and segments, for models without gradients.
  case randomSearch = "random-search"
  /// The portfolio for the smallest norm.
  case best
  /// The ensemble for a fixed ε.
  case auto

  /// Every name, for help texts.
  public static var names: [String] { allCases.map(\.rawValue) }

  /// Finds an attack by name.
  ///
  /// - Throws: ``AttackError/unknownAttack(name:available:)``.
  public init(name: String) throws(AttackError) {
    guard let attack = AttackName(rawValue: name) else {
      throw .unknownAttack(name: name, available: Self.names)
    }
    self = attack
  }

  /// The attack that the portfolios stand for; the others stand for themselves.
  ///
  /// - Throws: ``AttackError/unsupported(attack:reason:available:)`` when it does not exist for this classifier,
  ///   goal or model.
  func resolved(smoothed: Bool, gradients: Bool, goal: AttackGoal) throws(AttackError) -> [AttackName] {
    let gradientAttacks: [AttackName] = smoothed ? [.smoothadv] : [.fgsm, .pgd]
    let isFixed = goal != .smallestNorm
    func refuse(_ reason: String) -> AttackError {
      let single: [AttackName] = [.none] + (gradients ? gradientAttacks : []) + [.randomSearch]
      let available = single + [isFixed ? .auto : .best]
      return .unsupported(attack: rawValue, reason: reason, available: available.map(\.rawValue))
    }
    switch self {
    case .none, .randomSearch: return [self]
    case .fgsm, .pgd, .smoothadv:
      guard gradientAttacks.contains(self) else {
        throw refuse(
          "it attacks the \(smoothed ? "base" : "smoothed") classifier, not the \(smoothed ? "smoothed" : "base") one"
        )
      }
      guard gradients else { throw refuse("it needs gradients and the model has none") }
      return [self]
    case .best:
      guard !isFixed else { throw refuse("it looks for the smallest norm, not for a fixed ε") }
      return gradients ? [smoothed ? .smoothadv : .pgd] : [.randomSearch]
    case .auto:
      guard isFixed else { throw refuse("it needs an ε") }
      return gradients ? gradientAttacks : [.randomSearch]
    }
  }
}
