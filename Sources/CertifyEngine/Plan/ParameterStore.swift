import CDNNL
import CertifyModel

/// The trainable parameters of a plan, row-major one after another, their gradients in the same order, and the steps
/// that bring changed parameters into the layouts of the kernels.
final class ParameterStore {
  let views: [ParameterView]
  let parameters: UnsafeMutableBufferPointer<Float>
  let gradients: UnsafeMutableBufferPointer<Float>
  /// What runs after the parameters have changed.
  fileprivate(set) var loading: [Step] = []
  private let places: [ValueID: [ParameterView.Role: ParameterView]]

  init(graph: Graph, arena: Arena) {
    views = graph.parameterViews
    let numbers = graph.parameters
    let bytes = numbers.count * MemoryLayout<Float>.stride
    parameters = UnsafeMutableBufferPointer(
      start: arena.allocate(byteCount: bytes).assumingMemoryBound(to: Float.self), count: numbers.count)
    gradients = UnsafeMutableBufferPointer(
      start: arena.allocate(byteCount: bytes).assumingMemoryBound(to: Float.self), count: numbers.count)
    _ = parameters.update(fromContentsOf: numbers)
    places = views.reduce(into: [:]) { $0[$1.node, default: [:]][$1.role] = $1 }
  }

  /// Where a constant of a node lies, or `nil` when it is none of the parameters.
  func view(_ node: Node, _ role: ParameterView.Role) -> ParameterView? { places[node.output]?[role] }

  /// Whether the buffer is a part of the gradients.
  func holds(gradient buffer: Buffer) -> Bool {
    guard let base = gradients.baseAddress else { return false }
    let (start, end) = (UnsafeMutableRawPointer(base), UnsafeMutableRawPointer(base + gradients.count))
    return buffer.address >= start && buffer.address < end
  }

  /// A part of the vectors as a slot.
  fileprivate func slot(
    _ view: ParameterView, in vector: UnsafeMutableBufferPointer<Float>, layout: Layout
  ) -> Slot? {
    vector.baseAddress.map { base in
      Slot(
        buffer: Buffer(
          byteCount: view.range.count * MemoryLayout<Float>.stride, kind: .pinned,
          address: UnsafeMutableRawPointer(base + view.range.lowerBound)),
        layout: layout)
    }
  }
}

extension PlanBuilder {
  /// A constant of a node in the layout asked for: one that stays, or a parameter that is loaded anew when it changes.
  ///
  /// - Parameter source: the layout of `elements`, which a parameter has too.
  func parameter(
    _ node: Node, _ role: ParameterView.Role, _ elements: [Float], source: Layout, layout: Layout
  ) throws -> Slot {
    let result = try constant(elements, source: source, layout: layout)
    guard let store = trainable, let view = store.view(node, role),
      let given = store.slot(view, in: store.parameters, layout: source)
    else { return result }
    if source.isEqual(to: layout) {
      let count = view.range.count
      let step = Step(
        action: .function { result.floats.update(from: given.floats, count: count) }, reads: [given.buffer],
        writes: [result.buffer])
      store.loading.append(step)
    } else {
      let primitive = try reorderPrimitive(from: source, to: layout)
      var arguments = [(DNNL_ARG_FROM, given), (DNNL_ARG_TO, result)]
      if let scratch = try primitive.scratchpad() { arguments.append((DNNL_ARG_SCRATCHPAD, pinned(scratch))) }
      store.loading.append(
        Step(
          action: .primitive(primitive, arguments: arguments), reads: [given.buffer],
          writes: [result.buffer]))
    }
    return result
  }

  /// Where the gradient of a node's constant is written, in the layout given; `nil` when it is none of the
  /// parameters.
  func parameterGradient(_ node: Node, _ role: ParameterView.Role, layout: Layout) -> Slot? {
    guard let store = trainable, let view = store.view(node, role) else { return nil }
    return store.slot(view, in: store.gradients, layout: layout)
  }
}
