/// Arithmetic on the constants of affine maps, in double precision and rounded once.
enum AffineArithmetic {
  /// The largest shift that may be moved past a scale or a matrix.
  ///
  /// x − m is all but exact when m is near x, while x/s − m/s has an error of |m/s|·2⁻²⁴. Up to this many units
  /// the loss stays below 4e-6 of one.
  static let largestShift = 64.0

  /// A function of the elements of two broadcast tensors; `nil` stands for a number.
  ///
  /// - Returns: `nil` when the result is not finite, does not broadcast or is much larger than both.
  static func combine(
    _ a: Tensor?, or numberA: Double, _ b: Tensor?, or numberB: Double, _ function: (Double, Double) -> Double
  ) -> Tensor? {
    let shapeA = a?.shape ?? []
    let shapeB = b?.shape ?? []
    guard let shape = Extents.broadcast(shapeA, shapeB), let count = Extents.product(shape),
      count <= max(a?.elements.count ?? 1, b?.elements.count ?? 1, 4096)
    else { return nil }
    let left = Extents.broadcastIndices(shapeA, to: shape)
    let right = Extents.broadcastIndices(shapeB, to: shape)
    let elements = zip(left, right).map { left, right in
      Float(
        function(
          a.map { Double($0.elements[left]) } ?? numberA, b.map { Double($0.elements[right]) } ?? numberB))
    }
    guard elements.allSatisfy(\.isFinite) else { return nil }
    return Tensor(shape: shape, elements: elements)
  }

  /// The constant as one number a channel, if it depends on no other axis.
  ///
  /// - Parameters:
  ///   - rank: the rank of the value it is combined with.
  ///   - axis: the channel's axis.
  ///   - extent: the number of channels.
  static func perChannel(_ tensor: Tensor, rank: Int, axis: Int, extent: Int) -> [Double]? {
    let offset = rank - tensor.shape.count
    guard offset >= 0 else { return nil }
    for own in tensor.shape.indices where own + offset != axis && tensor.shape[own] != 1 { return nil }
    if tensor.elements.count == extent { return tensor.elements.map(Double.init) }
    guard tensor.elements.count == 1 else { return nil }
    return [Double](repeating: Double(tensor.elements[0]), count: extent)
  }

  /// Rounded once; `nil` when a number is not finite.
  static func rounded(_ elements: [Double], shape: [Int]) -> Tensor? {
    let rounded = elements.map { Float($0) }
    return rounded.allSatisfy(\.isFinite) ? Tensor(shape: shape, elements: rounded) : nil
  }

  static func isSmall(_ shift: Tensor?) -> Bool {
    shift?.elements.allSatisfy { abs(Double($0)) <= largestShift } ?? true
  }

  static func isZero(_ shift: Tensor?) -> Bool { shift?.elements.allSatisfy { $0 == 0 } ?? true }
}
