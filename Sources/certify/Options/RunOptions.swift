import ArgumentParser
import CertifyAttacks
import CertifyResults
import CertifyThreat

extension Norm: ExpressibleByArgument {}
extension Distance: ExpressibleByArgument {}
extension ClassifierKind: ExpressibleByArgument {}

/// Which inputs of which data a command reads.
struct DataOptions: ParsableArguments {
  @Option(help: "The inputs: .npz, .npy, IDX (.gz too), CIFAR binary or CSV.")
  var data: String

  @Option(help: "The labels, when the data file holds none.")
  var labels: String?

  @Option(
    name: .customLong("label-column"), help: "The label's column in a CSV file: a name or a number from 0.")
  var labelColumn: String?

  @Option(help: "Only the first N inputs.")
  var first: Int?

  @Option(help: "Only inputs 0, K, 2K, ….")
  var every: Int?
}

/// What a run asks of each input; `nil` and empty lists are left to the policy and to the defaults.
struct RunOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: "Norms: l1, l2, linf; l0, the number of changed values, for attacks on base alone. (default: l2)")
  var norm: [Distance] = []

  @Option(help: "The smallest and largest input value, such as 0,1; `none` for no bounds. (default: 0,1)")
  var bounds: String?

  @Option(parsing: .upToNextOption, help: "Classifiers: base, smoothed. (default: both)")
  var classifier: [ClassifierKind] = []

  @Option(parsing: .upToNextOption, help: "Standard deviations of the smoothing noise. (default: 0.25)")
  var sigma: [Double] = []

  @Option(
    help:
      "Noise: gaussian-sound (default for 8-bit data) or gaussian; for ℓ₁ uniform-sound, laplace-sound and the exact splitting for 8-bit data, or uniform and laplace."
  )
  var noise: String?

  @Option(
    help:
      "How noise is drawn: direct, or exact-linear for gaussian noise where a model starts with a linear layer. (default: the faster one that applies)"
  )
  var sampler: String?

  @Option(help: "Samples that estimate the class's probability. (default: 100000)")
  var samples: Int?

  @Option(name: .customLong("selection-samples"), help: "Samples that choose the class. (default: 100)")
  var selectionSamples: Int?

  @Option(help: "The probability with which a certificate may be wrong. (default: 0.001)")
  var alpha: Double?

  @Option(
    parsing: .upToNextOption,
    help: "Attacks: \(AttackName.names.joined(separator: ", ")). (default: best; auto with --epsilon)"
  )
  var attack: [String] = []

  @Option(
    parsing: .upToNextOption,
    help:
      "Certificates: gaussian-p-lower or gaussian-runner-up, the same of uniform and laplace, splitting-exact; linear-exact, lipschitz, ibp, crown, alpha-crown, branch-and-bound; none. (default: -p-lower of the noise; linear-exact for affine models, else crown for small ones and ibp for larger ones)"
  )
  var certificate: [String] = []

  @Option(
    parsing: .upToNextOption, help: "Radii of a fixed-ε attack; without them the smallest witness is sought.")
  var epsilon: [Double] = []

  @Option(help: "Steps of a gradient attack. (default: 100)")
  var steps: Int?

  @Option(
    name: .customLong("attack-queries"),
    help:
      "Evaluations an attack may spend on an input. (default: 3000; smoothed: 3 × samples, 10000 to 60000)")
  var attackQueries: Int?

  @Option(help: "Random restarts of a gradient attack. (default: 8)")
  var restarts: Int?

  @Option(
    help:
      "The probability with which a witness against the smoothed classifier may be wrong. (default: 0.001)")
  var beta: Double?

  @Option(help: "The seed of all noise and of all random choices. (default: 0)")
  var seed: UInt64?
}

/// What a run is judged by.
struct GateOptions: ParsableArguments {
  @Option(
    help: "A policy file (YAML): requirements, and the parameters of the run that it fixes.",
    completion: .file(extensions: ["yml", "yaml"]))
  var policy: String?

  @Option(help: "A requirement, such as 'certified-accuracy(0.5) >= 0.6'; may be repeated.")
  var require: [String] = []

  @Option(
    help: "The directory of an earlier run, for requirements such as 'no-regression(clean-accuracy)'.",
    completion: .directory)
  var baseline: String?

  init() {}

  /// The same without a command line.
  init(policy: String?, require: [String], baseline: String?) {
    self.policy = policy
    self.require = require
    self.baseline = baseline
  }
}
