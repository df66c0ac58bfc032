import CertifyEngine
import CertifyModel
import CertifyThreat
import Testing
import _CertifyTestSupport

@testable import CertifyCertificates

/// Bounds of every operator that they claim to support, from the operators' own fixtures.
@Suite struct OperatorBoundTests {
  /// The families of fixtures that have bounds, and those of their members that have none.
  static let supported = [
    "gemm", "matmul_constant", "conv", "batchnorm", "add", "sub", "mul_constant", "div_constant", "relu",
    "leakyrelu",
    "sigmoid", "tanh", "maxpool", "averagepool", "globalaveragepool", "pad", "flatten", "reshape",
    "transpose", "concat",
    "slice", "squeeze", "unsqueeze", "identity", "dropout", "reducemean", "reducesum",
  ]

  /// Each operator of the list has bounds by every method, and what the program computes at points of an ℓ₂ ball and of
  /// an ℓ_∞ ball lies within them.
  @Test(arguments: BoundMethod.allCases)
  func boundsHold(method: BoundMethod) throws {
    var random = SplitMix(seed: 21)
    var (bounded, refused): (Set<String>, [String]) = ([], [])
    for name in try Fixtures.names(in: "models/operators", ending: "onnx") {
      let family = name.prefix { $0 != "_" }
      let isListed = Self.supported.contains { name == $0 || name.hasPrefix($0 + "_") }
      guard let model = try? OnnxModel.load(path: Fixtures.path("models/operators/\(name).onnx")),
        let graph = try? model.graph(batchSize: 1)
      else { continue }
      let bounds: BoundGraph
      do { bounds = try BoundGraph(graph: graph) } catch {
        if isListed { refused.append(name) }
        continue
      }
      bounded.insert(String(family))
      let evaluator = try GraphEvaluator(graph: graph, gradients: false)
      let center = evaluator.inputs.map { _ in Float(2 * random.unit() - 1) }
      for norm in [Norm.l2, .linf] {
        let region = InputRegion(center: center, radius: 0.1, norm: norm, bounds: nil)
        let forms = evaluator.outputs.indices.prefix(64).flatMap { element in
          [1.0, -1].map { LinearForm(terms: [(element, $0)]) }
        }
        let minima = BoundPropagation(graph: bounds, method: method).minima(of: forms, over: region)
        var set = try FeasibleSet(norm: norm, bounds: nil, center: center, radius: 0.0999)
        for trial in 0..<6 {
          _ = evaluator.inputs.update(fromContentsOf: trial == 0 ? center : set.randomPoint(using: &random))
          try evaluator.forward()
          for (element, value) in evaluator.outputs.prefix(64).enumerated() {
            #expect(
              minima[2 * element] <= Double(value) && Double(value) <= -minima[2 * element + 1],
              "\(name), \(norm), output \(element)")
          }
        }
        // They say something: at a tenth of the size of the input no element may be anything.
        #expect(minima.allSatisfy { $0 > -1e6 }, "\(name), \(norm)")
      }
    }
    #expect(refused == Self.withoutBounds)
    #expect(bounded.count >= 20, "\(bounded.sorted())")
  }

  /// Members of the families that are refused, each for a reason that is not its operator's.
  static let withoutBounds = [
    "add_mask_with_infinity", "div_constant_first", "leakyrelu_slope_above_one",
    "matmul_constant_left_batched",
    "matmul_constant_right_batched", "matmul_constant_right_broadcast_up",
  ]
}
