import Foundation

@testable import CertifyEngine
@testable import CertifyModel

extension ConformanceCase {
  enum Outcome: Equatable {
    /// Every output agrees.
    case passed
    /// An error says why the model is not run.
    case refused(reason: String)
    /// An output differs, or a sound model is called damaged.
    case wrong(String)
  }

  /// Runs every output of the model on the shapes of the case, with all inputs but one as constants.
  func run() throws -> Outcome {
    let proto = try Onnx_ModelProto(serializedBytes: model)
    var tensors: [String: Onnx_TensorProto] = [:]
    for tensor in try Onnx_GraphProto(serializedBytes: data).initializer { tensors[tensor.name] = tensor }
    for output in proto.graph.output {
      guard let expected = tensors[output.name] else { return .wrong("no data for output \(output.name)") }
      do {
        var warnings: [ModelWarning] = []
        let reference = try TensorReader().read(expected, name: output.name, &warnings)
        let (shape, numbers) = try evaluate(output: output.name, proto, tensors)
        if let difference = difference(shape, numbers, reference) {
          return .wrong("output \(output.name): \(difference)")
        }
      } catch let ModelError.invalidNode(node, name, reason) {
        return .wrong("node '\(node)' (\(name)) is called invalid: \(reason)")
      } catch let error as ModelError {
        return .refused(reason: error.shortReason)
      } catch let error as EngineError {
        return .refused(reason: error.shortReason)
      }
    }
    return .passed
  }

  /// One output, with the first input of floating-point type that it depends on as the model's input.
  private func evaluate(
    output: String, _ proto: Onnx_ModelProto, _ tensors: [String: Onnx_TensorProto]
  ) throws -> (shape: [Int], numbers: [Double]) {
    let initializers = Set(proto.graph.initializer.map(\.name))
    let inputs = proto.graph.input.map(\.name).filter { !initializers.contains($0) }
    let floats = inputs.filter { tensors[$0]?.dataType == ElementType.float.rawValue }
    var ignored = ModelError.inputs(names: inputs)
    for input in floats {
      do {
        return try evaluate(output: output, of: input, among: inputs, proto, tensors)
      } catch let error as ModelError {
        guard case .outputIgnoresInput = error else { throw error }
        ignored = error
      }
    }
    throw ignored
  }

  private func evaluate(
    output: String, of input: String, among inputs: [String], _ proto: Onnx_ModelProto,
    _ tensors: [String: Onnx_TensorProto]
  ) throws -> (shape: [Int], numbers: [Double]) {
    var proto = proto
    guard let tensor = tensors[input] else { throw ModelError.inputs(names: []) }
    let shape = tensor.dims.map { Int($0) }
    proto.graph.initializer += inputs.filter { $0 != input }.compactMap { tensors[$0] }
    for index in proto.graph.input.indices where proto.graph.input[index].name == input {
      proto.graph.input[index].type.tensorType.shape.dim = tensor.dims.map { extent in
        var dimension = Onnx_TensorShapeProto.Dimension()
        dimension.dimValue = extent
        return dimension
      }
    }
    proto.graph.output = proto.graph.output.filter { $0.name == output }
    // The engine's numbers are floating-point ones, whatever the type in the file.
    for index in proto.graph.output.indices { proto.graph.output[index].type.tensorType.elemType = 0 }
    let source = try ModelReader(directory: nil, readsScores: false).read(proto.serializedBytes())
    var (builder, id, operand) = try Lowering.evaluated(source, inputShape: shape)
    if case .value(let quantized) = operand {
      let call = OperatorCall(node: SourceNode(Onnx_NodeProto(), opsets: [:]), opset: 0, inputs: [])
      operand = .value(try QuantizationOperators.levels(of: quantized, call, &builder))
    }
    switch operand {
    case .constant(let constant): return (constant.shape, constant.doubles)
    case .value(let value):
      let graph = Graph(values: builder.values, nodes: builder.nodes, input: id, output: value)
        .withoutDeadNodes()
      let plan = try Plan(graph: graph, gradients: false)
      var warnings: [ModelWarning] = []
      let numbers = try TensorReader().read(tensor, name: input, &warnings).doubles.map { Float($0) }
      plan.input.floats.update(from: numbers, count: numbers.count)
      try plan.forward()
      let result = graph.values[value].shape
      let found = UnsafeBufferPointer(start: plan.output.floats, count: result.reduce(1, *))
      return (result, found.map(Double.init))
    }
  }

  /// What is wrong with an output, or `nil`; the bound is absolute + relative·|expected|, as the suite has it.
  private func difference(_ shape: [Int], _ found: [Double], _ expected: Constant) -> String? {
    guard shape == expected.shape else { return "shape \(shape), expected \(expected.shape)" }
    for (index, (found, expected)) in zip(found, expected.doubles).enumerated() {
      if found == expected || (found.isNaN && expected.isNaN) { continue }
      guard abs(found - expected) <= absoluteTolerance + relativeTolerance * abs(expected) else {
        return "element \(index) of \(shape) is \(found), expected \(expected)"
      }
    }
    return nil
  }
}

extension ModelError {
  /// Why a model is refused, without the names of its nodes.
  fileprivate var shortReason: String {
    switch self {
    case .unsupportedOperator(_, let name, _, _, _): "operator \(name)"
    case .unsupportedUse(_, let name, _, let reason, _): "\(name): \(reason)"
    case .unsupportedOpset(_, let version): "operator set \(version)"
    case .unsupportedType(_, let type, _): "element type \(type)"
    case .unsupportedNodes(let nodes):
      (nodes.first { $0.isOperator } ?? nodes.first)?.shortReason ?? description
    case .trainingMode: "training mode"
    case .nonFinite: "a constant that is not finite"
    case .symbolicInput: "an input without axes or without elements"
    case .invalidShape: "a value without elements"
    case .outputIgnoresInput: "an output that depends on no floating-point input"
    default: description
    }
  }
}

extension ModelError {
  fileprivate var isOperator: Bool {
    if case .unsupportedOperator = self { return true }
    return false
  }
}

extension EngineError {
  /// Why a model is refused, without the names of its nodes.
  fileprivate var shortReason: String {
    switch self {
    case .kernelRefused(let operation, _, _): "the kernel library refuses \(operation)"
    case .unsupported(_, let reason): reason
    default: description
    }
  }
}
