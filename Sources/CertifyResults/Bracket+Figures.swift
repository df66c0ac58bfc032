extension Bracket {
  /// The samples that g was asked about at the input, besides those that chose a class; `nil` where none are recorded.
  public var drawnSamples: Int? { decision?.samples ?? (lower?.sampling ?? sampling)?.samples }

  /// The proof that counts: `lower`, and what the retest left of it where a contradiction was settled.
  public var lowerInForce: LowerBound? {
    guard let contradiction, contradictionSettled else { return lower }
    guard var bound = lower, let radius = contradiction.retestedLowerRadius else { return nil }
    if radius != bound.radius { bound.sampling = nil }
    bound.radius = radius
    return bound
  }

  /// The witness that counts: `upper`, and what the retest left of it where a contradiction was settled.
  public var upperInForce: UpperBound? {
    guard let contradiction, contradictionSettled else { return upper }
    guard var bound = upper, let radius = contradiction.retestedUpperRadius else { return nil }
    bound.radius = radius
    return bound
  }

  /// The radius that counts in figures: that of the proof, and 0 where there is none, the prediction is
  /// wrong or the classifier abstained.
  public var certifiedRadius: Double {
    guard correct, !abstained, let lower = lowerInForce, lower.radius > 0 else { return 0 }
    return lower.radius
  }

  /// Whether the input is correct and proven robust for every ‖δ‖ < `radius`.
  public func isCertified(at radius: Double) -> Bool {
    guard correct, !abstained, let lower = lowerInForce else { return false }
    return lower.radius >= radius
  }

  /// Whether the input is correct and no witness with ‖δ‖ ≤ `radius` is known.
  ///
  /// An absent upper end counts as not broken: this is what attacks failed to do, not a proof.
  public func survivesAttack(at radius: Double) -> Bool {
    guard correct, !abstained else { return false }
    guard let upper = upperInForce else { return true }
    return upper.radius > radius
  }

  /// upper − lower where both ends exist.
  public var gap: Double? {
    guard let lower = lowerInForce, let upper = upperInForce else { return nil }
    return upper.radius - lower.radius
  }

  /// How far the ends of a bracket may be apart, relative to the upper one, for it to be called exact.
  public static let exactness = 0.001

  /// Whether proof and witness, neither of them statistical, agree: lower ≤ ρ ≤ upper ≤ lower / (1 − ``exactness``).
  public var isExact: Bool {
    guard classifier == .base, correct, !contradictionStands, let lower = lowerInForce, lower.radius > 0,
      let upper = upperInForce
    else { return false }
    return upper.radius - lower.radius <= Self.exactness * upper.radius
  }

  /// Whether a witness lies inside the certified ball and no retest has settled it.
  ///
  /// Also true when the ends that the retest left still contradict each other.
  public var contradictionStands: Bool {
    guard let contradiction else { return isContradictory }
    if let lower = contradiction.retestedLowerRadius, let upper = contradiction.retestedUpperRadius {
      return contradiction.stands || upper < lower
    }
    return contradiction.stands
  }

  /// Whether a contradiction was found and the retest settled it.
  public var contradictionSettled: Bool { contradiction != nil && !contradictionStands }

  /// Whether an attack was tried, or none was needed because the prediction is wrong.
  public var wasAttacked: Bool { attack != nil || upper != nil }
}
