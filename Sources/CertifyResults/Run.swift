import CertifyThreat

/// All brackets of one input.
public struct InputResult: Sendable, Codable, Equatable {
  /// The position in the data file, from 0.
  public var index: Int
  /// The class that is right.
  public var label: Int
  /// One for each classifier and norm.
  public var brackets: [Bracket]
  /// Why the input could not be evaluated; there are no brackets then.
  public var error: String?

  public init(index: Int, label: Int, brackets: [Bracket], error: String? = nil) {
    self.index = index
    self.label = label
    self.brackets = brackets
    self.error = error
  }
}

/// The record of a run: what was asked, and what was found.
public struct RunResults: Sendable, Codable, Equatable {
  /// The version of this record's form.
  public static let currentSchemaVersion = 1

  /// The version of the form that these values have.
  public var schemaVersion: Int
  /// What was asked.
  public var manifest: RunManifest
  /// In ascending order of index; fewer than `manifest.selectedInputs` when the run was interrupted.
  public var inputs: [InputResult]
  /// Whether the run was stopped before all inputs were evaluated.
  public var interrupted: Bool
  /// Whether attacks that follow gradients can be trusted; `nil` where none followed them.
  public var diagnosis: GradientDiagnosis?
  /// What the classes are called, by number; `nil` where they have numbers only.
  public var classNames: [String]?
  /// The part of the run that these inputs are; `nil` for all of it.
  public var shard: Shard?

  public init(
    manifest: RunManifest, inputs: [InputResult], interrupted: Bool, diagnosis: GradientDiagnosis? = nil,
    classNames: [String]? = nil, shard: Shard? = nil
  ) {
    self.schemaVersion = Self.currentSchemaVersion
    self.manifest = manifest
    self.inputs = inputs
    self.interrupted = interrupted
    self.diagnosis = diagnosis
    self.classNames = classNames
    self.shard = shard
  }
}

/// Everything that a run's counts depend on; two runs with equal manifests write equal results.
public struct RunManifest: Sendable, Codable, Equatable {
  /// The program that ran.
  public var tool: ToolRecord
  /// The saved model.
  public var model: FileRecord
  /// The data file.
  public var data: FileRecord
  /// The file of the labels, where they are not in the data file.
  public var labels: FileRecord?
  /// The allowed inputs.
  public var space: InputSpace
  /// How 8-bit values became inputs, such as `divided by 255`.
  public var scaling: String
  /// The shape of an input, without the batch.
  public var inputShape: [Int]
  /// K, the classes of the model.
  public var classCount: Int
  /// The inputs asked for, and the count in the file.
  public var selectedInputs: Int
  /// The inputs in the data file.
  public var availableInputs: Int
  /// The norms of the radii.
  public var norms: [Distance]
  /// The saved model, the smoothed classifier, or both.
  public var classifiers: [ClassifierKind]
  /// The smoothed classifiers, each by what defines it.
  public var smoothings: [SmoothingRecord]
  /// n, the fresh samples of a certificate.
  public var samples: Int
  /// n₀, the samples that choose the class.
  public var selectionSamples: Int
  /// The error probability of a certificate.
  public var alpha: Double
  /// The names of the certificates.
  public var certificates: [String]
  /// The names of the attacks.
  public var attacks: [String]
  /// Radii of fixed-ε attacks; empty when the smallest witness is sought.
  public var epsilons: [Double]
  /// Further parameters by name, such as `steps`, `restarts`, `beta`.
  public var parameters: [String: String]
  /// Of all noise and all random choices.
  public var seed: UInt64
  /// The command line, quoted for a shell.
  public var command: String
  /// What attacks were to reach, such as `3` or `second`; `nil` for any class but the label.
  public var target: String?
  /// The file that narrowed what may change, whose limits are in `space`.
  public var threatFile: FileRecord?
  /// Another model, from which witnesses could transfer.
  public var surrogate: FileRecord?
  /// How samples and the probability of error were shared out; `nil` for the same samples and α for every input.
  public var plan: SamplingPlanRecord?
  /// SHA-256 of each file that the model says it was trained on; `nil` where it says nothing.
  public var trainingData: [String]?

  public init(
    tool: ToolRecord, model: FileRecord, data: FileRecord, labels: FileRecord?, space: InputSpace,
    scaling: String, inputShape: [Int], classCount: Int, selectedInputs: Int, availableInputs: Int,
    norms: [Distance], classifiers: [ClassifierKind], smoothings: [SmoothingRecord], samples: Int,
    selectionSamples: Int, alpha: Double, certificates: [String], attacks: [String], epsilons: [Double],
    parameters: [String: String], seed: UInt64, command: String, target: String? = nil,
    threatFile: FileRecord? = nil, surrogate: FileRecord? = nil
  ) {
    self.tool = tool
    self.model = model
    self.data = data
    self.labels = labels
    self.space = space
    self.scaling = scaling
    self.inputShape = inputShape
    self.classCount = classCount
    self.selectedInputs = selectedInputs
    self.availableInputs = availableInputs
    self.norms = norms
    self.classifiers = classifiers
    self.smoothings = smoothings
    self.samples = samples
    self.selectionSamples = selectionSamples
    self.alpha = alpha
    self.certificates = certificates
    self.attacks = attacks
    self.epsilons = epsilons
    self.parameters = parameters
    self.seed = seed
    self.command = command
    self.target = target
    self.threatFile = threatFile
    self.surrogate = surrogate
  }
}

/// The program that ran: f is one function for each kernel library and instruction set.
public struct ToolRecord: Sendable, Codable, Equatable {
  /// The version of certify.
  public var version: String
  /// The kernel library and its version, such as `oneDNN 2.6.3`.
  public var kernels: String
  /// The instruction set the kernels were chosen for, such as `avx2`.
  public var instructionSet: String
  /// Rows a forward pass evaluates; a batch is padded to it.
  public var batchSize: Int

  public init(version: String, kernels: String, instructionSet: String, batchSize: Int) {
    self.version = version
    self.kernels = kernels
    self.instructionSet = instructionSet
    self.batchSize = batchSize
  }
}

/// A file that went into a run.
public struct FileRecord: Sendable, Codable, Equatable {
  /// As it was given.
  public var path: String
  /// Lower-case hexadecimal digest of the file's bytes.
  public var sha256: String

  public init(path: String, sha256: String) {
    self.path = path
    self.sha256 = sha256
  }
}
