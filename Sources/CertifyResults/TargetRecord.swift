/// What was found on the way to one class.
public struct TargetRecord: Sendable, Codable, Equatable {
  /// The class that the attack was to reach.
  public var target: Int
  /// The distance of the nearest verified input that is given it, rounded up; `nil` when none was found.
  public var radius: Double?
  /// The attack that found it.
  public var attack: String?

  public init(target: Int, radius: Double?, attack: String?) {
    self.target = target
    self.radius = radius
    self.attack = attack
  }
}
