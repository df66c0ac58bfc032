extension FeasibleSet {
  /// Replaces `point` by the nearest point of ball ∩ box, nearest in the Euclidean sense.
  ///
  /// With y = u − x₀ and γᵢ the room to the box in the direction of yᵢ, the projection moves from x₀ by
  /// sign(yᵢ)·wᵢ, where
  /// - ℓ∞: wᵢ = min(|yᵢ|, γᵢ, radius);
  /// - ℓ₂: wᵢ = min(s|yᵢ|, γᵢ) with the s ≤ 1 that makes ‖w‖₂ = radius, by Newton's method on
  ///   t = s² ↦ Σ min(tyᵢ², γᵢ²), which is concave and piecewise linear, so it ends after finitely many steps;
  /// - ℓ₁: wᵢ = min(max(|yᵢ| − λ, 0), γᵢ) with the λ that makes Σwᵢ = radius, by selection among the
  ///   breakpoints |yᵢ| and |yᵢ| − γᵢ, O(d log d) (Croce & Hein 2021, arXiv 2103.01208).
  ///
  /// A feasible point stays as it is, except that one within a relative (d + 16)·2⁻⁵¹ of the sphere may move
  /// inward by a rounding error. NaN coordinates become those of x₀. For ℓ₁, coordinates more than 2³² radii
  /// away count as equally far: double precision does not hold both scales.
  ///
  /// - Parameter point: u, d coordinates, overwritten.
  public mutating func project(_ point: UnsafeMutableBufferPointer<Float>) {
    precondition(point.count == dimension, "a point of the set has \(dimension) coordinates")
    guard norm != .linf, radius < .infinity else { return clip(point) }
    let (norm, radius, dimension) = (norm, radius, dimension)
    withBuffers { buffers in
      guard radius > 0 else {
        for i in 0..<dimension { point[i] = buffers.center[i] }
        return
      }
      let target = radius * Self.margin(dimension: dimension)
      let accepted = (radius + target) / 2
      if norm == .l1 {
        buffers.projectL1(point, target: target, accepted: accepted, limit: 0x1p32 * radius)
      } else {
        buffers.projectL2(point, target: target, accepted: accepted)
      }
    }
  }

  /// The nearest point of ball ∩ box, nearest in the Euclidean sense.
  public mutating func projection(of point: [Float]) -> [Float] {
    var point = point
    point.withUnsafeMutableBufferPointer { project($0) }
    return point
  }

  /// Moves every coordinate into its interval.
  mutating func clip(_ point: UnsafeMutableBufferPointer<Float>) {
    withBuffers { $0.clip(point) }
  }

  private mutating func withBuffers(_ body: (borrowing ProjectionBuffers) -> Void) {
    let count = dimension
    center.withUnsafeBufferPointer { center in
      lower.withUnsafeBufferPointer { lower in
        upper.withUnsafeBufferPointer { upper in
          magnitudes.withUnsafeMutableBufferPointer { magnitudes in
            rooms.withUnsafeMutableBufferPointer { rooms in
              breakpoints.withUnsafeMutableBufferPointer { breakpoints in
                body(
                  ProjectionBuffers(
                    count: count, center: center, lower: lower, upper: upper, magnitudes: magnitudes,
                    rooms: rooms, breakpoints: breakpoints))
              }
            }
          }
        }
      }
    }
  }
}
