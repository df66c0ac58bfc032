import CDNNL
import CertifyModel

extension PlanBuilder {
  /// y = scale·x + shift; the product is scale·v.
  func affine(_ affine: Affine, _ group: FusedNode) throws -> Pullback {
    let node = group.node
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
      return try affineByChannel(channels, group)
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
  /// One scale and one shift a channel, in whatever layout the value lies, and a relu in the same pass.
  private func affineByChannel(_ channels: (scale: [Float], shift: [Float]), _ group: FusedNode) throws
    -> Pullback
  {
    let node = group.node
    let source = node.inputs[0]
    let layout = try Layout.plain([channels.scale.count])
    let scale = try parameter(node, .scale, channels.scale, source: layout, layout: layout)
    let shift = try parameter(node, .shift, channels.shift, source: layout, layout: layout)
    let argument = try slot(source)
    define(
      group.output,
      try scaled(argument, by: scale, shift: shift, relu: group.activation != nil, node: node.name))
    return { [self] gradient in
      let upstream = try pullBackPostOperations(group, gradient)
      try differentiateParameters(of: node, upstream: upstream)
      let zeros = try constant(
        [Float](repeating: 0, count: channels.scale.count), source: layout, layout: layout)
      try accumulate(scaled(upstream, by: scale, shift: zeros, relu: false, node: node.name), into: source)
    }
  }

  /// ∂L/∂scale = Σ v·x and ∂L/∂shift = Σ v, over rows and places.
  private func differentiateParameters(of node: Node, upstream: Slot) throws {
    let shape = shape(node.output)
    let channels = shape[1]
    let scale = try parameterGradient(node, .scale, layout: .plain([channels]))
    let shift = try parameterGradient(node, .shift, layout: .plain([channels]))
    guard scale != nil || shift != nil else { return }
    let places = shape.dropFirst(2).reduce(1, *)
    let v = try reorder(upstream, to: .plain(shape))
    let x = try plainSlot(node.inputs[0])
    emit(reads: [v, x], writes: [scale, shift].compactMap { $0 }) {
      for channel in 0..<channels {
        var (products, sums): (Float, Float) = (0, 0)
        for row in 0..<shape[0] {
          let start = (row * channels + channel) * places
          let (upstream, argument) = (v.floats + start, x.floats + start)
          for place in 0..<places {
            products += upstream[place] * argument[place]
            sums += upstream[place]
          }
        }
        scale?.floats[channel] = products
        shift?.floats[channel] = sums
      }
    }
  }

  /// scale·x + shift by channel: the kernel library's normalisation without a mean or a variance, which passes over
  /// x once where its product and sum with a vector pass twice, and slowly.
  private func scaled(
    _ argument: Slot, by scale: Slot, shift: Slot, relu: Bool, node: String
  ) throws -> Slot {
    let primitive = try Primitive("a map of channels", node: node) { descriptor, attributes in
      cdnnl_normalization_forward(
        descriptor, context.engine, argument.layout.handle, relu ? 1 : 0, attributes)
    }
    let channels = scale.layout.elementCount
    let zeros = try constant(
      [Float](repeating: 0, count: channels), source: scale.layout, layout: scale.layout)
    let result = temporary(argument.layout)
    try emit(
      primitive,
      [
        (DNNL_ARG_SRC, argument), (DNNL_ARG_DST, result), (DNNL_ARG_MEAN, zeros),
        (DNNL_ARG_VARIANCE, zeros), (DNNL_ARG_SCALE, scale), (DNNL_ARG_SHIFT, shift),
      ], writes: [DNNL_ARG_DST])
    return result
  }
}

extension Affine {
  /// Whether the map is one pass over the channels of a value, which a relu can join.
  func isByChannel(of shape: [Int]) -> Bool { numbers == nil && channels(of: shape) != nil }

  /// A scale and a shift for each channel when both depend on the channel alone and `shape` has spatial axes.
  fileprivate func channels(of shape: [Int]) -> (scale: [Float], shift: [Float])? {
    guard (3...5).contains(shape.count) else { return nil }
    func byChannel(_ tensor: Tensor?, or number: Float) -> [Float]? {
      guard let tensor, let first = tensor.elements.first else {
        return [Float](repeating: number, count: shape[1])
      }
      let padded = shape.dropFirst(tensor.shape.count).map { _ in 1 } + tensor.shape
      if padded == [1, shape[1]] + shape.dropFirst(2).map({ _ in 1 }) { return tensor.elements }
      return tensor.elements.count == 1 ? [Float](repeating: first, count: shape[1]) : nil
    }
    guard let scale = byChannel(scale, or: 1), let shift = byChannel(shift, or: 0) else { return nil }
    return (scale, shift)
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
