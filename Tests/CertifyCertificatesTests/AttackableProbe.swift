import CertifyCertificates
import CertifyThreat

/// Knows no witness to begin with.
final class AttackableProbe: WitnessProbe {
  var nearest = Double.infinity
  private let attackable: Attackable
  private let threat: ThreatModel

  init(_ attackable: Attackable, _ threat: ThreatModel) {
    self.attackable = attackable
    self.threat = threat
  }

  func ask(_ points: [[Double]]) throws -> Bool {
    var isNearer = false
    for point in points {
      let allowed = threat.space.rounded(point.map { Float($0) })
      let distance = try threat.radius(of: allowed, from: attackable.input)
      guard distance < nearest, try attackable.isBroken(by: [allowed]) else { continue }
      (nearest, isNearer) = (distance, true)
      try shrink(allowed)
    }
    return isNearer
  }

  /// Halves the way to the input again and again.
  private func shrink(_ far: [Float]) throws {
    var (held, broken) = (0.0, 1.0)
    for _ in 0..<14 {
      let middle = (held + broken) / 2
      let point = zip(attackable.input, far).map { Float(Double($0) + (Double($1) - Double($0)) * middle) }
      let allowed = threat.space.rounded(point)
      if try attackable.isBroken(by: [allowed]) {
        broken = middle
        nearest = min(nearest, try threat.radius(of: allowed, from: attackable.input))
      } else {
        held = middle
      }
    }
  }
}
