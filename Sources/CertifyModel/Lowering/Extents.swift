/// Arithmetic on extents that come from files.
enum Extents {
  /// The largest number of elements that a constant, or a value of any batch, may have.
  static let maximumElements = 1 << 32
  /// The largest number of elements that a value of the file's own batch may have: 1 GiB.
  static let maximumValueElements = 1 << 28
  /// The largest rank.
  static let maximumRank = 16

  /// The product, or `nil` when an extent is negative or the product or the rank is too large.
  static func product(_ shape: some Collection<Int>) -> Int? {
    guard shape.count <= maximumRank else { return nil }
    var product = 1
    var isEmpty = false
    for extent in shape {
      if extent < 0 { return nil }
      if extent == 0 {
        isEmpty = true
        continue
      }
      let (next, overflow) = product.multipliedReportingOverflow(by: extent)
      if overflow || next > maximumElements { return nil }
      product = next
    }
    return isEmpty ? 0 : product
  }

  /// The shape that two shapes broadcast to, aligned at their last axes, or `nil` when they do not.
  static func broadcast(_ a: [Int], _ b: [Int]) -> [Int]? {
    let rank = max(a.count, b.count)
    var result = [Int](repeating: 1, count: rank)
    for axis in 0..<rank {
      let left = axis < rank - a.count ? 1 : a[axis - (rank - a.count)]
      let right = axis < rank - b.count ? 1 : b[axis - (rank - b.count)]
      guard left == right || left == 1 || right == 1 else { return nil }
      result[axis] = left == 1 ? right : left
    }
    return result
  }

  /// Row-major strides.
  static func strides(_ shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    var stride = 1
    for axis in shape.indices.reversed() {
      strides[axis] = stride
      stride *= max(shape[axis], 1)
    }
    return strides
  }

  /// Row-major positions in an array of shape `from`, in the row-major order of its broadcast to `to`.
  ///
  /// - Precondition: `from` broadcasts to `to`, whose product is known to be in range.
  static func broadcastIndices(_ from: [Int], to: [Int]) -> [Int] {
    let offset = to.count - from.count
    let own = strides(from)
    var steps = [Int](repeating: 0, count: to.count)
    for axis in from.indices where from[axis] != 1 { steps[axis + offset] = own[axis] }
    return indices(shape: to, start: 0, steps: steps)
  }

  /// start + Σ iₖ·steps[k] for every index i of `shape`, in row-major order.
  static func indices(shape: [Int], start: Int, steps: [Int]) -> [Int] {
    let count = shape.reduce(1, *)
    guard count > 0 else { return [] }
    var result: [Int] = []
    result.reserveCapacity(count)
    var index = [Int](repeating: 0, count: shape.count)
    var position = start
    for _ in 0..<count {
      result.append(position)
      var axis = shape.count - 1
      while axis >= 0 {
        index[axis] += 1
        position += steps[axis]
        if index[axis] < shape[axis] { break }
        position -= steps[axis] * shape[axis]
        index[axis] = 0
        axis -= 1
      }
    }
    return result
  }

  /// An axis counted from the front, or `nil` when it is out of range.
  static func axis(_ axis: Int, rank: Int) -> Int? {
    guard axis >= -rank, axis < rank else { return nil }
    return axis < 0 ? axis + rank : axis
  }
}
