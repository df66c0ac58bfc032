import CertifyEngine
import CertifyModel

/// A net of two classes with something put after its margin that keeps every decision and spoils the gradients.
///
/// The margin m = z₁ − z₀ becomes the single output, class 1 exactly where m > 0; each mask has the sign of its
/// argument. So the robust radius of every input stays what it was.
enum MaskedNet: CaseIterable {
  /// m itself.
  case honest
  /// tanh(200 m): flat in floating point wherever the net is sure.
  case saturated
  /// m cut off at ±0.001: flat almost everywhere.
  case clipped

  /// In a few words.
  var title: String {
    switch self {
    case .honest: "honest"
    case .saturated: "tanh(200 m)"
    case .clipped: "m cut at ±0.001"
    }
  }

  /// The masked net of a net with two logits.
  func classifier(of net: LoadedClassifier) throws -> LoadedClassifier {
    try LoadedClassifier { batchSize in
      var graph = try net.graph(batchSize: batchSize)
      func add(_ operation: CertifyModel.Operation, _ inputs: [ValueID], _ name: String) -> ValueID {
        graph.values.append(Value(name: name, shape: [batchSize, 1]))
        graph.nodes.append(
          Node(name: name, operation: operation, inputs: inputs, output: graph.values.count - 1))
        return graph.values.count - 1
      }
      let difference = Linear(weights: Tensor(shape: [1, 2], elements: [-1, 1]), bias: nil)
      let margin = add(.linear(difference), [graph.output], "margin")
      switch self {
      case .honest: graph.output = margin
      case .saturated:
        let factor = Tensor(shape: [], elements: [200])
        let steep = add(.affine(Affine(scale: factor, shift: nil)), [margin], "steep")
        graph.output = add(.unary(.tanh), [steep], "flat")
      case .clipped: graph.output = add(.unary(.clip(lower: -0.001, upper: 0.001)), [margin], "cut")
      }
      return graph
    }
  }
}
