extension InputSpace {
  /// The radius that a witness proves: the distance of witness and input, rounded up.
  ///
  /// On a grid the distance is that of the integers, ‖k' − k‖_p / steps; otherwise that of the floats, in the units
  /// of the features where they have scales. ℓ₀ is exact and has no units.
  ///
  /// - Throws: ``ThreatError`` when the witness or the input is not in the space: it proves nothing there.
  public func radius(
    of witness: [Float], from input: [Float], by distance: Distance
  ) throws(ThreatError) -> Double {
    guard witness.count == input.count else {
      throw .dimension(expected: input.count, found: witness.count)
    }
    try checkMoves(to: witness, from: input)
    if let steps = gridSteps, features?.scale == nil {
      let a = try gridIntegers(of: witness, steps: steps)
      let b = try gridIntegers(of: input, steps: steps)
      if let norm = distance.norm { return norm.gridDistance(a, b, steps: steps) }
    }
    for point in [witness, input] {
      if let i = firstCoordinateOutside(of: point) {
        throw .outsideBounds(
          coordinate: i, value: point[i], lower: bounds?.lower ?? -.infinity,
          upper: bounds?.upper ?? .infinity)
      }
    }
    guard let norm = distance.norm else { return Double(zip(witness, input).count { $0 != $1 }) }
    return norm.distanceRoundedUp(witness, input, scale: features?.scale)
  }

  /// Checks that immutable coordinates stayed, and that the others moved by whole steps where they have any.
  private func checkMoves(to witness: [Float], from input: [Float]) throws(ThreatError) {
    guard let features else { return }
    guard features.count == input.count else {
      throw .dimension(expected: features.count, found: input.count)
    }
    for i in features.immutable where witness[i] != input[i] { throw .immutable(coordinate: i) }
    for (i, step) in (features.step ?? []).enumerated() where step > 0 {
      if stepped(witness[i], from: input[i], step: step) != witness[i] {
        throw .offStep(coordinate: i, value: witness[i], step: step)
      }
    }
  }
}

extension ThreatModel {
  /// The radius that a witness proves: ‖witness − input‖_p, rounded up.
  ///
  /// - Throws: ``ThreatError`` when the witness or the input is not in 𝒳: it proves nothing there.
  public func radius(of witness: [Float], from input: [Float]) throws(ThreatError) -> Double {
    try space.radius(of: witness, from: input, by: Distance(norm))
  }
}
