import CertifySmoothing
import CertifyThreat
import Foundation

extension SmoothedOracle {
  /// A first ε: for ℓ₂ half the distance at which two half-spaces with these shares would meet; for the other
  /// norms the same length spread or gathered.
  func firstGuess(_ clean: ClassCounts) -> Double {
    let seen = SegmentSearch.observation(t: 0, counts: clean, label: input.label)
    let n = Double(seen.rivalHits + seen.labelHits)
    let z = -Probit.inverse((Double(seen.rivalHits) + 0.5) / (n + 1))
    let length = sigma * max(z, 0.1)
    let guess =
      switch threat.norm {
      case .l2: length
      case .linf: length / Double(dimension).squareRoot()
      case .l1: length * pow(Double(dimension), 0.25)
      }
    return min(max(guess, neighbourhood.resolution), neighbourhood.farthest)
  }

  /// Tests the point of 𝒳 nearest to `point`, moved towards x until it is within `epsilon`, unless the search
  /// itself calls it unflipped.
  ///
  /// - Parameter seen: The answers that the search saw at the point.
  func testWithin(_ epsilon: Double, _ point: [Float], seen: ClassCounts, attack: String) throws {
    var point = point
    // Rounding to the grid may leave the ball.
    for _ in 0..<20 where !isWithin(point, epsilon) {
      for i in point.indices {
        let x = Double(input.point[i])
        point[i] = Float(x + 0.995 * (Double(point[i]) - x))
      }
    }
    guard isWithin(point, epsilon) else { return }
    let seen = SegmentSearch.observation(t: 1, counts: seen, label: input.label)
    // A candidate that the search itself calls unflipped is not worth a part of β.
    guard Double(seen.rivalHits) > 0.8 * Double(seen.labelHits) else { return }
    _ = try test(point, attack: attack)
  }

  private func isWithin(_ point: [Float], _ epsilon: Double) -> Bool {
    let distance = feasible(point).withUnsafeBufferPointer { neighbourhood.distance(to: $0) }
    return AttackGoal.isWithin(distance, epsilon: epsilon)
  }
}
