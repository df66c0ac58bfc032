import CDNNL

/// One compiled kernel: a primitive, the layouts it chose, and the scratch memory it needs.
final class Primitive {
  /// What it computes, such as "a convolution".
  let operation: String
  let descriptor: dnnl_primitive_desc_t
  let handle: dnnl_primitive_t

  /// Compiles the kernel that `describe` sets up; the attributes ask for caller-owned scratch memory.
  init(
    _ operation: String, node: String, postOperations: [PostOperation] = [],
    describe: (UnsafeMutablePointer<dnnl_primitive_desc_t?>, dnnl_primitive_attr_t) -> dnnl_status_t
  ) throws {
    var attributes: dnnl_primitive_attr_t?
    try check(cdnnl_attributes_create(&attributes), "attributes", node: node)
    guard let attributes else {
      throw EngineError.kernelRefused(operation: "attributes", node: node, status: -1)
    }
    defer { dnnl_primitive_attr_destroy(attributes) }
    try PostOperation.attach(postOperations, to: attributes, node: node)
    var descriptor: dnnl_primitive_desc_t?
    try check(describe(&descriptor, attributes), operation, node: node)
    guard let descriptor else {
      throw EngineError.kernelRefused(operation: operation, node: node, status: -1)
    }
    var handle: dnnl_primitive_t?
    let status = dnnl_primitive_create(&handle, descriptor)
    guard status == dnnl_success, let handle else {
      dnnl_primitive_desc_destroy(descriptor)
      throw EngineError.kernelRefused(operation: operation, node: node, status: Int(status.rawValue))
    }
    self.operation = operation
    self.descriptor = descriptor
    self.handle = handle
  }

  deinit {
    dnnl_primitive_destroy(handle)
    dnnl_primitive_desc_destroy(descriptor)
  }

  /// The layout chosen for an argument, or `nil` when the kernel has no such argument.
  func layout(_ query: dnnl_query_t, shape: [Int]) throws -> Layout? {
    var result: cdnnl_layout?
    try check(cdnnl_query_layout(&result, descriptor, query, 0), "a query")
    return result.map { .adopting($0, shape: shape) }
  }

  /// The layout chosen for an argument that the kernel must have.
  func requiredLayout(_ query: dnnl_query_t, shape: [Int]) throws -> Layout {
    guard let layout = try layout(query, shape: shape) else {
      throw EngineError.kernelRefused(operation: "a query", node: "", status: Int(query.rawValue))
    }
    return layout
  }

  /// Whether the kernel was made for this machine, not a portable stand-in.
  var isOptimized: Bool {
    let name = String(cString: cdnnl_implementation(descriptor))
    return name.hasPrefix("jit") || name.hasPrefix("brg")
  }

  /// The layout of the scratch memory, or `nil` when none is needed.
  func scratchpad() throws -> Layout? {
    guard let layout = try layout(dnnl_query_scratchpad_md, shape: []), layout.byteCount > 0 else {
      return nil
    }
    return layout
  }
}

/// What a convolution or a matrix product does to its result before writing it.
enum PostOperation {
  /// Adds what the destination held before.
  case sum
  /// Applies a function of one number.
  case eltwise(EltwiseKernel)

  static func attach(_ operations: [PostOperation], to attributes: dnnl_primitive_attr_t, node: String) throws
  {
    guard !operations.isEmpty else { return }
    var list: dnnl_post_ops_t?
    try check(dnnl_post_ops_create(&list), "post-operations", node: node)
    guard let list else { return }
    defer { dnnl_post_ops_destroy(list) }
    for operation in operations {
      switch operation {
      case .sum:
        try check(cdnnl_append_sum(list), "a sum", node: node)
      case .eltwise(let kernel):
        try check(
          cdnnl_append_eltwise(list, kernel.kind, kernel.alpha, kernel.beta), "a function", node: node)
      }
    }
    try check(dnnl_primitive_attr_set_post_ops(attributes, list), "post-operations", node: node)
  }
}
