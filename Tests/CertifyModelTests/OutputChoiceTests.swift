import Testing
import _CertifyTestSupport

@testable import CertifyModel

/// Models that end in a chosen class: the scores that it is chosen from are read.
struct OutputChoiceTests {
  /// A linear layer of three classes and what follows it; the output is `y`, of an integer type.
  static func builder(
    _ kind: String, outputs: [String] = ["y"], _ attributes: [String: ModelBuilder.Attribute] = [:],
    inputs: [String] = [],
    opset: Int = 17, type: Int32 = 7
  ) -> ModelBuilder {
    var builder = ModelBuilder(opset: opset)
    builder.constant("w", [4, 3], (0..<12).map { Float($0 * $0 % 7) - 3 })
    builder.constant("k", integers: [2])
    builder.node("MatMul", ["x", "w"], ["scores"])
    builder.node(kind, ["scores"] + inputs, outputs, name: "last", attributes)
    builder.proto.graph.output = [ModelBuilder.info("y", [nil], type: type)]
    return builder
  }

  /// The scores at (1, 0, 1, 0).
  static let scores: [Double] = [-5, -5, -1]

  /// The model's output at (1, 0, 1, 0).
  static func output(_ model: OnnxModel) throws -> [Double] {
    ReferenceInterpreter(try model.graph(batchSize: 1)).output(for: [1, 0, 1, 0]).elements
  }

  @Test(
    arguments: [
      ("ArgMax", ["axis": .int(1)], 1.0), ("ArgMax", ["axis": .int(-1), "keepdims": .int(0)], 1),
      ("ArgMin", ["axis": .int(1)], -1), ("Hardmax", [:], 1),
    ] as [(String, [String: ModelBuilder.Attribute], Double)])
  func readsTheScores(kind: String, attributes: [String: ModelBuilder.Attribute], sign: Double) throws {
    let model = try Self.builder(kind, attributes, type: kind == "Hardmax" ? 1 : 7).model()
    #expect(model.outputShape == [3])
    let plain = try Self.output(model)
    var scores = Self.builder(kind, attributes)
    scores.proto.graph.output = [ModelBuilder.info("scores", [nil])]
    #expect(plain == (try Self.output(scores.model())).map { sign * $0 })
    #expect(model.warnings == [.classChosen(node: "last", operatorName: kind)])
  }

  @Test(arguments: ["y", "z"]) func readsTheScoresOfTheTop(_ name: String) throws {
    var builder = Self.builder("TopK", outputs: ["y", "z"], inputs: ["k"])
    builder.proto.graph.output = [ModelBuilder.info(name, [nil], type: name == "y" ? 1 : 7)]
    #expect(try builder.model().outputShape == [3])
  }

  /// Labels are converted, moved and looked up after they are chosen.
  @Test func seesThroughLabels() throws {
    var builder = Self.builder("ArgMax", outputs: ["index"], ["axis": .int(1), "keepdims": .int(0)])
    builder.constant("labels", integers: [7, 8, 9])
    builder.node("Gather", ["labels", "index"], ["label"])
    builder.node("Cast", ["label"], ["cast"], ["to": .int(6)])
    builder.constant("shape", integers: [-1])
    builder.node("Reshape", ["cast", "shape"], ["y"])
    #expect(try builder.model().outputShape == [3])
  }

  @Test func anOutputThatIsNamedTwiceIsOne() throws {
    var builder = Self.builder("Identity", [:], type: 1)
    let output = ModelBuilder.info("y", [nil, 3])
    builder.proto.graph.output = [output, output]
    #expect(try builder.model().warnings == [])
  }

  @Test func prefersScoresToLabels() throws {
    var builder = Self.builder("ArgMax", ["axis": .int(1)])
    builder.node("Softmax", ["scores"], ["p"])
    builder.proto.graph.output.append(ModelBuilder.info("p", [nil, 3]))
    #expect(
      try builder.model().warnings == [
        .severalOutputs(chosen: "p", ignored: ["y"]), .probabilities(head: .softmax),
      ])
  }

  @Test(
    arguments: [
      ("ArgMax", ["axis": .int(0)], "axis 0"),
      ("ArgMax", [:], "axis 0"),
      ("ArgMax", ["axis": .int(1), "select_last_index": .int(1)], "select_last_index"),
      ("ArgMax", ["axis": .int(5)], "out of range"),
    ] as [(String, [String: ModelBuilder.Attribute], String)])
  func refusesOtherChoices(kind: String, attributes: [String: ModelBuilder.Attribute], word: String) throws {
    let error = try #require(Self.builder(kind, attributes).error())
    #expect(error.description.contains(word) && error.description.contains("'last'"), "\(error)")
  }

  /// A chosen class that is computed with stops the gradient of its path.
  @Test func choosesInTheMiddle() throws {
    var builder = Self.builder("ArgMax", outputs: ["index"], ["axis": .int(1)])
    builder.node("Cast", ["index"], ["number"], ["to": .int(1)])
    builder.node("Add", ["number", "scores"], ["y"])
    builder.proto.graph.output = [ModelBuilder.info("y", [nil])]
    let model = try builder.model()
    #expect(try Self.output(model) == Self.scores.map { $0 + 2 })
    let site = GradientSite(node: "last", operation: "place of an extremum")
    let support = try model.graph(batchSize: 1).gradientSupport
    #expect(support == .approximate(straightThrough: [], stopped: [site]))
  }

  /// The columns that scikit-learn's converter writes on demand: none of them is a classifier by itself.
  @Test(arguments: [(1, false), (2, true), (3, true)]) func refusesOneOutputAClass(
    count: Int, isRefused: Bool
  ) throws {
    var builder = ModelBuilder()
    builder.constant("w", [4, 1], [1, 2, 3, 4])
    builder.proto.graph.output = []
    for index in 0..<count {
      builder.node("MatMul", ["x", "w"], ["i\(index)"])
      builder.proto.graph.output.append(ModelBuilder.info("i\(index)", [nil, 1]))
    }
    let names = (0..<count).map { "i\($0)" }
    let error: ModelError? = isRefused ? .outputEachClass(names: names) : nil
    #expect(builder.error() == error)
  }

  @Test func refusesIntegersThatAreNotChosen() {
    var builder = Self.builder("Cast", ["to": .int(7)])
    #expect(builder.error() == .outputs(names: ["y"]))
    // The file may not say that they are.
    builder.proto.graph.output = [ModelBuilder.info("y", [nil], type: 1)]
    #expect(builder.error() == .outputs(names: ["y"]))
  }
}
