/// One input to attack.
public struct AttackInput: Sendable, Equatable {
  /// The position in the data file; random choices are keyed by it.
  public var index: Int
  /// x, d numbers.
  public var point: [Float]
  /// The same in steps of the grid, for 8-bit data.
  public var grid: [UInt8]?
  /// y, the class that the model is to be led away from, in 0..<K.
  public var label: Int

  public init(index: Int, point: [Float], grid: [UInt8]?, label: Int) {
    self.index = index
    self.point = point
    self.grid = grid
    self.label = label
  }
}
