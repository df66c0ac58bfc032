import CertifyThreat

/// What the adversary of a training may do: ‖x′ − x‖_p ≤ ε, within the bounds of the data.
public struct ThreatSetting: Sendable, Codable, Equatable {
  /// The norm ‖·‖_p that measures the perturbation.
  public var norm: Norm
  /// The budget ε, at least 0, in units of the inputs.
  public var epsilon: Double
  /// `nil` for no bounds.
  public var bounds: InputSpace.Bounds?

  public init(norm: Norm, epsilon: Double, bounds: InputSpace.Bounds?) {
    self.norm = norm
    self.epsilon = epsilon
    self.bounds = bounds
  }
}
