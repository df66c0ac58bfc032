import ArgumentParser
import CertifyThreat
import CertifyTraining

/// What is trained.
struct NetworkOptions: ParsableArguments {
  @Option(
    help:
      "A network trained from nothing: \(Architecture.names.joined(separator: ", ")). (default: cnn for images, else mlp)"
  )
  var architecture: String?

  @Option(parsing: .upToNextOption, help: "Units of the hidden layers of an mlp. (default: 256 256)")
  var hidden: [Int] = []

  @Option(help: "The function on the units of an mlp: relu, gelu.")
  var activation = Architecture.Activation.relu

  @Option(help: "A given ONNX model to go on training, instead of an architecture.")
  var model: String?
}

/// What is minimised.
struct ObjectiveOptions: ParsableArguments {
  @Option(help: "The objective: \(Objective.names.joined(separator: ", ")).")
  var objective = "standard"

  @Option(help: "The adversary's budget; 0 for none.")
  var epsilon = 0.0

  @Option(help: "The norm of the adversary: l1, l2, linf.")
  var norm = Norm.linf

  @Option(help: "The smallest and largest input value, such as 0,1; `none` for no bounds.")
  var bounds = "0,1"

  @Option(help: "Standard deviation of the noise of gaussian and smoothadv. (default: 0.25)")
  var sigma: Double?

  @Option(help: "Steps of the attack of pgd, smoothadv and trades. (default: 7; smoothadv: 2)")
  var steps: Int?

  @Option(
    name: .customLong("step-length"),
    help: "Length of a step in multiples of epsilon. (default: 2.5 / steps; fgsm: 1.25; smoothadv: 2 / steps)"
  )
  var stepLength: Double?

  @Option(help: "The factor λ of gradient-penalty's ‖∇L‖. (default: epsilon, or 0.1 without one)")
  var penalty: Double?

  @Option(help: "The length h of gradient-penalty's central difference. (default: 0.01)")
  var difference: Double?

  @Option(name: .customLong("noise-samples"), help: "Noisy copies of an input in smoothadv. (default: 2)")
  var noiseSamples: Int?

  @Option(help: "The factor β of trades. (default: 6)")
  var beta: Double?

  @Option(help: "The part of the training over which ibp's epsilon grows from 0. (default: 0.5)")
  var ramp: Double?

  /// The adversary.
  func threat() throws -> ThreatSetting {
    ThreatSetting(norm: norm, epsilon: epsilon, bounds: try ResolvedOptions.parseBounds(bounds))
  }

  private static let usualSigma = 0.25

  /// The options given that the objective makes nothing of.
  var idle: [String] {
    let used: [String: [String]] = [
      "gaussian": ["sigma"], "fgsm": ["step-length"], "pgd": ["steps", "step-length"],
      "gradient-penalty": ["penalty", "difference"],
      "smoothadv": ["sigma", "noise-samples", "steps", "step-length"],
      "trades": ["beta", "steps", "step-length"], "ibp": ["ramp"],
    ]
    let given: [(name: String, isGiven: Bool)] = [
      ("sigma", sigma != nil), ("steps", steps != nil), ("step-length", stepLength != nil),
      ("penalty", penalty != nil), ("difference", difference != nil),
      ("noise-samples", noiseSamples != nil), ("beta", beta != nil), ("ramp", ramp != nil),
    ]
    return given.filter { $0.isGiven && used[objective]?.contains($0.name) != true }.map { "--\($0.name)" }
  }

  /// The objective of the name given.
  func chosen() throws -> Objective {
    switch objective {
    case "standard": return .standard
    case "gaussian": return .gaussian(sigma: sigma ?? Self.usualSigma)
    case "fgsm": return .fgsm(length: stepLength ?? 1.25)
    case "pgd":
      let steps = steps ?? 7
      return .pgd(steps: steps, length: stepLength ?? 2.5 / Double(max(steps, 1)))
    case "gradient-penalty":
      return .gradientPenalty(weight: penalty ?? (epsilon > 0 ? epsilon : 0.1), step: difference ?? 0.01)
    case "smoothadv":
      let steps = steps ?? 2
      return .smoothAdv(
        sigma: sigma ?? Self.usualSigma, samples: noiseSamples ?? 2, steps: steps,
        length: stepLength ?? 2 / Double(max(steps, 1)))
    case "trades":
      let steps = steps ?? 7
      return .trades(beta: beta ?? 6, steps: steps, length: stepLength ?? 2.5 / Double(max(steps, 1)))
    case "ibp": return .ibp(ramp: ramp ?? 0.5)
    default:
      throw CommandError.usage(
        "--objective \(objective): there is no such objective; give one of \(Objective.names.joined(separator: ", "))"
      )
    }
  }
}

extension Schedule: ExpressibleByArgument {}
extension Architecture.Activation: ExpressibleByArgument {}

/// How it is minimised.
struct OptimiserOptions: ParsableArguments {
  @Option(help: "The optimiser: adam or sgd.")
  var optimiser = "adam"

  @Option(help: "The momentum of sgd. (default: 0.9)")
  var momentum: Double?

  @Option(
    name: .customLong("learning-rate"),
    help: "The peak learning rate. (default: 0.001 for adam, 0.05 for sgd)")
  var learningRate: Double?

  @Option(name: .customLong("weight-decay"), help: "Weight decay; decoupled from the gradient for adam.")
  var weightDecay = 0.0

  @Option(help: "The learning rate's course: constant, step, cosine, one-cycle.")
  var schedule = Schedule.cosine

  @Option(help: "Passes over the training data.")
  var epochs = 20

  @Option(name: .customLong("batch-size"), help: "Inputs of a mini-batch.")
  var batchSize = 128

  @Option(help: "The seed of weights, orders, noise and starts.")
  var seed: UInt64 = 0

  /// The optimiser of the name given.
  func chosen() throws -> Optimiser {
    switch optimiser {
    case "sgd": return .sgd(momentum: momentum ?? 0.9)
    case "adam": return .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8)
    default:
      throw CommandError.usage("--optimiser \(optimiser): there is no such optimiser; give adam or sgd")
    }
  }
}

/// How a training is watched.
struct MonitorOptions: ParsableArguments {
  @Option(
    help:
      "Inputs of the training data that are held out to watch accuracies on. (default: a tenth, at most 1000)"
  )
  var holdout: Int?

  @Option(help: "A data file to watch accuracies on, instead of inputs held out.")
  var validation: String?

  @Option(name: .customLong("validation-labels"), help: "Its labels, when the file holds none.")
  var validationLabels: String?

  @Option(name: .customLong("monitor-steps"), help: "Steps of the attack that watches the robust accuracy.")
  var monitorSteps = 10

  @Flag(
    name: .customLong("stop-on-overfitting"),
    help: "Stop when catastrophic overfitting is found, with the parameters of the last good epoch.")
  var stopOnOverfitting = false
}
