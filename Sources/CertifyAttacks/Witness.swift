import CertifySmoothing

/// A verified point that h gives another class than the label.
public struct Witness: Sendable, Equatable {
  /// x', d numbers.
  public var point: [Float]
  /// The same in steps of the grid, for 8-bit data.
  public var grid: [UInt8]?
  /// ‖x'−x‖, rounded up. 0 when x itself is misclassified.
  public var distance: Double
  /// h(x').
  public var witnessClass: Int
  /// The attack that found it, or `clean` when x itself is misclassified.
  public var attack: String

  public init(point: [Float], grid: [UInt8]?, distance: Double, witnessClass: Int, attack: String) {
    self.point = point
    self.grid = grid
    self.distance = distance
    self.witnessClass = witnessClass
    self.attack = attack
  }

  /// The name under which a misclassified input is reported.
  public static let clean = "clean"
}
