import CertifyModel

extension PlanBuilder {
  /// y = scale·(q − zeroPoint) or q, where q = clamped(round(x/scale) + zeroPoint).
  ///
  /// The product is v or v/scale where q is not cut off.
  func quantization(_ quantization: Quantization, _ node: Node) throws -> Pullback {
    let source = node.inputs[0]
    let result = shape(node.output)
    // One number for all fits any layout; several are repeated over one row.
    let isUniform = quantization.scale.elements.count == 1
    let input = isUniform ? try slot(source) : try plainSlot(source)
    let count = input.layout.byteCount / MemoryLayout<Float>.stride
    let row = isUniform ? [1] : [1] + result.dropFirst()
    let scale = quantization.scale.broadcast(to: row)
    let zeroPoint = quantization.zeroPoint.broadcast(to: row)
    let (lowest, highest) = (quantization.lowest, quantization.highest)
    let period = scale.count
    let isDequantized = quantization.isDequantized
    let output = temporary(input.layout)
    emit(reads: [input], writes: [output]) {
      for start in stride(from: 0, to: count, by: period) {
        for i in 0..<period {
          let x = input.floats[start + i]
          let level = (x / scale[i]).rounded(.toNearestOrEven) + zeroPoint[i]
          let kept = level < lowest ? lowest : level > highest ? highest : level
          output.floats[start + i] = isDequantized ? (kept - zeroPoint[i]) * scale[i] : kept
        }
      }
    }
    define(node.output, output)
    return { [self] gradient in
      let upstream = try reorder(gradient, to: input.layout)
      let downstream = temporary(input.layout)
      emit(reads: [upstream, input], writes: [downstream]) {
        for start in stride(from: 0, to: count, by: period) {
          for i in 0..<period {
            let level = (input.floats[start + i] / scale[i]).rounded(.toNearestOrEven) + zeroPoint[i]
            let v = upstream.floats[start + i] / (isDequantized ? 1 : scale[i])
            downstream.floats[start + i] = level < lowest || level > highest ? 0 : v
          }
        }
      }
      try accumulate(downstream, into: source)
    }
  }
}
