import CertifyThreat

/// What an attack is asked to do: which attacks exist depends on it.
struct AttackSetting {
  /// Whether the smoothed classifier is attacked, and not the base one.
  var smoothed: Bool
  /// Whether the model has gradients.
  var gradients: Bool
  var goal: AttackGoal
  var norm: Norm

  var isFixed: Bool { goal != .smallestNorm }
}

extension AttackName {
  /// Whether there is such an attack on the base classifier; portfolios are for both.
  public var attacksBase: Bool { self != .smoothadv }

  /// Whether there is such an attack on the smoothed classifier; portfolios are for both.
  public var attacksSmoothed: Bool { [.none, .smoothadv, .randomSearch, .best, .auto].contains(self) }

  /// Why the attack does not exist in a setting; `nil` when it does.
  private func obstacle(_ setting: AttackSetting) -> String? {
    guard setting.smoothed ? attacksSmoothed : attacksBase else {
      let (own, other) = setting.smoothed ? ("base", "smoothed") : ("smoothed", "base")
      return "it attacks the \(own) classifier, not the \(other) one"
    }
    switch self {
    case .best where setting.isFixed: return "it looks for the smallest norm, not for a fixed ε"
    case .apgdCrossEntropy, .apgdRatio, .apgdTargeted, .momentum, .flow, .square, .auto:
      if !setting.isFixed { return "it needs an ε" }
    case .ddn where setting.norm != .l2: return "it exists for l2 only"
    case .hopSkipJump where setting.norm == .l1: return "it exists for l2 and linf only"
    default: break
    }
    let isGradientFree: Set<AttackName> = [.none, .square, .hopSkipJump, .randomSearch, .best, .auto]
    return setting.gradients || isGradientFree.contains(self)
      ? nil : "it needs gradients and the model has none"
  }

  /// The attacks that a portfolio stands for; the others stand for themselves.
  ///
  /// - Throws: ``AttackError/unsupported(attack:reason:available:)`` when it does not exist in the setting.
  func resolved(_ setting: AttackSetting) throws(AttackError) -> [AttackName] {
    if let reason = obstacle(setting) {
      let available = Self.allCases.filter { $0.obstacle(setting) == nil }
      throw .unsupported(attack: rawValue, reason: reason, available: available.map(\.rawValue))
    }
    switch (self, setting.smoothed, setting.gradients) {
    case (.best, true, true), (.auto, true, true): return [.smoothadv]
    case (.best, true, false), (.auto, true, false): return [.randomSearch]
    case (.best, false, true):
      // The second walk starts from what the first and the attack in between have found.
      return [.boundaryWalk, setting.norm == .l2 ? .ddn : .fmn, .boundaryWalk, .pgd]
    case (.best, false, false):
      return setting.norm == .l1 ? [.randomSearch] : [.randomSearch, .hopSkipJump]
    case (.auto, false, true): return [.apgdCrossEntropy, .apgdTargeted, .fab, .square]
    case (.auto, false, false): return [.square, .randomSearch]
    default: return [self]
    }
  }

  /// The attack on the base classifier for the smallest norm; `nil` when it has none.
  func smallestNorm(_ parameters: AttackParameters) -> (any SmallestNormAttack)? {
    switch self {
    case .fgsm: FGSM()
    case .pgd: PGD(parameters: parameters)
    case .ddn: DDN(parameters: parameters)
    case .fmn: FMN(parameters: parameters)
    case .fab: FAB(parameters: parameters)
    case .boundaryWalk: BoundarySearch()
    case .hopSkipJump: HopSkipJump()
    case .randomSearch: RandomSearch(parameters: parameters)
    case .none, .momentum, .apgdCrossEntropy, .apgdRatio, .apgdTargeted, .flow, .square, .smoothadv, .best,
      .auto:
      nil
    }
  }

  /// The attack on the base classifier at a fixed ε; `nil` when it has none.
  func fixedEpsilon(_ parameters: AttackParameters) -> (any FixedEpsilonAttack)? {
    switch self {
    case .momentum: PGD(parameters: parameters, momentum: 1)
    case .apgdCrossEntropy: APGD(objective: .crossEntropy, parameters: parameters)
    case .apgdRatio: APGD(objective: .ratio, parameters: parameters)
    case .apgdTargeted: APGD(objective: .targetedRatio, parameters: parameters)
    case .flow: EulerFlow(parameters: parameters)
    case .square: Square()
    case .none, .smoothadv, .best, .auto: nil
    case .fgsm, .pgd, .ddn, .fmn, .fab, .boundaryWalk, .hopSkipJump, .randomSearch: smallestNorm(parameters)
    }
  }
}
