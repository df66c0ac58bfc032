import CertifyModel

extension PlanBuilder {
  /// Transpose, pad, slice and broadcast: elements taken from other places; the product puts them back.
  func rearrangement(_ node: Node) throws -> Pullback {
    let source = shape(node.inputs[0])
    let result = shape(node.output)
    let (map, constant) = try IndexMap.rearranging(node, from: source, to: result)
    define(node.output, try expand(plainSlot(node.inputs[0]), map, to: result, constant: constant))
    return { [self] gradient in
      try accumulate(contract(reorder(gradient, to: .plain(result)), map, to: source), into: node.inputs[0])
    }
  }

  /// The same elements under another shape.
  func reshape(_ node: Node) throws -> Pullback {
    let source = shape(node.inputs[0])
    let result = shape(node.output)
    define(node.output, try view(plainSlot(node.inputs[0]), as: result))
    return { [self] gradient in
      try accumulate(view(reorder(gradient, to: .plain(result)), as: source), into: node.inputs[0])
    }
  }
}

extension IndexMap {
  fileprivate static func rearranging(
    _ node: Node, from source: [Int], to result: [Int]
  ) throws -> (IndexMap, constant: Float) {
    switch node.operation {
    case .broadcast:
      return (broadcast(from: source, to: result), 0)
    case .transpose(let permutation):
      let map = make(from: source, to: result, batchIsUntouched: permutation.first == 0) { coordinates in
        var place = coordinates
        for (axis, origin) in permutation.enumerated() { place[origin] = coordinates[axis] }
        return place
      }
      return (map, 0)
    case .slice(let slice):
      let whole = slice.starts.first == 0 && slice.steps.first == 1
      let map = make(from: source, to: result, batchIsUntouched: whole) { coordinates in
        coordinates.indices.map { slice.starts[$0] + coordinates[$0] * slice.steps[$0] }
      }
      return (map, 0)
    case .padding(let padding):
      let map = make(from: source, to: result, batchIsUntouched: true) { coordinates in
        padding.locate(coordinates, in: source)
      }
      if case .constant(let value) = padding.mode { return (map, value) }
      return (map, 0)
    default:
      throw EngineError.unsupported(node: node.name, reason: "the operation does not move elements")
    }
  }
}

extension Padding {
  /// The source of a padded element, or `nil` where the constant stands.
  fileprivate func locate(_ coordinates: [Int], in shape: [Int]) -> [Int]? {
    var place = coordinates
    for axis in coordinates.indices {
      let extent = shape[axis]
      let at = coordinates[axis] - before[axis]
      guard at < 0 || at >= extent else {
        place[axis] = at
        continue
      }
      switch mode {
      case .constant: return nil
      case .edge: place[axis] = min(max(at, 0), extent - 1)
      case .reflect:
        let period = max(2 * (extent - 1), 1)
        let phase = ((at % period) + period) % period
        place[axis] = phase < extent ? phase : period - phase
      }
    }
    return place
  }
}
