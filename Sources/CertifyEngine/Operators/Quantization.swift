import CertifyModel

extension PlanBuilder {
  /// y = scale·(q − zeroPoint) or q, where q = clamped(round(x/scale) + zeroPoint).
  ///
  /// The product is v or v/scale where q is not cut off.
  func quantization(_ quantization: Quantization, _ node: Node) throws -> Pullback {
    let source = node.inputs[0]
    // One scale for all fits any layout.
    let input = quantization.scale.elements.count == 1 ? try slot(source) : try plainSlot(source)
    let grids = Grid.all(quantization)
    let count = input.layout.byteCount / MemoryLayout<Float>.stride
    let trailing = shape(node.output).suffix(max(quantization.scale.shape.count - 1, 0)).reduce(1, *)
    let run = grids.count == 1 ? count : trailing
    let output = temporary(input.layout)
    emit(reads: [input], writes: [output]) {
      for (index, start) in stride(from: 0, to: count, by: run).enumerated() {
        grids[index % grids.count].round(input.floats + start, output.floats + start, count: run)
      }
    }
    define(node.output, output)
    return { [self] gradient in
      let upstream = try reorder(gradient, to: input.layout)
      let downstream = temporary(input.layout)
      emit(reads: [upstream, input], writes: [downstream]) {
        for (index, start) in stride(from: 0, to: count, by: run).enumerated() {
          grids[index % grids.count].pullBack(
            upstream.floats + start, input.floats + start, downstream.floats + start, count: run)
        }
      }
      try accumulate(downstream, into: source)
    }
  }
}

/// The numbers that a quantiser rounds to, by one scale.
private struct Grid {
  let scale: Float
  /// The ends of the range less the zero point; whole numbers below 2¹⁷ in magnitude.
  let lowest: Float
  let highest: Float
  /// y = stretch·(q − zeroPoint) + shift.
  let stretch: Float
  let shift: Float

  /// One for each element of the scale.
  static func all(_ quantization: Quantization) -> [Grid] {
    zip(quantization.scale.elements, quantization.zeroPoint.elements).map { scale, zeroPoint in
      Grid(
        scale: scale, lowest: quantization.lowest - zeroPoint, highest: quantization.highest - zeroPoint,
        stretch: quantization.isDequantized ? scale : 1, shift: quantization.isDequantized ? 0 : zeroPoint)
    }
  }

  /// round(x/scale), or a whole number beyond the range where that is.
  ///
  /// Adding 1.5·2²³ leaves no bits for fractions, and rounds halves to even; unlike a call of `rint` it is
  /// done for many numbers at once.
  @inline(__always)
  private func level(_ x: Float) -> Float {
    let quotient = x / scale
    let near = quotient < lowest - 1 ? lowest - 1 : quotient > highest + 1 ? highest + 1 : quotient
    return (near + 0x1.8p23) - 0x1.8p23
  }

  func round(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, count: Int) {
    for i in 0..<count {
      let level = level(x[i])
      y[i] = (level < lowest ? lowest : level > highest ? highest : level) * stretch + shift
    }
  }

  func pullBack(
    _ v: UnsafePointer<Float>, _ x: UnsafePointer<Float>, _ g: UnsafeMutablePointer<Float>, count: Int
  ) {
    let factor = stretch / scale
    for i in 0..<count {
      let level = level(x[i])
      g[i] = level < lowest || level > highest ? 0 : v[i] * factor
    }
  }
}
