import CertifyEngine
import CertifyThreat

/// What an attack is asked to do: which attacks exist depends on it.
struct AttackSetting {
  /// Whether the smoothed classifier is attacked, and not the base one.
  var smoothed: Bool
  /// Whether the model has gradients.
  var gradients: Bool
  var goal: AttackGoal
  var norm: Distance
  /// Whether there is a second model.
  var surrogate = false

  var isFixed: Bool { goal != .smallestNorm }
}

extension AttackName {
  /// Whether there is such an attack on the base classifier; portfolios are for both.
  public var attacksBase: Bool { ![.smoothadv, .smoothedDDN, .noiseWalk].contains(self) }

  /// Whether there is such an attack on the smoothed classifier; portfolios are for both.
  public var attacksSmoothed: Bool {
    [.none, .smoothadv, .smoothedDDN, .noiseWalk, .randomSearch, .best, .auto].contains(self)
  }

  /// Why the attack does not exist in a setting; `nil` when it does.
  private func obstacle(_ setting: AttackSetting) -> String? {
    guard setting.smoothed ? attacksSmoothed : attacksBase else {
      let (own, other) = setting.smoothed ? ("base", "smoothed") : ("smoothed", "base")
      return "it attacks the \(own) classifier, not the \(other) one"
    }
    if setting.norm == .l0, self != .none {
      guard smallestCount(AttackParameters()) != nil || self == .best else {
        return "it exists for l1, l2 and linf, not for l0"
      }
      if setting.isFixed { return "in l0 attacks look for the fewest features, not within an ε" }
    }
    switch self {
    case .best where setting.isFixed, .smoothedDDN where setting.isFixed:
      return "it looks for the smallest norm, not for a fixed ε"
    case .apgdCrossEntropy, .apgdRatio, .apgdTargeted, .momentum, .flow, .minimizingMovement, .square, .auto:
      if !setting.isFixed { return "it needs an ε" }
    case .transfer where !setting.surrogate: return "it needs a second model"
    case .ddn where setting.norm != .l2, .smoothedDDN where setting.norm != .l2:
      return "it exists for l2 only"
    case .hopSkipJump where setting.norm == .l1: return "it exists for l2 and linf only"
    default: break
    }
    let isGradientFree: Set<AttackName> = [
      .none, .minimizingMovement, .square, .hopSkipJump, .noiseWalk, .randomSearch, .transfer, .best, .auto,
    ]
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
    if self == .best, setting.norm == .l0 { return setting.gradients ? [.fmn] : [.randomSearch] }
    let transfer: [AttackName] = setting.surrogate && !setting.smoothed ? [.transfer] : []
    switch (self, setting.smoothed, setting.gradients) {
    case (.best, true, true), (.auto, true, true): return [.smoothadv]
    case (.best, true, false), (.auto, true, false): return [.noiseWalk]
    case (.best, false, true):
      // The second walk starts from what was found before; in ℓ∞ FMN ends nearest when it comes after.
      // In ℓ₁ its steps go where PGD's would, and further.
      // Transfer comes last: a walk from its witnesses instead of x would end elsewhere, and not always nearer.
      let own: [AttackName] =
        switch setting.norm {
        case .l1: [.boundaryWalk, .fmn, .boundaryWalk]
        case .linf: [.boundaryWalk, .boundaryWalk, .fmn, .pgd]
        default: [.boundaryWalk, .ddn, .boundaryWalk, .pgd]
        }
      return own + transfer
    case (.best, false, false):
      return transfer + (setting.norm == .l1 ? [.randomSearch] : [.randomSearch, .hopSkipJump])
    case (.auto, false, true): return transfer + [.apgdCrossEntropy, .apgdTargeted, .fab, .square]
    case (.auto, false, false): return transfer + [.square, .randomSearch]
    default: return [self]
    }
  }

  /// The attack on the base classifier for the smallest norm; `nil` when it has none.
  ///
  /// - Parameter surrogate: The second model, for `transfer`.
  func smallestNorm(
    _ parameters: AttackParameters, surrogate: (any DifferentiableClassifier)? = nil
  ) -> (any SmallestNormAttack)? {
    switch self {
    case .fgsm: FGSM()
    case .pgd: PGD(parameters: parameters)
    case .ddn: DDN(parameters: parameters)
    case .fmn: FMN(parameters: parameters)
    case .fab: FAB(parameters: parameters)
    case .boundaryWalk: BoundarySearch()
    case .hopSkipJump: HopSkipJump()
    case .randomSearch: RandomSearch(parameters: parameters)
    case .transfer: surrogate.map { Transfer(surrogate: $0, parameters: parameters) }
    case .none, .momentum, .apgdCrossEntropy, .apgdRatio, .apgdTargeted, .flow, .minimizingMovement, .square,
      .smoothadv,
      .smoothedDDN, .noiseWalk, .best, .auto:
      nil
    }
  }

  /// The attack on the base classifier for the fewest changed features; `nil` when it has none.
  func smallestCount(_ parameters: AttackParameters) -> (any SmallestNormAttack)? {
    switch self {
    case .fmn: SparseFMN(parameters: parameters)
    case .randomSearch: SparseRandomSearch()
    default: nil
    }
  }

  /// The attack on the base classifier at a fixed ε; `nil` when it has none.
  ///
  /// - Parameter surrogate: The second model, for `transfer`.
  func fixedEpsilon(
    _ parameters: AttackParameters, surrogate: (any DifferentiableClassifier)? = nil
  ) -> (any FixedEpsilonAttack)? {
    switch self {
    case .momentum: PGD(parameters: parameters, momentum: 1)
    case .apgdCrossEntropy: APGD(objective: .crossEntropy, parameters: parameters)
    case .apgdRatio: APGD(objective: .ratio, parameters: parameters)
    case .apgdTargeted: APGD(objective: .targetedRatio, parameters: parameters)
    case .flow: EulerFlow(parameters: parameters)
    case .minimizingMovement: MinimizingMovement(parameters: parameters)
    case .square: Square()
    case .none, .smoothadv, .smoothedDDN, .noiseWalk, .best, .auto: nil
    case .fgsm, .pgd, .ddn, .fmn, .fab, .boundaryWalk, .hopSkipJump, .randomSearch, .transfer:
      smallestNorm(parameters, surrogate: surrogate)
    }
  }

  /// The attack at a fixed ε that can share batches with those on other inputs; `nil` when it is none.
  func ascent(_ parameters: AttackParameters) -> (any AscentAttack)? {
    fixedEpsilon(parameters) as? any AscentAttack
  }
}
