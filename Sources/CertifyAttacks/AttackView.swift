import CertifyEngine
import CertifyThreat

/// What an attack works on: the problem itself, or an equal one in other units or with other classes.
struct AttackView {
  private(set) var input: AttackInput
  private(set) var threat: ThreatModel
  private(set) var reference: any Classifier
  private(set) var gradients: (any DifferentiableClassifier)?
  /// Another model of the same task.
  private(set) var surrogate: (any DifferentiableClassifier)?
  /// The problem itself.
  private let original: (input: AttackInput, space: InputSpace)
  private let distance: Distance
  private var frame: ScaledFrame?
  private var target: Int?

  /// - Parameter distance: What is to be small; `nil` for the length in the threat model's norm.
  init(
    input: AttackInput, threat: ThreatModel, distance: Distance? = nil, reference: any Classifier,
    gradients: (any DifferentiableClassifier)?, surrogate: (any DifferentiableClassifier)? = nil
  ) {
    (self.input, self.threat, self.reference, self.gradients) = (input, threat, reference, gradients)
    self.surrogate = surrogate
    original = (input, threat.space)
    self.distance = distance ?? Distance(threat.norm)
  }

  /// Changes to the units of the features, in which x is 0, where they have scales.
  ///
  /// - Throws: ``AttackError/invalidInput(index:reason:advice:)`` when x is not in 𝒳.
  mutating func changeUnits() throws {
    guard let features = threat.space.features, features.scale != nil else { return }
    try input.validate(for: reference, space: threat.space)
    let frame = ScaledFrame(center: input.point, space: threat.space)
    threat.space = try frame.space(immutable: features.immutable)
    input.point = [Float](repeating: 0, count: input.point.count)
    input.grid = nil
    reference = ScaledClassifier(reference, frame: frame)
    gradients = gradients.map { ScaledDifferentiableClassifier($0, frame: frame) }
    surrogate = surrogate.map { ScaledDifferentiableClassifier($0, frame: frame) }
    self.frame = frame
  }

  /// Changes to two classes: the target, and all others.
  ///
  /// - Throws: ``AttackError`` for a class that does not exist or is the label.
  mutating func aim(at target: Int) throws(AttackError) {
    guard (0..<reference.classCount).contains(target), target != input.label else {
      throw .invalidParameter(
        name: "target", value: "\(target)",
        advice: "give a class from 0 to \(reference.classCount - 1) other than the label \(input.label)")
    }
    self.target = target
    input.label = 0
    reference = TargetedClassifier(reference, target: target)
    gradients = gradients.map { TargetedDifferentiableClassifier($0, target: target) }
    surrogate = surrogate.map { TargetedDifferentiableClassifier($0, target: target) }
  }

  /// Says of the problem itself what was found in this view.
  func restore(_ outcome: inout AttackOutcome) throws {
    if let frame {
      outcome.trajectory = outcome.trajectory?.map { path in
        path.indices.map { frame.coordinate($0, at: path[$0]) }
      }
    }
    guard var witness = outcome.witness else { return }
    if let frame {
      witness.point = witness.point.indices.map { frame.coordinate($0, at: witness.point[$0]) }
      witness.distance = try original.space.radius(
        of: witness.point, from: original.input.point, by: distance)
    }
    if let target { witness.witnessClass = target }
    outcome.witness = witness
  }
}
