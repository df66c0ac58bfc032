extension Graph {
  /// s₂·(s₁·x + t₁) + t₂ = (s₂s₁)·x + (s₂t₁ + t₂).
  mutating func mergeAffines() -> Bool {
    let links = Links(self)
    var changed = false
    for index in nodes.indices {
      guard case .affine(let first) = nodes[index].operation,
        let next = links.onlyConsumer(nodes[index].output),
        case .affine(let second) = nodes[next].operation,
        let merged = merged(first, second)
      else { continue }
      nodes[next].operation = .affine(merged)
      nodes[next].inputs = nodes[index].inputs
      // The first one is dead now; were it looked at again in this pass, its reader would be the second still.
      nodes[index].operation = .reshape
      changed = true
    }
    return changed
  }

  private func merged(_ first: Affine, _ second: Affine) -> Affine? {
    var scale = first.scale ?? second.scale
    if first.scale != nil, second.scale != nil {
      guard let product = AffineArithmetic.combine(first.scale, or: 1, second.scale, or: 1, *) else {
        return nil
      }
      scale = product
    }
    var shift = second.shift
    if first.shift != nil {
      guard let moved = AffineArithmetic.combine(first.shift, or: 0, second.scale, or: 1, *),
        first.scale != nil || second.scale == nil || AffineArithmetic.isSmall(moved),
        // From the unrounded numbers where all three are there, so that rounding happens once.
        let sum = fused(first.shift, second.scale, second.shift)
      else { return nil }
      shift = sum
    }
    return Affine(scale: scale, shift: shift)
  }

  /// s·t₁ + t₂.
  private func fused(_ first: Tensor?, _ scale: Tensor?, _ second: Tensor?) -> Tensor? {
    guard let first else { return second }
    guard let scale else { return AffineArithmetic.combine(first, or: 0, second, or: 0, +) }
    guard let second else { return AffineArithmetic.combine(first, or: 0, scale, or: 1, *) }
    guard let partial = Extents.broadcast(first.shape, scale.shape),
      let shape = Extents.broadcast(partial, second.shape), let count = Extents.product(shape),
      count <= max(first.elements.count, scale.elements.count, second.elements.count, 4096)
    else { return nil }
    let indices = [first, scale, second].map { Extents.broadcastIndices($0.shape, to: shape) }
    let elements = (0..<count).map { place in
      Double(first.elements[indices[0][place]]) * Double(scale.elements[indices[1][place]])
        + Double(second.elements[indices[2][place]])
    }
    return AffineArithmetic.rounded(elements, shape: shape)
  }

  /// Moves an affine map from before a reshape to after it where a linear layer follows, so that it can be
  /// folded into that.
  mutating func sinkAffinesBelowReshapes(batchAxes: [ValueID: Int]) -> Bool {
    let links = Links(self)
    for index in nodes.indices {
      guard case .affine(let affine) = nodes[index].operation,
        let reshape = links.onlyConsumer(nodes[index].output), case .reshape = nodes[reshape].operation,
        let next = links.onlyConsumer(nodes[reshape].output), case .linear = nodes[next].operation
      else { continue }
      let from = shape(nodes[index].output)
      let to = shape(nodes[reshape].output)
      guard batchAxes[nodes[index].output] == 0, batchAxes[nodes[reshape].output] == 0,
        from == shape(nodes[index].inputs[0]), to.count == 2, to[0] == from[0],
        AffineArithmetic.isSmall(affine.shift)
      else { continue }
      let scale = affine.scale.flatMap { row($0, of: from) }
      let shift = affine.shift.flatMap { row($0, of: from) }
      guard (scale == nil) == (affine.scale == nil), (shift == nil) == (affine.shift == nil) else { continue }

      // The two nodes exchange what they do; the value between them takes the reshape's shape.
      values[nodes[index].output].shape = to
      nodes[index].operation = .reshape
      nodes[reshape].operation = .affine(Affine(scale: scale, shift: shift))
      return true
    }
    return false
  }

  /// The constant broadcast to one row of a value, as a vector; numbers stay numbers.
  private func row(_ tensor: Tensor, of shape: [Int]) -> Tensor? {
    if tensor.elements.count == 1 { return Tensor(shape: [], elements: tensor.elements) }
    let row = Array(shape.dropFirst())
    let own = tensor.shape.count == shape.count ? Array(tensor.shape.dropFirst()) : tensor.shape
    guard own.count <= row.count, tensor.shape.count < shape.count || tensor.shape[0] == 1,
      let count = Extents.product(row)
    else { return nil }
    return Tensor(
      shape: [count], elements: Extents.broadcastIndices(own, to: row).map { tensor.elements[$0] })
  }
}
