import CertifyModel

extension PlanBuilder {
  /// The sum, mean, maximum, minimum or product over some axes.
  func reduction(_ reduction: Reduction, _ node: Node) throws -> Pullback {
    let source = shape(node.inputs[0])
    if reduction.kind == .mean, (3...5).contains(source.count), reduction.axes == Array(2..<source.count) {
      return try globalAverage(node, source)
    }
    let kept = source.indices.map { reduction.axes.contains($0) ? 1 : source[$0] }
    let map = IndexMap.broadcast(from: kept, to: source)
    switch reduction.kind {
    case .sum: return try sum(node, map, kept: kept, scale: 1)
    case .mean:
      let extent = reduction.axes.reduce(1) { $0 * source[$1] }
      return try sum(node, map, kept: kept, scale: 1 / Float(extent))
    case .maximum: return try extremum(node, map, kept: kept, sign: 1)
    case .minimum: return try extremum(node, map, kept: kept, sign: -1)
    case .product: return try product(node, map, kept: kept)
    case .argMaximum(let isLast): return try place(node, reduction, kept: kept, sign: 1, isLast: isLast)
    case .argMinimum(let isLast): return try place(node, reduction, kept: kept, sign: -1, isLast: isLast)
    }
  }

  /// The mean over all spatial axes is a pooling with one window; its kernel takes any layout.
  private func globalAverage(_ node: Node, _ source: [Int]) throws -> Pullback {
    let spatial = Array(source.dropFirst(2))
    let ones = [Int](repeating: 1, count: spatial.count)
    let zeros = [Int](repeating: 0, count: spatial.count)
    let window = Pooling(
      kind: .average(countsPadding: true), kernel: spatial, strides: ones, dilations: ones,
      padsBegin: zeros, padsEnd: zeros)
    return try pool(
      window, source: node.inputs[0], result: node.output, resultShape: source.prefix(2) + ones, node.name)
  }

  private func sum(_ node: Node, _ map: IndexMap, kept: [Int], scale: Float) throws -> Pullback {
    let source = node.inputs[0]
    let total = try contract(plainSlot(source), map, to: kept)
    let scaled = scale == 1 ? total : try eltwise(.linear(scale: scale, shift: 0), total, node: node.name)
    define(node.output, try view(scaled, as: shape(node.output)))
    return { [self] gradient in
      let upstream = try view(reorder(gradient, to: .plain(shape(node.output))), as: kept)
      let scaled =
        scale == 1 ? upstream : try eltwise(.linear(scale: scale, shift: 0), upstream, node: node.name)
      try accumulate(expand(scaled, map, to: shape(source)), into: source)
    }
  }

  /// The product sends v to the first element that attains the extremum.
  private func extremum(_ node: Node, _ map: IndexMap, kept: [Int], sign: Float) throws -> Pullback {
    let source = node.inputs[0]
    let input = try plainSlot(source)
    let output = temporary(try .plain(kept))
    let repeatedCount = map.sources.count
    let winners = pinned(try .plain([map.repetitions, map.sourceCount]))
    emit(reads: [input], writes: [output]) {
      for repetition in 0..<map.repetitions {
        let from = input.floats + repetition * repeatedCount
        let to = output.floats + repetition * map.sourceCount
        let winner = winners.buffer.address.assumingMemoryBound(to: Int32.self) + repetition * map.sourceCount
        winner.update(repeating: -1, count: map.sourceCount)
        for i in 0..<repeatedCount {
          let j = Int(map.sources[i])
          if winner[j] < 0 || sign * from[i] > sign * to[j] {
            to[j] = from[i]
            winner[j] = Int32(truncatingIfNeeded: i)
          }
        }
      }
    }
    define(node.output, try view(output, as: shape(node.output)))
    return { [self] gradient in
      let upstream = try view(reorder(gradient, to: .plain(shape(node.output))), as: kept)
      let downstream = temporary(input.layout)
      emit(reads: [upstream], writes: [downstream]) {
        downstream.floats.update(repeating: 0, count: map.repetitions * repeatedCount)
        for repetition in 0..<map.repetitions {
          let winner =
            winners.buffer.address.assumingMemoryBound(to: Int32.self) + repetition * map.sourceCount
          for j in 0..<map.sourceCount where winner[j] >= 0 {
            downstream.floats[repetition * repeatedCount + Int(winner[j])] =
              upstream.floats[repetition * map.sourceCount + j]
          }
        }
      }
      try accumulate(downstream, into: source)
    }
  }
}
