/// The attacks that exist, by the name a user gives.
public enum AttackName: String, Sendable, CaseIterable, Codable {
  /// No attack: upper ends are absent unless x itself is misclassified.
  case none
  /// One step of the linearised worst case.
  case fgsm
  /// Projected gradient descent.
  case pgd
  /// The same with momentum.
  case momentum
  /// Automatic step lengths, raising cross-entropy.
  case apgdCrossEntropy = "apgd-ce"
  /// Automatic step lengths, raising the difference of logits ratio.
  case apgdRatio = "apgd-dlr"
  /// Automatic step lengths, raising the targeted ratio of each rival class.
  case apgdTargeted = "apgd-t"
  /// The adversarial flow: FGSM's steps, exactly within the budget.
  case flow
  /// The same flow by a global search at every step, from scores.
  case minimizingMovement = "minimizing-movement"
  /// Random squares, from scores.
  case square
  /// Decoupled direction and norm.
  case ddn
  /// The fast minimum-norm attack.
  case fmn
  /// The targeted fast adaptive boundary attack.
  case fab
  /// A walk along the decision boundary by exact projections on to its linearisation.
  case boundaryWalk = "boundary-walk"
  /// A walk along the decision boundary from decisions alone.
  case hopSkipJump = "hopskipjump"
  /// Points found on a second model.
  case transfer
  /// Projected gradient descent through the mean of a smoothed classifier.
  case smoothadv
  /// Decoupled direction and norm through the mean of a smoothed classifier.
  case smoothedDDN = "smoothed-ddn"
  /// A walk along the boundary of a smoothed classifier from its noisy decisions alone.
  case noiseWalk = "noise-walk"
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
}
