extension Bracket {
  /// The radius that counts in figures: that of the proof, and 0 where there is none, the prediction is
  /// wrong or the classifier abstained.
  public var certifiedRadius: Double {
    guard correct, !abstained, let lower, lower.radius > 0 else { return 0 }
    return lower.radius
  }

  /// Whether the input is correct and proven robust for every ‖δ‖ < `radius`.
  public func isCertified(at radius: Double) -> Bool {
    guard correct, !abstained, let lower else { return false }
    return lower.radius >= radius
  }

  /// Whether the input is correct and no witness with ‖δ‖ ≤ `radius` is known.
  ///
  /// An absent upper end counts as not broken: this is what attacks failed to do, not a proof.
  public func survivesAttack(at radius: Double) -> Bool {
    guard correct, !abstained else { return false }
    guard let upper else { return true }
    return upper.radius > radius
  }

  /// upper − lower where both ends exist.
  public var gap: Double? {
    guard let lower, let upper else { return nil }
    return upper.radius - lower.radius
  }

  /// Whether a witness lies inside the certified ball and a retest has not settled it.
  ///
  /// Also true when the ends contradict each other without a record of a retest, or in spite of one.
  public var contradictionStands: Bool { contradiction?.stands == true || isContradictory }

  /// Whether a contradiction was found and the retest settled it.
  public var contradictionSettled: Bool { contradiction != nil && !contradictionStands }

  /// Whether an attack was tried, or none was needed because the prediction is wrong.
  public var wasAttacked: Bool { attack != nil || upper != nil }
}
