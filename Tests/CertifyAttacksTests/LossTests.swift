import Testing

@testable import CertifyAttacks

@Suite struct LossTests {
  static let losses: [AttackLoss] = [
    .crossEntropy, .margin, .targeted(2), .differenceOfLogitsRatio, .targetedRatio(1),
  ]

  static func value(_ loss: AttackLoss, _ z: [Float], label: Int) -> Double {
    z.withUnsafeBufferPointer { loss.value(logits: $0, label: label) }
  }

  static func gradient(_ loss: AttackLoss, _ z: [Float], label: Int) -> [Double] {
    var gradient = z
    z.withUnsafeBufferPointer { z in
      gradient.withUnsafeMutableBufferPointer { loss.writeGradient(logits: z, label: label, into: $0) }
    }
    return gradient.map(Double.init)
  }

  /// Differences of the value, in double steps of the logits, up to one positive factor.
  @Test(arguments: losses, [2, 3, 4, 10]) func gradientsPointUphill(_ loss: AttackLoss, _ classes: Int) {
    var generator = TestGenerator(state: UInt64(classes))
    for label in 0..<classes {
      if loss == .targeted(2), classes == 2 || label == 2 { continue }
      if loss == .targetedRatio(1), label == 1 { continue }
      let z = (0..<classes).map { _ in Float.random(in: -2...2, using: &generator) }
      let step: Float = 1.0 / 512
      let differences = z.indices.map { c in
        var (up, down) = (z, z)
        up[c] += step
        down[c] -= step
        return (Self.value(loss, up, label: label) - Self.value(loss, down, label: label)) / Double(2 * step)
      }
      let gradient = Self.gradient(loss, z, label: label)
      let (dot, a, b) = zip(differences, gradient).reduce((0.0, 0.0, 0.0)) {
        ($0.0 + $1.0 * $1.1, $0.1 + $1.0 * $1.0, $0.2 + $1.1 * $1.1)
      }
      // The ratio is constant where the label has the third largest logit.
      #expect((a > 1e-6) == (b > 1e-12))
      #expect(dot >= 0.9999 * (a * b).squareRoot(), "\(loss) \(classes) \(label): \(differences) \(gradient)")
    }
  }

  @Test func ratiosOfKnownLogits() {
    let z: [Float] = [4, 1, 3, 0]
    #expect(abs(Self.value(.differenceOfLogitsRatio, z, label: 0) - -1.0 / 3) < 1e-9)
    #expect(abs(Self.value(.differenceOfLogitsRatio, z, label: 1) - 1) < 1e-9)
    #expect(abs(Self.value(.targetedRatio(2), z, label: 0) - -1 / 3.5) < 1e-9)
    #expect(Self.value(.differenceOfLogitsRatio, [1, 3], label: 0) == 2)
    #expect(Self.value(.targetedRatio(1), [1, 3, 0], label: 0) == 2)
  }

  @Test func scheduleOfAPGD() {
    #expect(APGDSchedule(steps: 100).checkpoints == [22, 41, 57, 70, 80, 87, 93, 99])
    #expect(APGDSchedule(steps: 1).checkpoints == [1])
    #expect(APGDSchedule(steps: 10).checkpoints == [2, 4, 6, 8, 10])
  }
}
