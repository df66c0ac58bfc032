import Testing

@testable import CertifyModel

/// Uses of operators that are refused, each by the node's name, the operator, the operator set and what would help.
struct OperatorRefusalTests {
  /// One node on x, four numbers, and constants.
  static func error(
    _ kind: String, _ inputs: [String], _ attributes: [String: ModelBuilder.Attribute] = [:], opset: Int = 17,
    domain: String = "", before: [(String, [String: ModelBuilder.Attribute])] = []
  ) -> ModelError? {
    var builder = ModelBuilder(opset: opset)
    if !domain.isEmpty {
      var entry = Onnx_OperatorSetIdProto()
      entry.domain = domain
      entry.version = 1
      builder.proto.opsetImport.append(entry)
    }
    builder.constant("c", [], [0.5])
    builder.constant("zero", [], [0])
    builder.constant("two", [2], [0.5, 1])
    builder.constant("four", [4], [1, 1, 1, 1])
    builder.constant("i", integers: [3])
    var x = "x"
    for (index, (kind, attributes)) in before.enumerated() {
      builder.node(kind, kind == "QuantizeLinear" ? [x, "c"] : [x], ["b\(index)"], attributes)
      x = "b\(index)"
    }
    builder.node(
      kind, inputs.map { $0 == "x" ? x : $0 }, kind == "LinearClassifier" ? ["l", "y"] : ["y"], name: "odd",
      domain: domain, attributes)
    return builder.error()
  }

  @Test(arguments: [
    ("Mod", ["x", "c"], "constants"), ("BitShift", ["x", "c"], "bits"),
    ("DynamicQuantizeLinear", ["x"], "statically"), ("QLinearConv", ["x"], "QDQ"),
    ("TopK", ["x"], "logits"), ("NonZero", ["x"], "onnxsim"),
  ])
  func namesWhatHelps(kind: String, inputs: [String], word: String) throws {
    // In the middle of a net.
    var builder = ModelBuilder()
    builder.constant("c", [], [0.5])
    builder.node(kind, inputs, ["odd"], name: "odd")
    builder.node("Relu", ["odd"], ["y"])
    let error = try #require(builder.error()).description
    for part in ["'odd'", kind, "17", word] { #expect(error.contains(part), "\(error)") }
  }

  /// Operators came with versions.
  /// A label is no number to compute with.
  @Test func refusesALabelThatIsRead() throws {
    var builder = ModelBuilder()
    var entry = Onnx_OperatorSetIdProto()
    entry.domain = "ai.onnx.ml"
    entry.version = 1
    builder.proto.opsetImport.append(entry)
    let coefficients = ModelBuilder.Attribute.floats((0..<12).map(Float.init))
    builder.node(
      "LinearClassifier", ["x"], ["label", "scores"], domain: "ai.onnx.ml", ["coefficients": coefficients])
    builder.node("Cast", ["label"], ["number"], name: "odd", ["to": .int(1)])
    builder.node("Add", ["number", "scores"], ["y"])
    let error = try #require(builder.error()).description
    #expect(error.contains("'odd'") && error.contains("labels"), "\(error)")
  }

  @Test(arguments: [
    ("Celu", 11), ("HardSwish", 13), ("Mish", 17), ("Swish", 23), ("RMSNormalization", 22), ("CumSum", 10),
    ("QuantizeLinear", 9), ("LayerNormalization", 16), ("Round", 10), ("IsInf", 9), ("GreaterOrEqual", 11),
  ])
  func operatorsHaveVersions(kind: String, opset: Int) {
    guard case .unsupportedOperator("odd", kind, "", opset, _)? = Self.error(kind, ["x", "c"], opset: opset)
    else {
      Issue.record("\(String(describing: Self.error(kind, ["x", "c"], opset: opset)))")
      return
    }
  }

  @Test(
    arguments: [
      ("QuantizeLinear", ["x", "zero"], [:], "positive"),
      ("QuantizeLinear", ["x", "two"], [:], "fit axis"),
      ("QuantizeLinear", ["x", "c"], ["block_size": .int(2)], "blocks"),
      ("QuantizeLinear", ["x", "c", "c"], [:], "zero point"),
      ("QuantizeLinear", ["x", "c"], ["output_dtype": .int(17)], "8 or 16 bits"),
      ("QuantizeLinear", ["x", "four"], ["axis": .int(9)], "out of range"),
      ("DequantizeLinear", ["x", "c"], [:], "integers"),
      ("CumSum", ["x", "c"], [:], "integers"),
      ("CumSum", ["x", "x"], [:], "input"),
      ("Celu", ["x"], ["alpha": .float(0)], "positive"),
      ("Elu", ["x"], ["alpha": .string("steep")], "wrong type"),
      ("LpNormalization", ["x"], ["p": .int(3)], "1 or 2"),
      ("Where", ["x", "x", "x"], [:], "boolean"),
      ("And", ["x", "x"], [:], "boolean"),
      ("Not", ["x"], [:], "boolean"),
      ("Equal", ["x", "i"], [:], "types"),
      ("Add", ["x", "i"], [:], "types"),
      ("ReduceL2", ["x"], ["axes": .ints([7])], "out of range"),
    ] as [(String, [String], [String: ModelBuilder.Attribute], String)])
  func refusesMisuse(
    kind: String, inputs: [String], attributes: [String: ModelBuilder.Attribute], word: String
  ) throws {
    let opset = kind == "QuantizeLinear" ? 21 : 17
    let error = try #require(Self.error(kind, inputs, attributes, opset: opset)).description
    for part in ["'odd'", kind, word] { #expect(error.contains(part), "\(error)") }
  }

  /// Integers, booleans and quantised numbers are not the numbers that most operators expect.
  @Test(
    arguments: [
      ("Div", ["x", "i"], [("Cast", ["to": .int(7)])], "integers"),
      ("Sin", ["x"], [("Cast", ["to": .int(7)])], "integers"),
      ("Neg", ["x"], [("IsNaN", [:])], "booleans"),
      ("Softmax", ["x"], [("QuantizeLinear", [:])], "quantised"),
      ("DequantizeLinear", ["x", "zero"], [("QuantizeLinear", [:])], "positive"),
    ] as [(String, [String], [(String, [String: ModelBuilder.Attribute])], String)])
  func refusesOtherKindsOfNumbers(
    kind: String, inputs: [String], before: [(String, [String: ModelBuilder.Attribute])], word: String
  ) throws {
    let error = try #require(Self.error(kind, inputs, before: before)).description
    for part in ["'odd'", kind, word] { #expect(error.contains(part), "\(error)") }
  }

  @Test(
    arguments: [
      ("TreeEnsembleClassifier", [:], "trees"), ("Imputer", [:], "finite"),
      ("SVMClassifier", [:], "LinearSVC"),
      ("LinearClassifier", [:], "coefficients"),
      ("LinearClassifier", ["coefficients": .floats([1, 2, 3])], "coefficients"),
      ("LinearClassifier", ["coefficients": .floats([1, .nan, 3, 4])], "nan"),
      (
        "LinearClassifier", ["coefficients": .floats([1, 2, 3, 4]), "classlabels_ints": .ints([0, 1])],
        "one row"
      ),
      (
        "LinearClassifier", ["coefficients": .floats([1, 2, 3, 4]), "post_transform": .string("PROBIT")],
        "PROBIT"
      ),
      ("Normalizer", ["norm": .string("L7")], "L7"), ("Scaler", [:], "offset"),
      ("ArrayFeatureExtractor", [:], "indices"),
    ] as [(String, [String: ModelBuilder.Attribute], String)])
  func refusesScikitMisuse(kind: String, attributes: [String: ModelBuilder.Attribute], word: String) throws {
    let error = try #require(Self.error(kind, ["x"], attributes, domain: "ai.onnx.ml")).description
    for part in ["odd", word] { #expect(error.contains(part), "\(error)") }
  }
}
