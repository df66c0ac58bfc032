import CertifyData
import CertifyEngine
import CertifyModel
import Testing
import _CertifyTestSupport

@testable import CertifyTraining

/// Gradients of parameters against PyTorch's in float64.
struct GoldenGradientTests {
  @Test(arguments: ["mlp", "resnet"])
  func agreesWithPyTorch(_ name: String) throws {
    let golden = try NamedArrays(npz: Fixtures.path("golden/training/\(name).npz")).entries
    func numbers(_ entry: String) throws -> [Float] { try #require(golden[entry]).numbers }
    let dataset = try Dataset(
      samples: .floats(numbers("x")), sampleShape: [1, 8, 8], labels: numbers("labels").map { Int($0) },
      source: "golden")
    let loaded = try LoadedClassifier(
      model: OnnxModel.load(path: Fixtures.path("models/training/\(name).onnx")))
    let model = try TrainableModel(fineTuning: loaded)
    let data = try TrainingSet(dataset, classCount: 10)
    let worker = try StandardWorker(model, rows: 12)
    try worker.load(model.parameters)
    let part = BatchPart(data: data, indices: Array(0..<12)[...], epoch: 1, progress: 0, scale: 1.0 / 12)
    let result = try worker.run(part)
    #expect(abs(result.loss / 12 - Double(try numbers("loss")[0])) < 1e-5)
    let expected = try numbers("gradient")
    #expect(worker.gradient.count == expected.count)
    let largest = expected.map(abs).max() ?? 0
    for (found, expected) in zip(worker.gradient, expected) {
      #expect(abs(found - expected) <= 2e-5 * largest)
    }
  }
}
