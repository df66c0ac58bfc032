extension Graph {
  /// Folds an affine map after a convolution or linear layer into it, where it has one number an output.
  mutating func foldAffinesBackward() -> Bool {
    let links = Links(self)
    var changed = false
    for index in nodes.indices {
      guard let next = links.onlyConsumer(nodes[index].output),
        case .affine(let affine) = nodes[next].operation,
        shape(nodes[next].output) == shape(nodes[index].output)
      else { continue }
      let rank = shape(nodes[index].output).count
      switch nodes[index].operation {
      case .linear(var linear):
        guard
          let map = channels(affine, rank: rank, axis: rank - 1, extent: linear.weights.shape[0]),
          let folded = after(map, linear.weights, linear.bias)
        else { continue }
        (linear.weights, linear.bias) = folded
        nodes[index].operation = .linear(linear)
      case .convolution(var convolution):
        guard
          let map = channels(affine, rank: rank, axis: 1, extent: convolution.weights.shape[0]),
          let folded = after(map, convolution.weights, convolution.bias)
        else { continue }
        (convolution.weights, convolution.bias) = folded
        nodes[index].operation = .convolution(convolution)
      default: continue
      }
      // The layer now makes what the affine map made; the latter becomes a copy that is dropped.
      let between = nodes[index].output
      nodes[index].output = nodes[next].output
      nodes[next] = Node(
        name: nodes[next].name, operation: .reshape, inputs: [nodes[next].output], output: between)
      changed = true
    }
    return changed
  }

  /// Folds an affine map before a linear layer or a convolution into it.
  ///
  /// A convolution must be without padding, or the map without a shift: zeros are padded after the map.
  mutating func foldAffinesForward() -> Bool {
    let links = Links(self)
    var changed = false
    for index in nodes.indices {
      guard case .affine(let affine) = nodes[index].operation,
        let next = links.onlyConsumer(nodes[index].output),
        shape(nodes[index].output) == shape(nodes[index].inputs[0]), AffineArithmetic.isSmall(affine.shift)
      else { continue }
      let rank = shape(nodes[index].output).count
      switch nodes[next].operation {
      case .linear(var linear):
        guard
          let map = channels(affine, rank: rank, axis: rank - 1, extent: linear.weights.shape[1]),
          let folded = before(map, linear.weights, linear.bias, groups: 1)
        else { continue }
        (linear.weights, linear.bias) = folded
        nodes[next].operation = .linear(linear)
      case .convolution(var convolution):
        let isPadded = (convolution.padsBegin + convolution.padsEnd).contains { $0 > 0 }
        guard !isPadded || AffineArithmetic.isZero(affine.shift),
          let map = channels(
            affine, rank: rank, axis: 1, extent: convolution.weights.shape[1] * convolution.groups),
          let folded = before(map, convolution.weights, convolution.bias, groups: convolution.groups)
        else { continue }
        (convolution.weights, convolution.bias) = folded
        nodes[next].operation = .convolution(convolution)
      default: continue
      }
      nodes[next].inputs = nodes[index].inputs
      changed = true
    }
    return changed
  }

  private struct ChannelMap {
    var scale: [Double]?
    var shift: [Double]?
  }

  private func channels(_ affine: Affine, rank: Int, axis: Int, extent: Int) -> ChannelMap? {
    func vector(_ tensor: Tensor?) -> [Double]?? {
      guard let tensor else { return .some(nil) }
      return AffineArithmetic.perChannel(tensor, rank: rank, axis: axis, extent: extent)
        .map { .some($0) } ?? .none
    }
    guard let scale = vector(affine.scale), let shift = vector(affine.shift) else { return nil }
    return ChannelMap(scale: scale, shift: shift)
  }

  /// w′ₒ = sₒ·wₒ and b′ₒ = sₒ·bₒ + tₒ.
  private func after(_ map: ChannelMap, _ weights: Tensor, _ bias: Tensor?) -> (Tensor, Tensor?)? {
    let outputs = weights.shape[0]
    var newWeights = weights
    if let scale = map.scale {
      let size = weights.elements.count / outputs
      let scaled = [Float](unsafeUninitializedCapacity: weights.elements.count) { buffer, count in
        for place in weights.elements.indices {
          buffer[place] = Float(Double(weights.elements[place]) * scale[place / size])
        }
        count = weights.elements.count
      }
      guard scaled.allSatisfy(\.isFinite) else { return nil }
      newWeights = Tensor(shape: weights.shape, elements: scaled)
    }
    if bias == nil, map.shift == nil { return (newWeights, nil) }
    let shifted = (0..<outputs).map { output -> Double in
      let old = bias.map { Double($0.elements[output]) } ?? 0
      return (map.scale?[output] ?? 1) * old + (map.shift?[output] ?? 0)
    }
    guard let newBias = AffineArithmetic.rounded(shifted, shape: [outputs]) else { return nil }
    return (newWeights, newBias)
  }

  /// w′ₒᵢ = wₒᵢ·sᵢ and b′ₒ = bₒ + Σᵢ wₒᵢ·tᵢ, where the sum also runs over a kernel's taps.
  private func before(
    _ map: ChannelMap, _ weights: Tensor, _ bias: Tensor?, groups: Int
  ) -> (Tensor, Tensor?)? {
    let outputs = weights.shape[0]
    let inputsPerGroup = weights.shape[1]
    let taps = weights.shape.dropFirst(2).reduce(1, *)
    var scaled = weights.elements
    var sums = [Double](repeating: 0, count: outputs)
    for output in 0..<outputs {
      let group = output / (outputs / groups)
      for input in 0..<inputsPerGroup {
        let channel = group * inputsPerGroup + input
        let start = (output * inputsPerGroup + input) * taps
        for place in start..<(start + taps) {
          let weight = Double(weights.elements[place])
          if let shift = map.shift { sums[output] += weight * shift[channel] }
          if let scale = map.scale { scaled[place] = Float(weight * scale[channel]) }
        }
      }
    }
    guard scaled.allSatisfy(\.isFinite) else { return nil }
    let newWeights = Tensor(shape: weights.shape, elements: scaled)
    if map.shift == nil { return (newWeights, bias) }
    let shifted = (0..<outputs).map { output -> Double in
      sums[output] + (bias.map { Double($0.elements[output]) } ?? 0)
    }
    guard let newBias = AffineArithmetic.rounded(shifted, shape: [outputs]) else { return nil }
    return (newWeights, newBias)
  }
}
