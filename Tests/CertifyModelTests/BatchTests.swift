import Testing
import _CertifyTestSupport

@testable import CertifyModel

/// Files for one input, for several and for any number become graphs for any number.
struct BatchTests {
  @Test(arguments: [1, 2, 16, 1000])
  func scalesAxisZero(batchSize: Int) throws {
    var builder = ModelBuilder(input: [1, 2, 3, 4])
    builder.constant("shape", integers: [1, 24])
    builder.node("Reshape", ["x", "shape"], ["y"])
    let model = try builder.model()
    let graph = try model.graph(batchSize: batchSize)
    #expect(model.inputShape == [2, 3, 4])
    #expect(model.outputShape == [24])
    #expect(graph.values[graph.input].shape == [batchSize, 2, 3, 4])
    #expect(graph.values[graph.output].shape == [batchSize, 24])
  }

  @Test func refusesAbsurdBatches() throws {
    var builder = ModelBuilder()
    builder.node("Relu", ["x"], ["y"])
    let model = try builder.model()
    for size in [0, -1, Int.min] {
      #expect(throws: ModelError.batchSize(size)) { try model.graph(batchSize: size) }
    }
    #expect(throws: ModelError.self) { try model.graph(batchSize: .max) }
    #expect(throws: ModelError.self) { try model.graph(batchSize: 1 << 40) }
  }

  /// A file for four inputs at once whose constants repeat a row four times.
  @Test func readsFixedBatchOfSeveral() throws {
    var builder = ModelBuilder(input: [4, 3])
    builder.constant("c", [4, 3], [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3])
    builder.constant("shape", integers: [4, 1, 3])
    builder.node("Add", ["x", "c"], ["s"])
    builder.node("Reshape", ["s", "shape"], ["y"])
    let graph = try builder.model().graph(batchSize: 1)
    #expect(ReferenceInterpreter(graph).output(for: [10, 20, 30]).elements == [11, 22, 33])
  }

  @Test func refusesRowsThatDiffer() {
    var builder = ModelBuilder(input: [2, 2])
    builder.constant("c", [2, 2], [1, 2, 1, 3])
    builder.node("Add", ["x", "c"], ["y"])
    #expect(isMixing(builder.error()))
  }

  /// Sequence-first layouts move the batch to axis 1 and back.
  @Test func followsTransposes() throws {
    var builder = ModelBuilder(input: [nil, 5, 6])
    builder.constant("w", [6, 6], SimplificationTests.random([6, 6], seed: 3).elements)
    builder.constant("shape", integers: [5, -1, 3])
    builder.constant("back", integers: [5, -1, 6])
    builder.node("Transpose", ["x"], ["t"], ["perm": .ints([1, 0, 2])])
    builder.node("MatMul", ["t", "w"], ["m"])
    builder.node("Reshape", ["m", "shape"], ["r"])
    builder.node("Softmax", ["r"], ["s"], ["axis": .int(0)])
    builder.node("Reshape", ["s", "back"], ["b"])
    builder.node("Transpose", ["b"], ["y"], ["perm": .ints([1, 0, 2])])
    let model = try builder.model()
    let x = SimplificationTests.random([3, 5, 6], seed: 4).elements.map(Double.init)
    let batch = ReferenceInterpreter(try model.graph(batchSize: 3)).output(for: x)
    let single = ReferenceInterpreter(try model.graph(batchSize: 1))
    #expect(batch.shape == [3, 5, 6])
    #expect(
      (0..<3).flatMap { single.output(for: Array(x[($0 * 30)..<($0 * 30 + 30)])).elements } == batch.elements)
  }

  /// Exporters of one-input files drop the batch axis and compute on vectors.
  @Test func followsVectors() throws {
    var builder = ModelBuilder(input: [1, 2, 3])
    builder.constant("flat", integers: [-1])
    builder.constant("w", [6, 4], SimplificationTests.random([6, 4], seed: 3).elements)
    builder.constant("b", [4], [1, -2, 3, -4])
    builder.node("Reshape", ["x", "flat"], ["v"])
    builder.node("MatMul", ["v", "w"], ["m"])
    builder.node("Add", ["m", "b"], ["a"])
    builder.node("Softmax", ["a"], ["y"], ["axis": .int(0)])
    let model = try builder.model()
    #expect(model.outputShape == [4])
    let graph = try model.graph(batchSize: 3)
    let x = SimplificationTests.random([3, 2, 3], seed: 4).elements.map(Double.init)
    let batch = ReferenceInterpreter(graph).output(for: x)
    let single = ReferenceInterpreter(try model.graph(batchSize: 1))
    #expect(
      (0..<3).flatMap { single.output(for: Array(x[($0 * 6)..<($0 * 6 + 6)])).elements } == batch.elements)
    #expect(abs(batch.elements[0..<4].reduce(0, +) - 1) < 1e-12)
  }

  @Test(arguments: [
    "Softmax", "ReduceMean", "Transpose", "Slice", "Concat", "Pad", "Gather", "MatMul", "Split",
  ])
  func refusesMixing(operatorName: String) {
    var builder = ModelBuilder(input: [2, 4])
    builder.constant("zero", integers: [0])
    builder.constant("one", integers: [1])
    builder.constant("pads", integers: [1, 0, 0, 0])
    switch operatorName {
    case "Softmax": builder.node("Softmax", ["x"], ["y"], ["axis": .int(0)])
    case "ReduceMean": builder.node("ReduceMean", ["x"], ["y"], ["axes": .ints([0])])
    case "Transpose": builder.node("Transpose", ["x"], ["y"], ["perm": .ints([1, 0])])
    case "Slice": builder.node("Slice", ["x", "zero", "one", "zero"], ["y"])
    case "Concat": builder.node("Concat", ["x", "x"], ["y"], ["axis": .int(0)])
    case "Pad": builder.node("Pad", ["x", "pads"], ["y"])
    case "Gather": builder.node("Gather", ["x", "one"], ["y"], ["axis": .int(0)])
    case "Split": builder.node("Split", ["x"], ["y", "z"], ["axis": .int(0)])
    default:
      builder.node("Transpose", ["x"], ["t"], ["perm": .ints([1, 0])])
      builder.node("MatMul", ["x", "t"], ["y"])
    }
    #expect(isMixing(builder.error()), "\(String(describing: builder.error()))")
  }

  private func isMixing(_ error: ModelError?) -> Bool {
    if case .mixesBatch? = error { return true }
    return false
  }
}
