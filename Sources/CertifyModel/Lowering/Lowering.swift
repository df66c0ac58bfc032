/// A graph and where each of its values has the batch.
struct LoweredModel: Sendable {
  /// The batch size of ``graph``.
  static let batchSize = 2
  var graph: Graph
  /// The axis, one a value, along which the rows of the batch lie one after another.
  var batchAxes: [Int]
  /// What the input goes through first, before it was folded into a layer.
  var inputScaling: InputScaling?
  var warnings: [ModelWarning]
}

/// Turns the nodes of a file into a graph.
enum Lowering {
  /// - Throws: ``ModelError``.
  static func lower(_ source: consuming SourceModel) throws -> LoweredModel {
    let batchSize = source.input.extents.first.flatMap { $0 } ?? 1
    let inputShape = [batchSize] + source.input.extents.dropFirst().compactMap { $0 }
    let (name, warnings, choice) = (source.input.name, source.warnings, source.output)
    var (builder, input, output) = try evaluated(source, inputShape: inputShape)
    guard case .value(let scores) = output else { throw ModelError.outputIgnoresInput(names: [name]) }
    let logits = try choice.logits(scores, &builder)
    guard builder.kind(logits) == .floating else { throw ModelError.outputs(names: [choice.name]) }
    let graph = Graph(values: builder.values, nodes: builder.nodes, input: input, output: logits)
      .withoutDeadNodes()
    return try normalized(graph, batchSize: batchSize, warnings: warnings + builder.warnings)
  }

  /// The chosen output for an input of the given shape, whether or not its rows are independent.
  ///
  /// - Throws: ``ModelError``.
  static func evaluated(
    _ source: consuming SourceModel, inputShape: [Int]
  ) throws -> (builder: GraphBuilder, input: ValueID, output: Operand) {
    let constantCount = source.initializers.values.reduce(0) { $0 + $1.count }
    var builder = GraphBuilder(constants: constantCount)
    var operands = source.initializers.mapValues { Operand.constant($0) }
    source.initializers = [:]
    var unusable = UnusableNodes(source.nodes)
    let input: ValueID
    do {
      input = try builder.addInput(name: source.input.name, shape: inputShape)
    } catch {
      throw unusable.error ?? error
    }
    operands[source.input.name] = .value(input)

    // A constant is dropped after its last use, so that no more than one copy of the weights lives.
    var uses: [String: Int] = [source.output.name: 1]
    for node in source.nodes { for name in node.inputs { uses[name, default: 0] += 1 } }

    for index in source.nodes.indices {
      let node = source.nodes[index]
      source.nodes[index].attributes = [:]
      let inputs = node.inputs.map { $0.isEmpty ? nil : operands[$0] }
      for name in node.inputs {
        uses[name, default: 1] -= 1
        if uses[name] == 0 { operands[name] = nil }
      }
      if unusable.skips(node, at: index) { continue }
      do {
        let outputs = try lower(node, inputs: inputs, &builder)
        for (name, operand) in zip(node.outputs, outputs) where !name.isEmpty { operands[name] = operand }
        for name in node.outputs.dropFirst(outputs.count) where uses[name, default: 0] > 0 {
          throw ModelError.unsupportedUse(
            node: node.name, operatorName: node.operatorName, opset: node.opset,
            reason: "its output '\(name)' is read", help: "only its first output is supported")
        }
      } catch let error as ModelError {
        try unusable.note(error, at: index, node)
      }
    }
    if let error = unusable.error { throw error }

    guard let output = operands[source.output.name] else {
      throw ModelError.outputIgnoresInput(names: [source.input.name])
    }
    return (builder, input, output)
  }

  private static func lower(
    _ node: SourceNode, inputs: [Operand?], _ builder: inout GraphBuilder
  ) throws -> [Operand] {
    let definition = try OperatorTable.definition(for: node)
    let firstNew = builder.values.count
    let call = try LegacySemantics.updated(
      OperatorCall(node: node, opset: node.opset, inputs: inputs), &builder)
    let kind = try ValueKind.kept(by: call, builder)
    let outputs = try definition.lower(call, &builder)
    for (name, operand) in zip(node.outputs, outputs) where !name.isEmpty {
      guard case .value(let value) = operand, value >= firstNew else { continue }
      builder.rename(value, name)
      if let kind { builder.mark(value, kind) }
    }
    return outputs
  }

  /// Checks that rows are independent, and brings the graph from the file's batch size to 1.
  private static func normalized(
    _ graph: Graph, batchSize: Int, warnings: [ModelWarning]
  ) throws -> LoweredModel {
    var tracker = BatchTracker(batchSize: batchSize)
    var (graph, axes) = try tracker.follow(graph)
    graph = try Rebatching(axes: axes, from: batchSize, to: 1).apply(to: graph)

    let shape = graph.values[graph.output].shape
    guard let axis = axes[graph.output], axis == 0 else {
      throw ModelError.mixesBatch(
        node: graph.values[graph.output].name, operation: "output",
        reason: "its shape is \(shape) and the batch is not its axis 0")
    }
    if shape[0] != 1 {
      // The batch was folded into the classes' axis, as a squeeze of a batch of 1 does.
      graph.values.append(Value(name: "\(graph.values[graph.output].name)/rows", shape: [1] + shape))
      let rows = graph.values.count - 1
      graph.nodes.append(Node(name: "output", operation: .reshape, inputs: [graph.output], output: rows))
      graph.output = rows
      axes[rows] = 0
    }
    // With a batch of 2 an axis of extent 1 cannot be taken for the batch.
    let doubled = try Rebatching(axes: axes, from: 1, to: LoweredModel.batchSize).apply(to: graph)
    let scaling = graph.withoutDeadNodes().inputScaling()
    let simplified = doubled.simplified(batchAxes: axes)
    let (compact, kept) = simplified.compacted()
    return LoweredModel(
      graph: compact, batchAxes: kept.map { axes[$0] ?? 0 }, inputScaling: scaling, warnings: warnings)
  }
}
