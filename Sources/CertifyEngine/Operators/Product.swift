import CertifyModel

extension PlanBuilder {
  /// y = Π xᵢ over some axes; the product gives each xᵢ the product of the others, which holds at zeros too.
  func product(_ node: Node, _ map: IndexMap, kept: [Int]) throws -> Pullback {
    let source = node.inputs[0]
    let input = try plainSlot(source)
    let output = temporary(try .plain(kept))
    // Of the numbers that are not 0, and how many are.
    let (rest, zeros) = (temporary(output.layout), temporary(output.layout))
    let (extent, total) = (map.sources.count, map.sourceCount)
    emit(reads: [input], writes: [output, rest, zeros]) {
      rest.floats.update(repeating: 1, count: map.repetitions * total)
      zeros.floats.update(repeating: 0, count: map.repetitions * total)
      for repetition in 0..<map.repetitions {
        for i in 0..<extent {
          let x = input.floats[repetition * extent + i]
          let place = repetition * total + Int(map.sources[i])
          if x == 0 { zeros.floats[place] += 1 } else { rest.floats[place] *= x }
        }
      }
      for place in 0..<map.repetitions * total {
        output.floats[place] = zeros.floats[place] == 0 ? rest.floats[place] : 0
      }
    }
    define(node.output, try view(output, as: shape(node.output)))
    return { [self] gradient in
      let upstream = try view(reorder(gradient, to: .plain(shape(node.output))), as: kept)
      let downstream = temporary(input.layout)
      emit(reads: [upstream, input, rest, zeros], writes: [downstream]) {
        for repetition in 0..<map.repetitions {
          for i in 0..<extent {
            let x = input.floats[repetition * extent + i]
            let place = repetition * total + Int(map.sources[i])
            let others = zeros.floats[place] - (x == 0 ? 1 : 0)
            let product = others > 0 ? 0 : x == 0 ? rest.floats[place] : rest.floats[place] / x
            downstream.floats[repetition * extent + i] = upstream.floats[place] * product
          }
        }
      }
      try accumulate(downstream, into: source)
    }
  }
}
