import CertifyAttacks
import CertifyEngine
import CertifyResults

extension RunConfiguration {
  /// The attack on one of the classifiers.
  func attack(on kind: ClassifierKind) -> AttackName { kind == .base ? baseAttack : smoothedAttack }

  /// Checks, before any input is evaluated, that every attack exists for the model in every norm.
  ///
  /// - Throws: `AttackError` for the first that does not, with those that do.
  public func checkAttacks(on source: any ClassifierSource) throws(AttackError) {
    let gradients = attacks && source.hasGradients
    for kind in classifiers {
      for norm in norms where kind == .base || norm.norm != nil {
        try attack(on: kind).check(
          smoothed: kind == .smoothed, gradients: gradients, classCount: source.classCount, goal: goal,
          norm: norm, parameters: attackParameters, surrogate: surrogate != nil)
      }
    }
  }

  /// What the attacks do differently because the model has few classes, in words.
  public func attackFallbacks(classCount: Int) -> [String] {
    classifiers.contains(.base) ? [baseAttack.fallback(classCount: classCount)].compactMap { $0 } : []
  }
}
