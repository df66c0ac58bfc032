import CDNNL
import CertifyModel

/// A graph compiled for one batch size and one thread: compiled once, run millions of times.
///
/// Running allocates nothing. The backward part may run any number of times after a forward run.
final class Plan {
  /// Row-major, of the shape of the graph's input.
  let input: Slot
  /// Row-major, of the shape of the graph's output.
  let output: Slot
  /// Row-major, of the shape of the output; `nil` without a backward part.
  let outputGradient: Slot?
  /// Row-major, of the shape of the input; `nil` without a backward part.
  let inputGradient: Slot?
  /// The bias of the first node, when that is a linear layer with one.
  let leadingBias: Slot?
  /// The bytes of all buffers and constants, without those in shared memory.
  let byteCount: Int
  /// What the steps of a forward run do, in order.
  let forwardOperations: [String]
  /// The trainable parameters and their gradients; `nil` when all constants stay.
  let trainable: ParameterStore?

  private let arena: Arena
  private let memory: PlanMemory?
  private let forwardRunner: PlanRunner
  private let backwardRunner: PlanRunner
  private let training: TrainingRunners?

  /// - Parameters:
  ///   - isTrainable: whether parameters may change and have gradients; needs `gradients`.
  ///   - memory: What the plan shares with others of the same graph; `nil` when it has everything to itself. A
  ///     trainable one always has.
  init(
    graph: Graph, gradients: Bool, convolutions: ConvolutionArithmetic = .direct, isTrainable: Bool = false,
    memory: PlanMemory? = nil
  ) throws {
    let context = try KernelContext()
    let memory = isTrainable ? nil : memory
    let builder = PlanBuilder(
      graph: graph, context: context, gradients: gradients, convolutions: convolutions,
      isTrainable: isTrainable, memory: memory)
    let input = builder.pinned(try .plain(builder.shape(graph.input)))
    builder.define(graph.input, input)
    let groups = FusedNode.schedule(graph, gradients: gradients)
    for group in groups { try builder.emitForward(group) }
    let output = builder.pinned(try .plain(builder.shape(graph.output)))
    try builder.copy(builder.plainSlot(graph.output), to: output)
    let forwardCount = builder.steps.count

    var outputGradient: Slot?
    var inputGradient: Slot?
    if gradients {
      let seed = builder.pinned(output.layout)
      try builder.accumulate(seed, into: graph.output)
      for group in groups.reversed() { try builder.emitBackward(group) }
      let result = builder.pinned(input.layout)
      if let gradient = builder.gradient(graph.input) { try builder.copy(gradient, to: result) }
      outputGradient = seed
      inputGradient = result
    }
    builder.arena.place(builder.steps, forwardCount: forwardCount, in: memory)
    self.input = input
    self.output = output
    self.outputGradient = outputGradient
    self.inputGradient = inputGradient
    leadingBias = graph.nodes.first.flatMap { builder.bias($0) }
    self.arena = builder.arena
    self.memory = memory
    self.byteCount = builder.arena.byteCount
    forwardOperations = builder.steps[..<forwardCount].map(\.name)
    self.forwardRunner = try PlanRunner(builder.steps[..<forwardCount], context: context)
    let backward = builder.steps[forwardCount...]
    trainable = builder.trainable
    if let store = builder.trainable, let inputGradient {
      let runners = try TrainingRunners(
        store, backward: backward, inputGradient: inputGradient.buffer, context: context)
      backwardRunner = runners.inputs
      training = runners
    } else {
      backwardRunner = try PlanRunner(backward, context: context)
      training = nil
    }
  }

  /// Computes `output` from `input`.
  func forward() throws { try forwardRunner.run() }

  /// Computes `inputGradient` from `outputGradient`, at the input of the last forward run.
  func backward() throws { try backwardRunner.run() }

  /// Brings the parameters as they are now into the layouts of the kernels.
  func loadParameters() throws { try training?.loading.run() }

  /// Computes the parameters' gradients from `outputGradient`, at the input of the last forward run, and
  /// `inputGradient` too when it is wanted.
  func backwardToParameters(inputs: Bool) throws {
    try (inputs ? training?.all : training?.parameters)?.run()
  }
}

/// The parts of a plan that train.
private struct TrainingRunners {
  let loading: PlanRunner
  /// The steps of the backward part that the input's gradient needs, those that the parameters' gradients need, and
  /// those that either needs.
  let inputs: PlanRunner
  let parameters: PlanRunner
  let all: PlanRunner

  init(
    _ store: ParameterStore, backward: ArraySlice<Step>, inputGradient: Buffer, context: KernelContext
  ) throws {
    func runner(parameters: Bool, inputs: Bool) throws -> PlanRunner {
      try PlanRunner(
        backward.needed(for: { buffer in
          inputs && buffer === inputGradient || parameters && store.holds(gradient: buffer)
        }), context: context)
    }
    loading = try PlanRunner(store.loading, context: context)
    self.inputs = try runner(parameters: false, inputs: true)
    parameters = try runner(parameters: true, inputs: false)
    all = try runner(parameters: true, inputs: true)
  }
}

extension Collection where Element == Step {
  /// The steps on which the contents of some buffers depend, in order.
  fileprivate func needed(for isWanted: (Buffer) -> Bool) -> [Step] {
    var needed: Set<ObjectIdentifier> = []
    var kept: [Step] = []
    for step in reversed() {
      guard step.writes.contains(where: { isWanted($0) || needed.contains(ObjectIdentifier($0)) }) else {
        continue
      }
      needed.formUnion(step.reads.map(ObjectIdentifier.init))
      kept.append(step)
    }
    return kept.reversed()
  }
}

/// Steps with every argument bound to its address.
final class PlanRunner {
  private enum BoundStep {
    case primitive(Primitive, arguments: UnsafeMutableBufferPointer<dnnl_exec_arg_t>)
    case function(() -> Void)
  }

  private let context: KernelContext
  private var steps: [BoundStep] = []
  private var memories: [dnnl_memory_t] = []

  init(_ steps: some Collection<Step>, context: KernelContext) throws {
    self.context = context
    for step in steps {
      switch step.action {
      case .function(let function):
        self.steps.append(.function(function))
      case .primitive(let primitive, let arguments):
        self.steps.append(.primitive(primitive, arguments: try bind(arguments)))
      }
    }
  }

  deinit {
    for case .primitive(_, let arguments) in steps { arguments.deallocate() }
    for memory in memories { dnnl_memory_destroy(memory) }
  }

  /// Runs one kernel on buffers that have their addresses already.
  static func runOnce(_ primitive: Primitive, arguments: [(Int32, Slot)], context: KernelContext) throws {
    let arena = Arena()
    var all = arguments
    if let scratch = try primitive.scratchpad() {
      let buffer = Buffer(
        byteCount: scratch.byteCount, kind: .pinned, address: arena.allocate(byteCount: scratch.byteCount))
      all.append((DNNL_ARG_SCRATCHPAD, Slot(buffer: buffer, layout: scratch)))
    }
    let step = Step(action: .primitive(primitive, arguments: all), reads: [], writes: [])
    try withExtendedLifetime(arena) { try PlanRunner([step], context: context).run() }
  }

  func run() throws {
    context.useOneThread()
    for step in steps {
      switch step {
      case .function(let function):
        function()
      case .primitive(let primitive, let arguments):
        let status = dnnl_primitive_execute(
          primitive.handle, context.stream, Int32(arguments.count), arguments.baseAddress)
        guard status == dnnl_success else { try check(status, "to run a kernel"); return }
      }
    }
    try check(dnnl_stream_wait(context.stream), "to wait for a kernel")
  }

  private func bind(_ arguments: [(Int32, Slot)]) throws -> UnsafeMutableBufferPointer<dnnl_exec_arg_t> {
    let bound = UnsafeMutableBufferPointer<dnnl_exec_arg_t>.allocate(capacity: arguments.count)
    for (position, (name, slot)) in arguments.enumerated() {
      var memory: dnnl_memory_t?
      do {
        try check(
          cdnnl_memory_create(&memory, slot.layout.handle, context.engine, slot.buffer.address), "a memory")
      } catch {
        bound.deallocate()
        throw error
      }
      if let memory { memories.append(memory) }
      bound.initializeElement(at: position, to: dnnl_exec_arg_t(arg: name, memory: memory))
    }
    return bound
  }
}
