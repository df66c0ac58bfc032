/// How a Resize computes each element of one axis: the rows of a sparse matrix.
///
/// Coordinates are single-precision numbers, as other runtimes compute them; else a nearest neighbour could differ.
struct Interpolation {
  enum Coordinates: String {
    case halfPixel = "half_pixel"
    case symmetricHalfPixel = "half_pixel_symmetric"
    case pytorchHalfPixel = "pytorch_half_pixel"
    case alignCorners = "align_corners"
    case asymmetric
    case nearestHalfPixel = "tf_half_pixel_for_nn"
    case cropAndResize = "tf_crop_and_resize"
  }

  enum Kernel {
    case nearest(Rounding)
    /// Two taps; more where `antialias` widens the kernel of an axis that shrinks.
    case linear(antialias: Bool)
    /// Four taps with the coefficient a (Keys 1981, doi:10.1109/TASSP.1981.1163711).
    case cubic(a: Float, antialias: Bool)
  }

  enum Rounding: String {
    case preferFloor = "round_prefer_floor"
    case preferCeil = "round_prefer_ceil"
    case floor, ceil
  }

  var kernel: Kernel
  var coordinates: Coordinates
  /// Whether taps outside the axis have no weight, instead of that of the border.
  var excludesOutside: Bool

  /// One axis: `size` elements become `resized`, at `scale`; `region` is the part that is cropped, from 0 to 1.
  struct Axis {
    var size: Int
    var resized: Int
    var scale: Float
    var region: (start: Float, end: Float) = (0, 1)
  }

  /// Where in the source the element at `index` of the result lies, or `nil` outside the cropped source.
  func coordinate(_ index: Int, _ axis: Axis) -> Float? {
    let x = Float(index)
    let (size, resized) = (Float(axis.size), Float(axis.resized))
    switch coordinates {
    case .halfPixel: return (x + 0.5) / axis.scale - 0.5
    case .symmetricHalfPixel:
      let offset = size / 2 * (1 - resized / (axis.scale * size))
      return offset + (x + 0.5) / axis.scale - 0.5
    case .pytorchHalfPixel: return axis.resized == 1 ? 0 : (x + 0.5) / axis.scale - 0.5
    case .alignCorners: return axis.resized == 1 ? 0 : x * (size - 1) / (resized - 1)
    case .asymmetric: return x / axis.scale
    case .nearestHalfPixel: return (x + 0.5) / axis.scale
    case .cropAndResize:
      let (start, end) = axis.region
      let place =
        axis.resized == 1
        ? 0.5 * (start + end) * (size - 1)
        : start * (size - 1) + x * (end - start) * (size - 1) / (resized - 1)
      return place >= 0 && place <= size - 1 ? place : nil
    }
  }

  /// The rows of the axis's matrix; a row without entries stands for a place outside the cropped source.
  func rows(_ axis: Axis) -> [[(column: Int, weight: Float)]] {
    (0..<axis.resized).map { index in coordinate(index, axis).map { taps(at: $0, axis) } ?? [] }
  }

  private func taps(at coordinate: Float, _ axis: Axis) -> [(column: Int, weight: Float)] {
    let last = axis.size - 1
    // Coordinates of damaged files may be huge.
    let bounded = min(max(coordinate, -Float(axis.size) - 4), 2 * Float(axis.size) + 4)
    let left = bounded.rounded(.down)
    let ratio = bounded - left
    let first = Int(left)
    if case .nearest(let rounding) = kernel {
      let goesUp =
        switch rounding {
        case .preferFloor: ratio > 0.5
        case .preferCeil: ratio >= 0.5
        case .floor: false
        case .ceil: ratio > 0
        }
      return [(min(max(first + (goesUp ? 1 : 0), 0), last), 1)]
    }
    let (begin, weights) = weights(ratio: ratio, scale: axis.scale)
    var merged: [(column: Int, weight: Float)] = []
    var total: Float = 0
    for (offset, weight) in weights.enumerated() where weight != 0 {
      let place = first + begin + offset
      let column = min(max(place, 0), last)
      if excludesOutside, place != column { continue }
      total += weight
      if let previous = merged.indices.last, merged[previous].column == column {
        merged[previous].weight += weight
      } else {
        merged.append((column, weight))
      }
    }
    if excludesOutside, total != 0 { merged = merged.map { ($0.column, $0.weight / total) } }
    return merged
  }

  /// The weights of neighbouring elements, from `begin` elements after the one left of the coordinate on.
  private func weights(ratio: Float, scale: Float) -> (begin: Int, weights: [Float]) {
    switch kernel {
    case .nearest: return (0, [1])
    case .linear(let antialias):
      return sampled(ratio, reach: 1, scale: antialias ? min(scale, 1) : 1) { max(0, 1 - $0) }
    case .cubic(let a, let antialias):
      return sampled(ratio, reach: 2, scale: antialias ? min(scale, 1) : 1) { Self.cubic($0, a: a) }
    }
  }

  /// The cubic kernel of a distance.
  static func cubic(_ x: Float, a: Float) -> Float {
    if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
  }

  /// A kernel of the distance, stretched by 1/scale; the weights add up to 1.
  private func sampled(
    _ ratio: Float, reach: Float, scale: Float, _ kernel: (Float) -> Float
  ) -> (begin: Int, weights: [Float]) {
    let begin = Int((-reach / scale).rounded(.down)) + 1
    let weights = (begin...(1 - begin)).map { kernel(abs(Float($0) - ratio) * scale) }
    if scale == 1 { return (begin, weights) }
    let total = weights.reduce(0, +)
    return (begin, weights.map { $0 / total })
  }
}
