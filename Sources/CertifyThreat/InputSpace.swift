/// The set 𝒳 of inputs an adversary may choose from.
public struct InputSpace: Sendable, Equatable, Codable {
  /// The smallest and largest value of every coordinate, or `nil` for all of ℝᵈ.
  public var bounds: Bounds?
  /// For data of 8 bits, the number of steps between 0 and 1 (255): inputs are k/255 with integer k.
  public var gridSteps: Int?
  /// Narrower limits of single coordinates, and the units in which they are measured; `nil` where all are alike.
  public var features: FeatureLimits?

  public init(bounds: Bounds?, gridSteps: Int?, features: FeatureLimits? = nil) {
    self.bounds = bounds
    self.gridSteps = gridSteps
    self.features = features
  }

  /// A box with the same interval for every coordinate.
  public struct Bounds: Sendable, Equatable, Codable {
    /// The smallest value of a coordinate.
    public var lower: Float
    /// The largest value of a coordinate.
    public var upper: Float

    public init(lower: Float, upper: Float) {
      self.lower = lower
      self.upper = upper
    }
  }
}

/// What an adversary may do: choose from `space`, at a cost measured in `norm`.
public struct ThreatModel: Sendable, Equatable, Codable {
  /// The norm that measures x′ − x, in the units of `space`.
  public var norm: Norm
  /// Where x′ may lie.
  public var space: InputSpace

  public init(norm: Norm, space: InputSpace) {
    self.norm = norm
    self.space = space
  }
}
