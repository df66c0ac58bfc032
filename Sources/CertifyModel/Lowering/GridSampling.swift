/// Sampling an image at the places of a constant grid, as the rows of a sparse matrix over its pixels.
struct GridSampling {
  enum Kernel { case nearest, linear, cubic }

  enum Outside: String {
    /// A pixel outside counts as 0.
    case zeros
    /// It is the nearest one inside.
    case border
    /// It is its mirror image inside.
    case reflection
  }

  let kernel: Kernel
  let outside: Outside
  /// Whether −1 and 1 are the middles of the outermost pixels, instead of their outer edges.
  let alignsCorners: Bool
  /// The spatial extents of the image.
  let extents: [Int]

  /// The pixels and their weights at a place; one coordinate from −1 to 1 an axis, the last axis first.
  func row(at place: some RandomAccessCollection<Float>) -> [(column: Int, weight: Float)] {
    var row: [(column: Int, weight: Float)] = [(0, 1)]
    for (coordinate, extent) in zip(place.reversed(), extents) {
      let taps = taps(at: position(coordinate, extent), extent)
      row = row.flatMap { part in
        taps.map { (column: part.column * extent + $0.column, weight: part.weight * $0.weight) }
      }
    }
    return row
  }

  /// Whether every place lies among the pixels.
  func isInside(_ place: some RandomAccessCollection<Float>) -> Bool {
    zip(place.reversed(), extents).allSatisfy { coordinate, extent in
      (-0.5...Float(extent) - 0.5).contains(position(coordinate, extent))
    }
  }

  /// A coordinate in pixels; far outside all are alike, or repeat faster than single precision resolves.
  private func position(_ coordinate: Float, _ extent: Int) -> Float {
    let size = Float(extent)
    let x = alignsCorners ? (coordinate + 1) / 2 * (size - 1) : ((coordinate + 1) * size - 1) / 2
    let limit = max(2 * size, 0x1p20)
    return min(max(x, -limit), limit)
  }

  /// The pixels along one axis.
  private func taps(at x: Float, _ extent: Int) -> [(column: Int, weight: Float)] {
    let left = x.rounded(.down)
    let ratio = x - left
    let weights: [(offset: Int, weight: Float)]
    switch kernel {
    case .nearest: weights = [(Int(x.rounded(.toNearestOrEven) - left), 1)]
    case .linear: weights = [(0, 1 - ratio), (1, ratio)]
    case .cubic: weights = (-1...2).map { ($0, Interpolation.cubic(abs(Float($0) - ratio), a: -0.75)) }
    }
    return weights.compactMap { offset, weight in
      let place = Int(left) + offset
      if (0..<extent).contains(place) { return (place, weight) }
      switch outside {
      case .zeros: return nil
      case .border: return (min(max(place, 0), extent - 1), weight)
      case .reflection: return (mirrored(place, extent), weight)
      }
    }
  }

  /// The pixel inside that a pixel outside mirrors.
  private func mirrored(_ place: Int, _ extent: Int) -> Int {
    // Mirrors stand in the middle of the outermost pixels, or at their outer edges.
    let period = alignsCorners ? 2 * (extent - 1) : 2 * extent
    guard period > 0 else { return 0 }
    let phase = (place % period + period) % period
    return phase < extent ? phase : alignsCorners ? period - phase : period - 1 - phase
  }
}
