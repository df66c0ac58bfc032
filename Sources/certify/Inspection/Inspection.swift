import CertifyEngine
import CertifyModel

/// A model as it is understood.
struct Inspection: Encodable {
  struct Operator: Encodable {
    var domain: String
    var name: String
    var count: Int
  }

  struct Scaling: Encodable {
    var mean: [Double]
    var deviation: [Double]
    /// Lowest and highest.
    var usualRange: [Double]?

    init(_ scaling: InputScaling) {
      mean = scaling.mean
      deviation = scaling.deviation
      usualRange = scaling.usualRange.map { [$0.lowerBound, $0.upperBound] }
    }
  }

  /// What gradients of the logits are worth.
  struct Gradients: Encodable {
    /// full, approximate or none.
    var support: String
    /// Quantisers that gradients pass as if they did not round.
    var straightThrough: [String] = []
    /// Steps that gradients do not pass.
    var stopped: [String] = []

    init(_ support: GradientSupport) {
      func shown(_ sites: [GradientSite]) -> [String] { sites.map { "'\($0.node)' (\($0.operation))" } }
      switch support {
      case .full: self.support = "full"
      case .approximate(let straightThrough, let stopped):
        self.support = "approximate"
        self.straightThrough = shown(straightThrough)
        self.stopped = shown(stopped)
      case .none(let sites):
        self.support = "none"
        stopped = shown(sites)
      }
    }
  }

  var model: String
  var isSupported = true
  var producer: String
  var opset: Int
  var inputShape: [Int]
  /// The number of inputs that the file is made for; absent where it leaves that open.
  var fileBatchSize: Int?
  var inputScaling: Scaling?
  var classes: Int
  /// Whether the file has one output z, read as the logits (0, z).
  var isBinary: Bool
  /// What follows the logits and is left out.
  var head: String
  var parameters: Int
  /// Of convolutions, linear layers and matrix products.
  var flopsPerInput: Double
  /// As in the file.
  var operators: [Operator]
  /// As lowered and simplified.
  var operations: [OperationCount]
  /// Of the operations, those that are evaluated as one.
  var fusions: [OperationCount]
  var gradients: Gradients
  /// The inputs of one forward pass.
  var batchSize: Int
  var kernels: String
  var warnings: [String]

  /// - Throws: ``ModelError`` or ``EngineError`` for what keeps the model from being certified.
  init(path: String) throws {
    let loaded = try OnnxModel.load(path: path)
    let classifier = try LoadedClassifier(model: loaded)
    let graph = try classifier.graph(batchSize: 1)
    model = path
    producer = loaded.producer
    opset = loaded.opset
    inputShape = classifier.inputShape
    fileBatchSize = loaded.fileBatchSize
    inputScaling = loaded.inputScaling.map(Scaling.init)
    classes = classifier.classCount
    isBinary = classifier.isBinary
    head = classifier.head.name
    parameters = loaded.parameterCount
    flopsPerInput = graph.multiplyAdds * 2
    operators = loaded.operators.map { Operator(domain: $0.domain, name: $0.name, count: $0.count) }
    operations = graph.operationCounts
    fusions = graph.fusions
    gradients = Gradients(classifier.gradientSupport)
    // What the kernels refuse shows only now.
    _ = try classifier.makeClassifier(batchSize: 1)
    batchSize = classifier.preferredBatchSize
    kernels = "\(KernelLibrary.version), \(KernelLibrary.instructionSet)"
    warnings = loaded.warnings.map(\.description)
  }
}

/// Why a model cannot be certified.
struct InspectionFailure: Encodable {
  var model: String
  var isSupported = false
  /// Each with the node, what is wrong and what would help.
  var problems: [String]

  /// - Parameter error: of several unsupported nodes, each is a problem.
  init(path: String, error: any Error) {
    model = path
    if case .unsupportedNodes(let nodes)? = error as? ModelError {
      problems = nodes.map(\.description)
    } else {
      problems = ["\(error)"]
    }
  }
}
