import ArgumentParser
import CertifyEngine
import CertifyModel

/// `certify inspect`: the model as it is understood.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show a model as it is understood: operators, shapes, parameters, cost."
  )

  @Argument(help: "The saved classifier, an ONNX file.")
  var model: String

  func run() throws {
    try reportingFailures {
      let classifier = try LoadedClassifier(path: model)
      let loaded = classifier.model
      let graph = try namingModel(model) { try classifier.graph(batchSize: 1) }
      let operators = loaded.operators.map { operation in
        let domain = operation.domain.isEmpty ? "" : "\(operation.domain)."
        return "\(domain)\(operation.name) × \(operation.count)"
      }
      var lines = [
        "file          \(model)",
        "producer      \(loaded.producer.isEmpty ? "unknown" : loaded.producer), opset \(loaded.opset)",
        "input         \(shape(classifier.inputShape)), any batch",
        "classes       \(classifier.classCount)\(classifier.isBinary ? " (one output z, read as the logits 0, z)" : "")",
        "ends in       \(classifier.head.name)",
        "parameters    \(loaded.parameterCount)",
        "FLOPs/input   \(graph.multiplyAdds * 2)",
        "operators     \(operators.joined(separator: ", "))",
        "as computed   \(graph.nodes.count) operations",
        "gradients     \(try gradients(classifier))",
        "batch size    \(classifier.preferredBatchSize)",
        "kernels       \(KernelLibrary.version), \(KernelLibrary.instructionSet)",
      ]
      lines += loaded.warnings.map { "warning       \($0)" }
      Terminal.standardOutput(lines.joined(separator: "\n"))
    }
  }

  private func gradients(_ classifier: LoadedClassifier) throws -> String {
    try namingModel(model) { try classifier.makeDifferentiableClassifier(batchSize: 1) } == nil
      ? "not available" : "available"
  }

  private func shape(_ extents: [Int]) -> String { extents.map(String.init).joined(separator: " × ") }
}
