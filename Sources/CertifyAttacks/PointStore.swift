/// Points side by side, [count, d]: what the runs of an attack remember between queries.
final class PointStore {
  let count: Int
  let dimension: Int
  private let memory: UnsafeMutableBufferPointer<Float>

  init(count: Int, dimension: Int) {
    self.count = count
    self.dimension = dimension
    memory = .allocate(capacity: count * dimension)
    memory.initialize(repeating: 0)
  }

  deinit { memory.deallocate() }

  /// Point `index`.
  subscript(index: Int) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(rebasing: memory[index * dimension..<(index + 1) * dimension])
  }

  /// Overwrites point `index`.
  func set(_ index: Int, to point: UnsafeBufferPointer<Float>) {
    let row = self[index]
    for i in 0..<dimension { row[i] = point[i] }
  }

  /// Overwrites point `index`.
  func set(_ index: Int, to point: [Float]) { point.withUnsafeBufferPointer { set(index, to: $0) } }
}
