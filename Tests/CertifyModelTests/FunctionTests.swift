import Foundation
import Testing

@testable import CertifyModel

/// Functions that a file defines for itself are inlined where they are called.
struct FunctionTests {
  private static func function(
    _ name: String, inputs: [String], outputs: [String], attributes: [String] = [],
    _ body: (inout ModelBuilder) -> Void
  ) -> Onnx_FunctionProto {
    var builder = ModelBuilder()
    body(&builder)
    var function = Onnx_FunctionProto()
    function.name = name
    function.domain = "own"
    function.input = inputs
    function.output = outputs
    function.attribute = attributes
    function.node = builder.proto.graph.node
    function.opsetImport = builder.proto.opsetImport
    return function
  }

  /// y = LeakyRelu(x; alpha = slope) + x, with the same name inside as outside.
  private static func model(slopes: [Float?]) -> ModelBuilder {
    var builder = ModelBuilder(input: [nil, 2])
    var call = function("Residual", inputs: ["x"], outputs: ["y"], attributes: ["slope"]) { body in
      body.node("LeakyRelu", ["x"], ["h"], name: "inner", ["alpha": .float(9)])
      body.node("Add", ["h", "x"], ["y"])
    }
    call.node[0].attribute[0].f = 0
    call.node[0].attribute[0].refAttrName = "slope"
    builder.proto.functions = [call]
    var value = "x"
    for (index, slope) in slopes.enumerated() {
      let next = index == slopes.count - 1 ? "y" : "h\(index == 0 ? "" : "\(index)")"
      builder.node(
        "Residual", [value], [next], name: "block", domain: "own", slope.map { ["slope": .float($0)] } ?? [:])
      value = next
    }
    return builder
  }

  private func slopes(_ model: OnnxModel) throws -> [Float] {
    try model.graph(batchSize: 1).nodes.compactMap { node in
      if case .unary(.leakyRelu(let slope)) = node.operation { return slope }
      return nil
    }
  }

  @Test func callsAreInlinedWithTheirAttributes() throws {
    var builder = Self.model(slopes: [0.5, nil, 0.25])
    let model = try builder.model()
    #expect(try slopes(model) == [0.5, 0.01, 0.25])
    #expect(model.operators == [OperatorCount(domain: "own", name: "Residual", count: 3)])

    var fallback = Onnx_AttributeProto()
    (fallback.name, fallback.type, fallback.f) = ("slope", 1, 0.125)
    builder.proto.functions[0].attributeProto = [fallback]
    #expect(try slopes(builder.model()) == [0.5, 0.125, 0.25])
  }

  /// Opset 12 has axes as an attribute of Squeeze, opset 13 as an input.
  @Test func functionsHaveOperatorSetsOfTheirOwn() throws {
    var builder = ModelBuilder(opset: 17, input: [nil, 1, 2])
    var function = Self.function("Drop", inputs: ["x"], outputs: ["y"]) { body in
      body.node("Squeeze", ["x"], ["y"], ["axes": .ints([1])])
    }
    function.opsetImport[0].version = 12
    builder.proto.functions = [function]
    builder.node("Drop", ["x"], ["h"], domain: "own")
    builder.node("Relu", ["h"], ["y"])
    #expect(try builder.model().outputShape == [2])
  }

  @Test func functionsMayCallOthersAndReturnTheirInputs() throws {
    var builder = ModelBuilder(input: [nil, 2])
    builder.proto.functions = [
      Self.function("Outer", inputs: ["a"], outputs: ["b", "a"]) { body in
        body.node("Inner", ["a", ""], ["b"], domain: "own")
      },
      Self.function("Inner", inputs: ["a", "unused"], outputs: ["c"]) { $0.node("Tanh", ["a"], ["c"]) },
    ]
    builder.node("Outer", ["x"], ["p", "q"], domain: "own")
    builder.node("Sub", ["p", "q"], ["y"])
    let graph = try builder.model().graph(batchSize: 1)
    #expect(graph.nodes.map(\.operation.name) == ["tanh", "subtract"])
    #expect(graph.nodes[1].inputs == [graph.nodes[0].output, graph.input])
  }

  @Test func endlessFunctionsAreRefused() {
    var circular = ModelBuilder(input: [nil, 2])
    circular.proto.functions = [
      Self.function("Self", inputs: ["a"], outputs: ["b"]) { $0.node("Self", ["a"], ["b"], domain: "own") }
    ]
    circular.node("Self", ["x"], ["y"], name: "start", domain: "own")
    #expect("\(circular.error().map(\.description) ?? "")".contains("more than 64 deep"))

    var doubling = ModelBuilder(input: [nil, 2])
    doubling.proto.functions = (0..<60).map { level in
      Self.function("f\(level)", inputs: ["a"], outputs: ["b"]) { body in
        guard level < 59 else { return }
        body.node("f\(level + 1)", ["a"], ["m"], domain: "own")
        body.node("f\(level + 1)", ["m"], ["b"], domain: "own")
      }
    }
    doubling.node("f0", ["x"], ["y"], domain: "own")
    guard case .tooLarge? = doubling.error() else {
      Issue.record("\(String(describing: doubling.error()))")
      return
    }
  }
}
