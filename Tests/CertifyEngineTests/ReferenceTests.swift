import CertifyData
import CertifyEngine
import CertifyModel
import Foundation
import Testing
import _CertifyTestSupport

/// Whole models against ONNX Runtime (forward) and PyTorch (gradients), whose outputs are in `fixtures/golden`.
struct ReferenceTests {
  @Test(arguments: try Fixtures.names(in: "golden/operators", ending: "npz"))
  func operatorNetAgrees(_ name: String) throws {
    try compare(
      model: Fixtures.path("models/operators/\(name).onnx"),
      reference: Fixtures.path("golden/operators/\(name).npz"))
  }

  @Test(arguments: try Fixtures.names(in: "golden/digits", ending: "npz"))
  func digitsModelAgrees(_ name: String) throws {
    try compare(
      model: Fixtures.path("models/\(name).onnx"), reference: Fixtures.path("golden/digits/\(name).npz"))
  }

  /// Models that others made: their directory is named by CERTIFY_EXTERNAL_MODELS.
  @Test(
    .enabled(if: Fixtures.externalModels != nil),
    arguments: try Fixtures.names(in: "golden/external", ending: "npz"))
  func externalModelAgrees(_ name: String) throws {
    let directory = try #require(Fixtures.externalModels)
    let model = try #require(
      ["", "models/", "vnncomp2021/"].map { "\(directory)/\($0)\(name).onnx" }.first {
        FileManager.default.fileExists(atPath: $0)
      }, "\(name).onnx is not in \(directory)")
    try compare(model: model, reference: Fixtures.path("golden/external/\(name).npz"))
  }

  private func compare(model path: String, reference: String) throws {
    let arrays = try NamedArrays(npz: reference).entries
    let (x, y) = (try #require(arrays["x"]), try #require(arrays["y"]))
    let (v, g) = (try #require(arrays["v"]), try #require(arrays["g"]))
    let rows = try #require(x.shape.first)
    let model = try OnnxModel.load(path: path)
    for batchSize in [rows, 1] {
      let plain = try GraphEvaluator(graph: model.graph(batchSize: batchSize), gradients: false)
      let differentiable = try GraphEvaluator(graph: model.graph(batchSize: batchSize), gradients: true)
      var (outputs, again, gradients) = ([Float](), [Float](), [Float]())
      let (inputWidth, outputWidth) = (x.numbers.count / rows, y.numbers.count / rows)
      for start in stride(from: 0, to: rows, by: batchSize) {
        let input = x.numbers[(start * inputWidth)..<((start + batchSize) * inputWidth)]
        _ = plain.inputs.update(fromContentsOf: input)
        try plain.forward()
        outputs += plain.outputs
        _ = differentiable.inputs.update(fromContentsOf: input)
        try differentiable.forward()
        again += differentiable.outputs
        _ = differentiable.outputGradients.update(
          fromContentsOf: v.numbers[(start * outputWidth)..<((start + batchSize) * outputWidth)])
        try differentiable.backward()
        gradients += differentiable.inputGradients
      }
      expectClose(outputs, y.numbers, "outputs in batches of \(batchSize)")
      expectClose(again, y.numbers, "outputs with gradients in batches of \(batchSize)")
      expectClose(gradients, g.numbers, "gradients in batches of \(batchSize)")
    }
  }

  /// The largest difference is at most 10⁻⁵ of the largest number.
  private func expectClose(_ found: [Float], _ expected: [Float], _ what: String) {
    #expect(found.count == expected.count, "\(what)")
    let scale = max(expected.map(abs).max() ?? 0, 1e-3)
    let worst = zip(found, expected).map { abs($0 - $1) }.max() ?? 0
    #expect(worst <= 1e-5 * scale, "\(what): off by \(worst) where the largest number is \(scale)")
  }
}
