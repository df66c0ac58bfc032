import CertifyModel
import Testing
import _CertifyTestSupport

/// Every operator net, against the outputs of another runtime.
struct OperatorFixtureTests {
  @Test func allAreThere() {
    #expect(Fixtures.models(in: "operators").count >= 450)
  }

  @Test(arguments: Fixtures.models(in: "operators"))
  func reproducesReference(name: String) throws {
    let golden = try Fixtures.golden("golden/operators/\(name).npz")
    let x = try #require(golden["x"])
    let y = try #require(golden["y"])
    let model = try OnnxModel.load(path: Fixtures.path("models/operators/\(name).onnx"))
    #expect(model.inputShape == Array(x.shape.dropFirst()))
    let rows = x.shape[0]
    #expect(model.outputShape.reduce(rows, *) == y.elements.count)

    let batch = ReferenceInterpreter(try model.graph(batchSize: rows)).output(for: x.elements)
    #expect(batch.shape == [rows] + model.outputShape)
    #expect(relativeError(batch.elements, y.elements) < 1e-5)

    // A row alone gives exactly what it gives in a batch.
    let single = ReferenceInterpreter(try model.graph(batchSize: 1))
    let size = x.elements.count / rows
    let alone = (0..<rows).flatMap {
      single.output(for: Array(x.elements[($0 * size)..<(($0 + 1) * size)])).elements
    }
    #expect(alone == batch.elements)
  }

  @Test(arguments: Fixtures.models(in: ""))
  func reproducesDigits(name: String) throws {
    let golden = try Fixtures.golden("golden/digits/\(name).npz")
    let x = try #require(golden["x"])
    let y = try #require(golden["y"])
    let model = try OnnxModel.load(path: Fixtures.path("models/\(name).onnx"))
    let output = ReferenceInterpreter(try model.graph(batchSize: x.shape[0])).output(for: x.elements)
    #expect(relativeError(output.elements, y.elements) < 1e-5)
  }
}
