import CDNNL
import CertifyModel

/// Emits the steps that turn the gradient with respect to an operation's result into gradients with respect to
/// its inputs: the vector–Jacobian product.
typealias Pullback = (_ outputGradient: Slot) throws -> Void

/// Turns a graph into steps, one operation at a time.
///
/// An operation asks for its inputs in the layouts it wants, defines its output, and emits the steps in
/// between; its vector–Jacobian product does the same with gradients. Layouts stay as the kernels chose them
/// from one operation to the next; a reorder is emitted only where two disagree.
final class PlanBuilder {
  let graph: Graph
  let context: KernelContext
  let arena = Arena()
  /// Whether a backward part follows.
  let gradients: Bool
  let convolutionStyle: ConvolutionStyle
  /// The parameters that may change between runs, and their gradients; `nil` when all constants stay.
  let trainable: ParameterStore?
  /// Where constants are kept, when plans share them.
  private let memory: PlanMemory?
  private(set) var steps: [Step] = []
  private var values: [ValueID: [Slot]] = [:]
  private var valueGradients: [ValueID: Slot] = [:]
  /// The address of every temporary buffer until the plan is finished.
  private let unplaced: UnsafeMutableRawPointer
  private var biases: [ValueID: Slot] = [:]
  private var pullbacks: [ValueID: Pullback] = [:]
  /// How often each value will still be read.
  private var pendingReads: [Int]
  /// How many values that are still to be read lie in each buffer.
  private var tenants: [ObjectIdentifier: Int] = [:]

  init(
    graph: Graph, context: KernelContext, gradients: Bool, convolutions: ConvolutionArithmetic,
    isTrainable: Bool, memory: PlanMemory?
  ) {
    self.graph = graph
    self.memory = memory
    self.context = context
    self.gradients = gradients
    trainable = isTrainable ? ParameterStore(graph: graph, arena: arena) : nil
    convolutionStyle = ConvolutionStyle(graph: graph, arithmetic: convolutions)
    unplaced = arena.allocate(byteCount: Arena.alignment)
    pendingReads = [Int](repeating: 0, count: graph.values.count)
    for node in graph.nodes {
      for input in node.inputs { pendingReads[input] += 1 }
    }
    pendingReads[graph.output] += 1
  }

  func shape(_ value: ValueID) -> [Int] { graph.values[value].shape }

  // MARK: Buffers

  /// A buffer that shares memory with others, of `byteCount` bytes when those are more than the layout needs.
  func temporary(_ layout: Layout, byteCount: Int = 0) -> Slot {
    Slot(
      buffer: Buffer(byteCount: max(layout.byteCount, byteCount), kind: .temporary, address: unplaced),
      layout: layout)
  }

  /// A zeroed buffer of its own.
  func pinned(_ layout: Layout) -> Slot {
    Slot(
      buffer: Buffer(
        byteCount: layout.byteCount, kind: .pinned, address: arena.allocate(byteCount: layout.byteCount)),
      layout: layout)
  }

  /// A constant in the layout asked for; the numbers are given in the row-major order of `source`.
  func constant(_ elements: [Float], source: Layout, layout: Layout) throws -> Slot {
    guard let memory else {
      let result = pinned(layout)
      try write(elements, source: source, to: result)
      return result
    }
    let address = try memory.constant(byteCount: layout.byteCount) { address in
      let buffer = Buffer(byteCount: layout.byteCount, kind: .pinned, address: address)
      try write(elements, source: source, to: Slot(buffer: buffer, layout: layout))
    }
    return Slot(
      buffer: Buffer(byteCount: layout.byteCount, kind: .pinned, address: address), layout: layout)
  }

  private func write(_ elements: [Float], source: Layout, to result: Slot) throws {
    try elements.withUnsafeBufferPointer { numbers in
      guard let base = numbers.baseAddress else { return }
      guard !source.isEqual(to: result.layout) else {
        result.floats.update(from: base, count: numbers.count)
        return
      }
      // The reorder only reads its source.
      let given = Slot(
        buffer: Buffer(
          byteCount: source.byteCount, kind: .pinned, address: UnsafeMutableRawPointer(mutating: base)),
        layout: source)
      try PlanRunner.runOnce(
        reorderPrimitive(from: source, to: result.layout),
        arguments: [(DNNL_ARG_FROM, given), (DNNL_ARG_TO, result)], context: context)
    }
  }

  // MARK: Steps

  func emit(_ primitive: Primitive, _ arguments: [(Int32, Slot)], writes: [Int32]) throws {
    var all = arguments
    var written = arguments.filter { writes.contains($0.0) }.map(\.1.buffer)
    if let scratch = try primitive.scratchpad() {
      let slot = temporary(scratch)
      all.append((DNNL_ARG_SCRATCHPAD, slot))
      written.append(slot.buffer)
    }
    steps.append(
      Step(
        action: .primitive(primitive, arguments: all),
        reads: arguments.filter { !writes.contains($0.0) }.map(\.1.buffer), writes: written))
  }

  func emit(reads: [Slot], writes: [Slot], _ function: @escaping () -> Void) {
    steps.append(Step(action: .function(function), reads: reads.map(\.buffer), writes: writes.map(\.buffer)))
  }

  /// The contents of `slot` in another layout of the same shape.
  func reorder(_ slot: Slot, to layout: Layout) throws -> Slot {
    guard !slot.layout.isEqual(to: layout) else { return slot }
    let result = temporary(layout)
    try copy(slot, to: result)
    return result
  }

  /// Writes the contents of one slot to another of the same shape.
  func copy(_ source: Slot, to destination: Slot) throws {
    let primitive = try reorderPrimitive(from: source.layout, to: destination.layout)
    try emit(primitive, [(DNNL_ARG_FROM, source), (DNNL_ARG_TO, destination)], writes: [DNNL_ARG_TO])
  }

  /// The same elements as `slot`, which must be plain, under another shape.
  func view(_ slot: Slot, as shape: [Int]) throws -> Slot {
    Slot(buffer: slot.buffer, layout: try .plain(shape))
  }

  func reorderPrimitive(from source: Layout, to destination: Layout) throws -> Primitive {
    try Primitive("a reorder", node: "") { descriptor, attributes in
      cdnnl_reorder(descriptor, context.engine, source.handle, destination.handle, attributes)
    }
  }

  // MARK: Values

  /// The value as it lies now, in the layout it was computed in.
  func slot(_ value: ValueID) throws -> Slot {
    guard let slot = values[value]?.first else {
      throw EngineError.unsupported(
        node: graph.values[value].name, reason: "the value is used before it is computed")
    }
    return slot
  }

  /// The value in the layout asked for; a reorder is made at most once.
  func slot(_ value: ValueID, layout: Layout) throws -> Slot {
    let first = try slot(value)
    if let found = values[value]?.first(where: { $0.layout.isEqual(to: layout) }) { return found }
    let result = try reorder(first, to: layout)
    values[value]?.append(result)
    tenants[ObjectIdentifier(result.buffer), default: 0] += 1
    return result
  }

  /// The value in row-major order.
  func plainSlot(_ value: ValueID) throws -> Slot {
    try slot(value, layout: .plain(shape(value)))
  }

  func define(_ value: ValueID, _ slot: Slot) {
    values[value] = [slot]
    tenants[ObjectIdentifier(slot.buffer), default: 0] += 1
  }

  /// Whether the operation being emitted is the last to need the value, so that it may write over it.
  func mayOverwrite(_ value: ValueID) throws -> Bool {
    let buffer = try slot(value).buffer
    return !gradients && pendingReads[value] == 1 && buffer.kind == .temporary
      && tenants[ObjectIdentifier(buffer)] == 1
  }

  // MARK: Operations

  /// The bias of a linear layer whose forward steps have been emitted.
  func bias(_ node: Node) -> Slot? { biases[node.output] }

  func setBias(_ node: Node, _ slot: Slot) { biases[node.output] = slot }

  /// Emits the forward steps of an operation.
  func emitForward(_ group: FusedNode) throws {
    pullbacks[group.output] = try forward(group)
    for input in group.node.inputs + (group.addend.map { [$0] } ?? []) {
      pendingReads[input] -= 1
      guard pendingReads[input] == 0 else { continue }
      for slot in values[input] ?? [] { tenants[ObjectIdentifier(slot.buffer), default: 0] -= 1 }
    }
  }

  /// Emits the steps that pull the gradient of an operation's result back to its inputs.
  func emitBackward(_ group: FusedNode) throws {
    guard let gradient = gradient(group.output), let pullback = pullbacks[group.output] else { return }
    try pullback(gradient)
  }

  // MARK: Gradients

  /// The gradient with respect to a value, or `nil` when nothing depends on it.
  func gradient(_ value: ValueID) -> Slot? { valueGradients[value] }

  /// The gradient in the layout asked for.
  func gradient(_ value: ValueID, layout: Layout) throws -> Slot? {
    try valueGradients[value].map { try reorder($0, to: layout) }
  }

  /// Adds a contribution to the gradient with respect to a value.
  func accumulate(_ contribution: Slot, into value: ValueID) throws {
    guard let present = valueGradients[value] else {
      valueGradients[value] = contribution
      return
    }
    let other = try reorder(contribution, to: present.layout)
    valueGradients[value] = try binary(dnnl_binary_add, present, other, node: graph.values[value].name)
  }
}
