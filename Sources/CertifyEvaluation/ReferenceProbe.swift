import CertifyAttacks
import CertifyCertificates
import CertifyEngine
import CertifyThreat

/// The nearest witness against f that is known of an input, and f to ask for nearer ones.
///
/// A point counts when it is an allowed input and f, evaluating it alone, gives it another class than the label.
public final class ReferenceProbe: WitnessProbe {
  /// The nearest one; what the attack found, to begin with.
  public private(set) var witness: Witness?
  public var nearest: Double { witness?.distance ?? .infinity }

  private let reference: any Classifier
  private let input: AttackInput
  private let threat: ThreatModel

  init(_ reference: any Classifier, input: AttackInput, threat: ThreatModel, witness: Witness?) {
    self.reference = reference
    self.input = input
    self.threat = threat
    self.witness = witness
  }

  public func ask(_ points: [[Double]]) throws -> Bool {
    var isNearer = false
    for point in points where try offer(point.map { Float($0) }) {
      isNearer = true
      try shrink()
    }
    return isNearer
  }

  /// Whether the allowed input next to `point` is a witness nearer than the others.
  private func offer(_ point: [Float]) throws -> Bool {
    let allowed = threat.space.rounded(point)
    let distance = try threat.radius(of: allowed, from: input.point)
    guard distance < nearest else { return false }
    _ = reference.inputs.update(fromContentsOf: allowed)
    try reference.forward(count: 1)
    let decided = reference.decision(row: 0)
    guard decided != input.label else { return false }
    let grid = try threat.space.gridSteps.map {
      try threat.space.gridIntegers(of: allowed, steps: $0).map { UInt8(clamping: $0) }
    }
    witness = Witness(
      point: allowed, grid: grid, distance: distance, witnessClass: decided, attack: CompleteSearch.method)
    return true
  }

  /// Moves the witness towards the input as far as it stays one.
  private func shrink() throws {
    guard let far = witness?.point else { return }
    var (held, broken) = (0.0, 1.0)
    for _ in 0..<16 {
      let middle = (held + broken) / 2
      let point = zip(input.point, far).map { Float(Double($0) + (Double($1) - Double($0)) * middle) }
      if try offer(point) { broken = middle } else { held = middle }
    }
  }
}
