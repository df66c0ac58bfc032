import CertifyThreat

/// What the adversary of a training may do: ‖x′ − x‖_p ≤ ε, within the bounds of the data.
public struct ThreatSetting: Sendable, Codable, Equatable {
  public var norm: Norm
  public var epsilon: Double
  /// `nil` for no bounds.
  public var bounds: InputSpace.Bounds?

  public init(norm: Norm, epsilon: Double, bounds: InputSpace.Bounds?) {
    self.norm = norm
    self.epsilon = epsilon
    self.bounds = bounds
  }
}
