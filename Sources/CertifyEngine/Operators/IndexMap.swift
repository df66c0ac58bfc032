/// For each element of a result, the element of the source it is taken from.
///
/// When the batch axis is untouched the map describes one row and is applied to each.
struct IndexMap {
  /// Positions in the source; `nil` elements (a constant) are −1.
  let sources: [Int32]
  /// Elements of the source that one application covers.
  let sourceCount: Int
  /// How often the map is applied, one after another.
  let repetitions: Int

  var isIdentity: Bool {
    sources.count == sourceCount && sources.enumerated().allSatisfy { $0.offset == Int($0.element) }
  }

  /// Builds the map by asking for the source coordinates of each result coordinate; `nil` is a constant.
  static func make(
    from source: [Int], to result: [Int], batchIsUntouched: Bool, _ locate: ([Int]) -> [Int]?
  ) -> IndexMap {
    let shared = batchIsUntouched && source.first == result.first && !source.isEmpty
    let sourceShape = shared ? [1] + source.dropFirst() : source
    let resultShape = shared ? [1] + result.dropFirst() : result
    var strides = [Int](repeating: 1, count: sourceShape.count)
    for axis in stride(from: sourceShape.count - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * sourceShape[axis + 1]
    }
    let count = resultShape.reduce(1, *)
    var sources = [Int32]()
    sources.reserveCapacity(count)
    var coordinates = [Int](repeating: 0, count: resultShape.count)
    for _ in 0..<count {
      if let place = locate(coordinates) {
        sources.append(Int32(truncatingIfNeeded: zip(place, strides).reduce(0) { $0 + $1.0 * $1.1 }))
      } else {
        sources.append(-1)
      }
      for axis in stride(from: resultShape.count - 1, through: 0, by: -1) {
        coordinates[axis] += 1
        if coordinates[axis] < resultShape[axis] { break }
        coordinates[axis] = 0
      }
    }
    return IndexMap(
      sources: sources, sourceCount: sourceShape.reduce(1, *), repetitions: shared ? source[0] : 1)
  }

  /// The map that repeats axes of extent 1, aligned at the last axis.
  static func broadcast(from source: [Int], to result: [Int]) -> IndexMap {
    let offset = result.count - source.count
    let untouched = offset == 0
    return make(from: source, to: result, batchIsUntouched: untouched) { coordinates in
      source.indices.map { source[$0] == 1 ? 0 : coordinates[$0 + offset] }
    }
  }

  /// result[i] = source[map i], or `constant`.
  func gather(_ source: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>, constant: Float) {
    sources.withUnsafeBufferPointer { sources in
      for repetition in 0..<repetitions {
        let from = source + repetition * sourceCount
        let to = result + repetition * sources.count
        for i in sources.indices {
          let place = sources[i]
          to[i] = place < 0 ? constant : from[Int(place)]
        }
      }
    }
  }

  /// source[j] = Σ result[i] over the i that are taken from j: the transpose of `gather`.
  func scatter(_ result: UnsafePointer<Float>, into source: UnsafeMutablePointer<Float>) {
    source.update(repeating: 0, count: sourceCount * repetitions)
    sources.withUnsafeBufferPointer { sources in
      for repetition in 0..<repetitions {
        let to = source + repetition * sourceCount
        let from = result + repetition * sources.count
        for i in sources.indices where sources[i] >= 0 { to[Int(sources[i])] += from[i] }
      }
    }
  }
}

extension PlanBuilder {
  /// A plain slot taken through a map.
  func expand(_ slot: Slot, _ map: IndexMap, to shape: [Int], constant: Float = 0) throws -> Slot {
    guard !map.isIdentity else { return try view(slot, as: shape) }
    let result = temporary(try .plain(shape))
    emit(reads: [slot], writes: [result]) {
      map.gather(slot.floats, into: result.floats, constant: constant)
    }
    return result
  }

  /// A plain gradient taken back through a map.
  func contract(_ slot: Slot, _ map: IndexMap, to shape: [Int]) throws -> Slot {
    guard !map.isIdentity else { return try view(slot, as: shape) }
    let result = temporary(try .plain(shape))
    emit(reads: [slot], writes: [result]) { map.scatter(slot.floats, into: result.floats) }
    return result
  }
}
