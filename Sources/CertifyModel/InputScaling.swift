/// What a model does to its input before anything else: (x − mean) / deviation.
public struct InputScaling: Sendable, Equatable {
  /// One number a channel, or one for all.
  public let mean: [Double]
  /// One number a channel, or one for all; negative where the input is turned over.
  public let deviation: [Double]

  public init(mean: [Double], deviation: [Double]) {
    self.mean = mean
    self.deviation = deviation
  }

  /// The range of inputs that such numbers are usual for: [0, 1] or [0, 255]; `nil` when they fit neither.
  ///
  /// A guess from their size: standardised inputs lie within a few deviations of the mean.
  public var usualRange: ClosedRange<Double>? {
    let deviations = deviation.map(abs)
    if mean.allSatisfy({ (0...1).contains($0) }), deviations.allSatisfy({ (0.01...1).contains($0) }) {
      return 0...1
    }
    let isBytes =
      mean.allSatisfy { (0...255).contains($0) } && deviations.allSatisfy { (1...256).contains($0) }
      && (mean.contains { $0 > 1 } || deviations.allSatisfy { $0 > 10 })
    return isBytes ? 0...255 : nil
  }
}

extension Graph {
  /// The affine maps that the input goes through first, as one; `nil` when there is none, or when it differs
  /// from coordinate to coordinate within a channel.
  func inputScaling() -> InputScaling? {
    let links = Links(self)
    var scale = [1.0]
    var shift = [0.0]
    var value = input
    while let next = links.onlyConsumer(value), case .affine(let affine) = nodes[next].operation,
      shape(nodes[next].output) == shape(value),
      let factor = channels(affine.scale, or: 1, of: shape(value)),
      let offset = channels(affine.shift, or: 0, of: shape(value))
    {
      // s₂·(s₁·x + t₁) + t₂
      guard let scaled = combine(scale, factor, *), let moved = combine(shift, factor, *),
        let shifted = combine(moved, offset, +)
      else { break }
      (scale, shift) = (scaled, shifted)
      value = nodes[next].output
    }
    guard value != input, scale.allSatisfy({ $0 != 0 && $0.isFinite }),
      let mean = combine(shift, scale, { -$0 / $1 })
    else { return nil }
    return InputScaling(mean: mean, deviation: scale.map { 1 / $0 })
  }

  /// One number, or one a channel, the axis of channels being 1 or the last.
  private func channels(_ tensor: Tensor?, or fallback: Double, of shape: [Int]) -> [Double]? {
    guard let tensor else { return [fallback] }
    if let first = tensor.elements.first, tensor.elements.allSatisfy({ $0 == first }) {
      return [Double(first)]
    }
    guard shape.count > 2 else { return nil }
    for axis in [1, shape.count - 1] {
      let found = AffineArithmetic.perChannel(tensor, rank: shape.count, axis: axis, extent: shape[axis])
      if let found { return found }
    }
    return nil
  }

  private func combine(
    _ a: [Double], _ b: [Double], _ function: (Double, Double) -> Double
  ) -> [Double]? {
    if a.count == b.count { return zip(a, b).map(function) }
    if a.count == 1 { return b.map { function(a[0], $0) } }
    return b.count == 1 ? a.map { function($0, b[0]) } : nil
  }
}
