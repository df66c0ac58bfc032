import Foundation
import Testing

@testable import CertifyModel

struct LoadTests {
  static func classifier(opset: Int = 17) -> ModelBuilder {
    var builder = ModelBuilder(opset: opset, input: [nil, 2])
    builder.constant("w", [2, 3], [1, 2, 3, 4, 5, 6])
    builder.node("MatMul", ["x", "w"], ["h"], name: "product")
    builder.node("Relu", ["h"], ["y"], name: "last")
    return builder
  }

  @Test func describesTheFile() throws {
    let model = try Self.classifier().model()
    #expect(model.inputShape == [2])
    #expect(model.outputShape == [3])
    #expect(model.opset == 17)
    #expect(model.producer == "tests")
    #expect(model.parameterCount == 6)
    #expect(model.warnings.isEmpty)
    #expect(
      model.operators == [
        OperatorCount(domain: "", name: "MatMul", count: 1),
        OperatorCount(domain: "", name: "Relu", count: 1),
      ])
  }

  @Test(arguments: [(5, false), (6, true), (20, true), (28, true), (29, false), (0, false), (-1, false)])
  func checksOpset(opset: Int, isSupported: Bool) {
    let error = Self.classifier(opset: opset).error()
    #expect(error == (isSupported ? nil : .unsupportedOpset(domain: "", version: opset)))
  }

  @Test func namesUnsupportedOperator() throws {
    var builder = Self.classifier()
    builder.node("NonZero", ["y"], ["z"], name: "odd")
    builder.proto.graph.output[0].name = "z"
    let error = try #require(builder.error())
    guard case .unsupportedOperator("odd", "NonZero", "", 17, _) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(error.description.contains("'odd'") && error.description.contains("opset 17"))
  }

  /// Gelu came with opset 20.
  @Test func operatorsHaveVersions() {
    for (opset, isThere) in [(19, false), (20, true)] {
      var builder = ModelBuilder(opset: opset)
      builder.node("Gelu", ["x"], ["y"])
      #expect((builder.error() == nil) == isThere)
    }
  }

  /// Nodes that the output does not depend on may be anything.
  @Test func ignoresOtherBranches() throws {
    var builder = Self.classifier()
    builder.node("ArgMax", ["y"], ["label"])
    builder.proto.graph.output.insert(ModelBuilder.info("label", [], type: 7), at: 0)
    builder.proto.graph.output.append(ModelBuilder.info("h", []))
    let model = try builder.model()
    #expect(model.warnings == [.severalOutputs(chosen: "y", ignored: ["label", "h"])])
  }

  @Test func choosesInputs() throws {
    var builder = Self.classifier()
    // Older files list the weights among the inputs.
    builder.proto.graph.input.append(ModelBuilder.info("w", [2, 3]))
    #expect(try builder.model().warnings.isEmpty)
    builder.proto.graph.input.append(ModelBuilder.info("other", [1]))
    #expect(try builder.model().warnings == [.unusedInputs(names: ["other"])])
    builder.node("Add", ["y", "other"], ["z"])
    builder.proto.graph.output[0].name = "z"
    #expect(builder.error() == .inputs(names: ["x", "other"]))
  }

  @Test func sortsNodes() throws {
    var builder = Self.classifier()
    builder.proto.graph.node.reverse()
    #expect(try builder.model().outputShape == [3])
  }

  @Test func findsCycles() {
    var builder = ModelBuilder()
    builder.node("Add", ["x", "b"], ["a"], name: "first")
    builder.node("Relu", ["a"], ["b"], name: "second")
    builder.node("Relu", ["b"], ["y"], name: "third")
    guard case .cyclicGraph(let nodes)? = builder.error() else {
      Issue.record("\(String(describing: builder.error()))")
      return
    }
    #expect(Set(nodes) == ["first", "second"])
  }

  /// A long chain neither overflows the stack nor takes quadratic time.
  @Test(.timeLimit(.minutes(5))) func readsLongChains() throws {
    var builder = ModelBuilder()
    let count = 100_000
    builder.proto.graph.node = (0..<count).map { index in
      var node = Onnx_NodeProto()
      node.opType = "Relu"
      node.input = [index == 0 ? "x" : "v\(index)"]
      node.output = [index == count - 1 ? "y" : "v\(index + 1)"]
      return node
    }
    #expect(try builder.model().graph(batchSize: 1).nodes.count == count)
  }

  @Test func namesNonFiniteWeights() {
    for value in [Float.nan, .infinity, -.infinity] {
      var builder = ModelBuilder(input: [nil, 2])
      builder.constant("w", [2, 2], [1, 2, value, 4])
      builder.node("MatMul", ["x", "w"], ["y"])
      guard case .nonFinite("w", _, let found)? = builder.error() else {
        Issue.record("\(String(describing: builder.error()))")
        return
      }
      #expect(found.isNaN == value.isNaN)
    }
    var builder = ModelBuilder(input: [nil, 2])
    builder.constant("c", [2], [1, 0])
    builder.node("Div", ["x", "c"], ["y"])
    #expect(builder.error() == .nonFinite(tensor: "c", index: 1, value: .infinity))
  }

  /// An infinity is a fine bound.
  @Test func infiniteBoundsAreFine() throws {
    var builder = ModelBuilder()
    builder.constant("low", [], [-.infinity])
    builder.constant("high", [], [6])
    builder.node("Clip", ["x", "low", "high"], ["y"])
    #expect(builder.error() == nil)
    builder.proto.graph.initializer[0] = ModelBuilder.tensor("low", [], [.nan])
    #expect(builder.error() != nil)
  }

  @Test func convertsHalfAndDoublePrecision() throws {
    var builder = ModelBuilder(input: [nil, 2])
    var half = ModelBuilder.tensor("w", [2, 2], [])
    half.dataType = ElementType.float16.rawValue
    // 1, −2, 2⁻²⁴ and 65504.
    half.rawData = Data([0x00, 0x3C, 0x00, 0xC0, 0x01, 0x00, 0xFF, 0x7B])
    var double = ModelBuilder.tensor("b", [2], [])
    double.dataType = ElementType.double.rawValue
    double.rawData = Data()
    double.doubleData = [0.1, 1]
    builder.proto.graph.initializer = [half, double]
    builder.node("Gemm", ["x", "w", "b"], ["y"])
    let model = try builder.model()
    #expect(
      model.warnings == [
        .convertedConstant(name: "w", type: "float16"), .convertedConstant(name: "b", type: "double"),
      ])
    guard case .linear(let linear)? = try model.graph(batchSize: 1).nodes.first?.operation else {
      Issue.record("no linear layer")
      return
    }
    #expect(linear.weights.elements == [1, 0x1p-24, -2, 65504])
    #expect(linear.bias?.elements == [0.1, 1])
  }

  /// Weights are shared, not copied, between graphs for different batch sizes.
  @Test func graphsShareWeights() throws {
    let model = try Self.classifier().model()
    let addresses = try [1, 8].map { size -> UnsafeRawPointer? in
      guard case .linear(let linear)? = try model.graph(batchSize: size).nodes.first?.operation else {
        return nil
      }
      return linear.weights.elements.withUnsafeBytes { $0.baseAddress }
    }
    #expect(addresses[0] != nil && addresses[0] == addresses[1])
  }

  @Test func reportsFiles() {
    #expect(throws: ModelError.fileNotFound(path: "/nonexistent/model.onnx")) {
      try OnnxModel.load(path: "/nonexistent/model.onnx")
    }
    #expect(throws: ModelError.self) { try OnnxModel.load(path: FileManager.default.temporaryDirectory.path) }
  }
}

/// Small files that ask for much memory.
struct SizeTests {
  @Test func boundsFoldedConstants() {
    var builder = ModelBuilder()
    builder.constant("c", integers: [1 << 20])
    builder.node("ConstantOfShape", ["c"], ["c0"])
    // Doubles at every node.
    for index in 0..<30 {
      builder.node("Concat", ["c\(index)", "c\(index)"], ["c\(index + 1)"], ["axis": .int(0)])
    }
    builder.node("ReduceMax", ["c30"], ["m"])
    builder.node("Add", ["x", "m"], ["y"])
    guard case .tooLarge? = builder.error() else {
      Issue.record("\(String(describing: builder.error()))")
      return
    }
  }

  @Test func boundsValues() {
    var builder = ModelBuilder()
    builder.constant("shape", integers: [1, 1 << 20, 1 << 10, 4])
    builder.node("Expand", ["x", "shape"], ["y"])
    guard case .tooLarge? = builder.error() else {
      Issue.record("\(String(describing: builder.error()))")
      return
    }
  }
}
