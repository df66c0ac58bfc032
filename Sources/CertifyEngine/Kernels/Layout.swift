import CDNNL

/// How the elements of a tensor lie in memory.
final class Layout {
  let handle: cdnnl_layout
  let shape: [Int]

  private init(handle: cdnnl_layout, shape: [Int]) {
    self.handle = handle
    self.shape = shape
  }

  deinit {
    cdnnl_layout_destroy(handle)
  }

  /// The bytes a buffer of this layout needs, padding included.
  var byteCount: Int { cdnnl_layout_bytes(handle) }

  /// The number of elements, padding excluded.
  var elementCount: Int { shape.reduce(1, *) }

  /// Row-major without padding.
  static func plain(_ shape: [Int]) throws -> Layout {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in stride(from: shape.count - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * max(shape[axis + 1], 1)
    }
    return try strided(shape, strides: strides)
  }

  /// With a stride for each axis, in elements.
  static func strided(_ shape: [Int], strides: [Int]) throws -> Layout {
    try make(shape) { result, extents in
      cdnnl_layout_strided(
        result, Int32(extents.count), extents, strides.isEmpty ? [1] : strides.map(Int64.init))
    }
  }

  /// Whatever the primitive that is made with it likes best.
  static func any(_ shape: [Int]) throws -> Layout {
    try make(shape) { result, extents in cdnnl_layout_any(result, Int32(extents.count), extents) }
  }

  /// With the channels, axis 1, in blocks of 16 that lie innermost; for 1 to 3 spatial axes.
  static func blocked(_ shape: [Int]) throws -> Layout {
    try make(shape) { result, extents in cdnnl_layout_blocked16(result, Int32(extents.count), extents) }
  }

  /// Takes over a handle that a query returned.
  static func adopting(_ handle: cdnnl_layout, shape: [Int]) -> Layout {
    Layout(handle: handle, shape: shape)
  }

  func isEqual(to other: Layout) -> Bool {
    self === other || cdnnl_layout_equal(handle, other.handle) != 0
  }

  /// Whether the elements lie in row-major order without padding.
  func isPlain() throws -> Bool {
    try isEqual(to: .plain(shape))
  }

  private static func make(
    _ shape: [Int], _ create: (UnsafeMutablePointer<cdnnl_layout?>, [Int64]) -> dnnl_status_t
  ) throws -> Layout {
    let extents = shape.isEmpty ? [1] : shape.map(Int64.init)
    var result: cdnnl_layout?
    let status = create(&result, extents)
    guard status == dnnl_success, let result else {
      throw EngineError.kernelRefused(
        operation: "a layout of \(shape)", node: "", status: Int(status.rawValue))
    }
    return Layout(handle: result, shape: shape.isEmpty ? [1] : shape)
  }
}
