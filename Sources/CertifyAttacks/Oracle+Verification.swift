import CertifyEngine
import CertifyThreat

extension Oracle {
  /// Shrinks what was found, asks the reference classifier about each point alone, and returns the nearest
  /// that holds.
  ///
  /// A point counts only when the reference classifier, evaluating it as the only row, gives it another
  /// class than the label. Where the shrunk point does not hold it is moved back out, to where it was found, and
  /// where that lies so close to the boundary that rounding decides, beyond, by at most 1 %.
  public func finish() throws -> Witness? {
    isFinishing = true
    if distance == .l0 { return try finishCounting() }
    var best: Witness?
    for candidate in nearestOfEachClass.prefix(4) {
      if let best, candidate.distance > 1.1 * best.distance { break }
      guard let verified = try verified(candidate, closerThan: best?.distance ?? .infinity) else { continue }
      best = verified
    }
    return best
  }

  private func verified(_ candidate: Found, closerThan limit: Double) throws -> Witness? {
    let precision = neighbourhood.isGrid ? 1e-3 : 1e-6
    let shrunk = try section(low: 0, high: 1, precision: precision, keeping: 16, attack: candidate.attack) {
      t, row in
      neighbourhood.interpolate(to: candidate.point, at: t, into: row)
    }
    var last: [Float]?
    let factors = [1, 1 + 1e-6, 1 + 1e-5, 1 + 1e-4, 1 + 1e-3, 1.01]
    for place in factors.map({ min(1, shrunk * $0) }) + factors {
      let point = neighbourhood.point(towards: candidate.point, at: place)
      guard point != last else { continue }
      last = point
      let distance = try threat.radius(of: point, from: input.point)
      guard distance < limit, remaining > 0 else { return nil }
      let decided = try askReference(about: point)
      if decided != input.label {
        return Witness(
          point: point, grid: neighbourhood.gridPoint(point), distance: distance, witnessClass: decided,
          attack: candidate.attack)
      }
    }
    return nil
  }
}

extension Neighbourhood {
  /// The point of 𝒳 nearest to x + t(point − x).
  func point(towards point: [Float], at t: Double) -> [Float] {
    var result = point
    if t != 1 {
      result.withUnsafeMutableBufferPointer { row in
        interpolate(to: point, at: t, into: row)
        snap(row)
      }
    }
    return result
  }

  /// The integers of a point of the grid; `nil` for real data.
  func gridPoint(_ point: [Float]) -> [UInt8]? {
    guard let steps = threat.space.gridSteps else { return nil }
    return point.map { UInt8(min(max((Double($0) * Double(steps)).rounded(), 0), 255)) }
  }
}
