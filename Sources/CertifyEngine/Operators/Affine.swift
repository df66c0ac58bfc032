import CDNNL
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
    if shape(source) == result, let channels = affine.channels(of: result) {
      return try affineByChannel(channels, node)
    }
    let map = IndexMap.broadcast(from: shape(source), to: result)
    let input = try expand(plainSlot(source), map, to: result)
    let output = temporary(try .plain(result))
    let (scale, shift) = affine.repeated(over: result)
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

extension PlanBuilder {
  /// One scale and one shift a channel, in whatever layout the value lies.
  private func affineByChannel(_ channels: (scale: Tensor?, shift: Tensor?), _ node: Node) throws -> Pullback
  {
    let source = node.inputs[0]
    let scale = try channels.scale.map {
      try constant($0.elements, source: .plain($0.shape), layout: .plain($0.shape))
    }
    let shift = try channels.shift.map {
      try constant($0.elements, source: .plain($0.shape), layout: .plain($0.shape))
    }
    var value = try slot(source)
    if let scale { value = try binary(dnnl_binary_mul, value, scale, node: node.name) }
    if let shift { value = try binary(dnnl_binary_add, value, shift, node: node.name) }
    define(node.output, value)
    return { [self] gradient in
      let downstream =
        try scale.map { try binary(dnnl_binary_mul, gradient, $0, node: node.name) } ?? gradient
      try accumulate(downstream, into: source)
    }
  }
}

extension Affine {
  /// Scale and shift as [1, C, 1, …] when both depend on the channel alone and `shape` has spatial axes.
  fileprivate func channels(of shape: [Int]) -> (scale: Tensor?, shift: Tensor?)? {
    guard shape.count >= 3 else { return nil }
    let target = [1, shape[1]] + shape.dropFirst(2).map { _ in 1 }
    func byChannel(_ tensor: Tensor) -> Tensor? {
      let padded = shape.dropFirst(tensor.shape.count).map { _ in 1 } + tensor.shape
      if padded == target { return Tensor(shape: target, elements: tensor.elements) }
      guard let number = tensor.elements.first, tensor.elements.count == 1 else { return nil }
      return Tensor(shape: target, elements: [Float](repeating: number, count: shape[1]))
    }
    let (scale, shift) = (self.scale.map(byChannel), self.shift.map(byChannel))
    if let scale, scale == nil { return nil }
    if let shift, shift == nil { return nil }
    return (scale ?? nil, shift ?? nil)
  }

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
      for start in stride(from: 0, to: count, by: scale.count) {
        for i in scale.indices { result[start + i] = source[start + i] * scale[i] + shift[i] }
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

extension Affine {
  /// The constants broadcast to one row of `shape`, or to all of it when one of them depends on the batch axis.
  fileprivate func repeated(over shape: [Int]) -> (scale: [Float]?, shift: [Float]?) {
    let dependsOnBatch = [scale, shift].contains { $0?.shape.count == shape.count && $0?.shape.first != 1 }
    let target = dependsOnBatch || shape.isEmpty ? shape : [1] + shape.dropFirst()
    return (scale?.broadcast(to: target), shift?.broadcast(to: target))
  }
}

extension Tensor {
  /// The elements repeated to `target`.
  func broadcast(to target: [Int]) -> [Float] {
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
