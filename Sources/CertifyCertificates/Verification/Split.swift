/// Which side of a rectifier's kink an element's input is on.
struct Split: Sendable, Equatable {
  /// The activation, and the place in ``Relaxation/free``.
  let node: Int
  let position: Int
  /// x ≥ 0, else x ≤ 0.
  var isAbove: Bool
  /// β ≥ 0 of the constraint, to begin with.
  var multiplier: Double
}
