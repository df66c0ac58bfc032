import CertifyModel

extension PlanBuilder {
  /// y = scale·x + shift; the product is scale·v.
  func affine(_ affine: Affine, _ node: Node) throws -> Pullback {
    let source = node.inputs[0]
    let result = shape(node.output)
    if shape(source) == result, let (scale, shift) = affine.numbers {
      let kernel = EltwiseKernel.linear(scale: scale, shift: shift)
      define(node.output, try eltwise(kernel, slot(source), node: node.name))
      return { [self] gradient in
        try accumulate(
          eltwise(.linear(scale: scale, shift: 0), gradient, node: node.name), into: source)
      }
    }
    let map = IndexMap.broadcast(from: shape(source), to: result)
    let input = try expand(plainSlot(source), map, to: result)
    let output = temporary(try .plain(result))
    let scale = affine.scale?.repeated(over: result)
    let shift = affine.shift?.repeated(over: result)
    emit(reads: [input], writes: [output]) {
      Affine.apply(scale: scale, shift: shift, input.floats, output.floats, count: result.reduce(1, *))
    }
    define(node.output, output)
    return { [self] gradient in
      let upstream = try reorder(gradient, to: .plain(result))
      let downstream = temporary(try .plain(result))
      emit(reads: [upstream], writes: [downstream]) {
        Affine.apply(
          scale: scale, shift: nil, upstream.floats, downstream.floats, count: result.reduce(1, *))
      }
      try accumulate(contract(downstream, map, to: shape(source)), into: source)
    }
  }
}

extension Affine {
  /// Scale and shift when each is one number.
  fileprivate var numbers: (scale: Float, shift: Float)? {
    guard (scale?.elements.count ?? 1) == 1, (shift?.elements.count ?? 1) == 1 else { return nil }
    return (scale?.elements.first ?? 1, shift?.elements.first ?? 0)
  }

  /// result = scale·source + shift, the constants repeated to `count` elements.
  fileprivate static func apply(
    scale: [Float]?, shift: [Float]?, _ source: UnsafePointer<Float>, _ result: UnsafeMutablePointer<Float>,
    count: Int
  ) {
    switch (scale, shift) {
    case (let scale?, let shift?):
      for start in stride(from: 0, to: count, by: max(scale.count, shift.count)) {
        for i in 0..<max(scale.count, shift.count) {
          result[start + i] = source[start + i] * scale[i % scale.count] + shift[i % shift.count]
        }
      }
    case (let scale?, nil):
      for start in stride(from: 0, to: count, by: scale.count) {
        for i in scale.indices { result[start + i] = source[start + i] * scale[i] }
      }
    case (nil, let shift?):
      for start in stride(from: 0, to: count, by: shift.count) {
        for i in shift.indices { result[start + i] = source[start + i] + shift[i] }
      }
    case (nil, nil):
      result.update(from: source, count: count)
    }
  }
}

extension Tensor {
  /// The elements broadcast to `shape`, or to one row of it when they do not depend on the batch axis.
  fileprivate func repeated(over shape: [Int]) -> [Float] {
    let dependsOnBatch = self.shape.count == shape.count && self.shape.first != 1
    let target = dependsOnBatch || shape.isEmpty ? shape : [1] + shape.dropFirst()
    let map = IndexMap.broadcast(from: self.shape, to: target)
    var result = [Float](repeating: 0, count: target.reduce(1, *))
    elements.withUnsafeBufferPointer { source in
      result.withUnsafeMutableBufferPointer { destination in
        if let from = source.baseAddress, let to = destination.baseAddress {
          map.gather(from, into: to, constant: 0)
        }
      }
    }
    return result
  }
}
