import CertifyEngine
import CertifyModel
import Foundation
import Testing
import _CertifyTestSupport

/// Winograd's convolutions compute what direct ones do, up to their larger rounding errors.
///
/// On machines without such kernels both are the same.
struct WinogradTests {
  @Test(arguments: [(16, 16, 8), (32, 48, 7), (64, 64, 14)], [1, 5, 12])
  func layerAgreesWithTheDirectOne(_ layer: (inputs: Int, outputs: Int, side: Int), _ batch: Int) throws {
    let (inputs, outputs, side) = layer
    let graph = OperationCase.single(
      "layer", OperationCase.convolution([outputs, inputs, 3, 3], begin: [1, 1], end: [1, 1]),
      from: [batch, inputs, side, side], to: [batch, outputs, side, side]
    ).graph
    try compare(graph, tolerance: 1e-5)
  }

  @Test(.enabled(if: Fixtures.externalModels != nil), arguments: BatchInvarianceTests.externalModels)
  func publishedModelAgreesWithTheDirectOne(_ path: String) throws {
    guard let classifier = try? LoadedClassifier(model: .load(path: path)) else { return }
    try compare(classifier.graph(batchSize: classifier.preferredBatchSize), tolerance: 1e-4)
  }

  @Test func digitsModelAgreesWithTheDirectOne() throws {
    let classifier = try LoadedClassifier(model: .load(path: Fixtures.path("models/digits_cnn.onnx")))
    try compare(classifier.graph(batchSize: 24), tolerance: 1e-5)
  }

  /// The largest difference, relative to the largest number, of outputs and of gradients.
  private func compare(_ graph: Graph, tolerance: Float) throws {
    let plans = try [ConvolutionArithmetic.direct, .winograd].map {
      try GraphEvaluator(graph: graph, gradients: true, convolutions: $0)
    }
    for plan in plans {
      var random = SplitMix(seed: 3)
      for i in plan.inputs.indices { plan.inputs[i] = Float(random.unit()) }
      for i in plan.outputGradients.indices { plan.outputGradients[i] = Float(random.unit()) }
      try plan.forward()
      try plan.backward()
    }
    expectClose(Array(plans[1].outputs), Array(plans[0].outputs), tolerance, "outputs")
    // A relu whose argument changes its sign by a rounding error moves a gradient by much: few may differ.
    let (found, expected) = (Array(plans[1].inputGradients), Array(plans[0].inputGradients))
    let scale = expected.map(abs).max() ?? 0
    let apart = zip(found, expected).filter { abs($0 - $1) > 10 * tolerance * scale }.count
    #expect(apart * 20 <= found.count, "\(apart) of \(found.count) gradients")
  }

  private func expectClose(_ found: [Float], _ expected: [Float], _ tolerance: Float, _ what: String) {
    let scale = expected.map(abs).max() ?? 0
    let worst = zip(found, expected).map { abs($0 - $1) }.max() ?? 0
    #expect(worst <= tolerance * scale, "\(what): off by \(worst / scale) of the largest")
  }
}
