/// Row-major index arithmetic on shapes whose sizes were checked.
enum Shape {
  /// The product of the extents, or `nil` when one is negative or the product overflows.
  static func size(_ shape: [Int]) -> Int? {
    var size = 1
    for extent in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow else { return nil }
      size = product
    }
    return size
  }

  static func strides(_ shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in stride(from: shape.count - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * shape[axis + 1]
    }
    return strides
  }

  /// Calls `body` with every multi-index of `shape`, in row-major order.
  static func forEachIndex(_ shape: [Int], _ body: (_ flat: Int, _ index: [Int]) -> Void) {
    guard let size = size(shape), size > 0 else { return }
    var index = [Int](repeating: 0, count: shape.count)
    for flat in 0..<size {
      body(flat, index)
      for axis in stride(from: shape.count - 1, through: 0, by: -1) {
        index[axis] += 1
        if index[axis] < shape[axis] { break }
        index[axis] = 0
      }
    }
  }

  /// For each element of `target` the element of `source` that ONNX broadcasting gives it, or `nil` when the
  /// shapes do not fit.
  static func broadcastMap(from source: [Int], to target: [Int]) -> [Int]? {
    guard source.count <= target.count, let size = size(target) else { return nil }
    let offset = target.count - source.count
    var steps = [Int](repeating: 0, count: target.count)
    for (axis, step) in strides(source).enumerated() where source[axis] != 1 {
      guard source[axis] == target[axis + offset] else { return nil }
      steps[axis + offset] = step
    }
    var map = [Int](repeating: 0, count: size)
    forEachIndex(target) { flat, index in
      var position = 0
      for axis in index.indices { position += index[axis] * steps[axis] }
      map[flat] = position
    }
    return map
  }
}
