import CertifyResults

/// What a store says of its run before any input is finished.
public struct StoredRun: Sendable, Codable, Equatable {
  /// The manifest of the whole run, of which this store may hold a shard.
  public var manifest: RunManifest
  /// `nil` for the whole run.
  public var shard: Shard?
  /// The data's indices of all inputs of the run, those of other shards included, in the order of the selection.
  public var indices: [Int]
  /// What the classes are called; not a part of what makes a run the same run.
  public var classNames: [String]?
  /// How the program was called, for `--resume` to read the same options.
  public var invocation: RecordedInvocation

  public init(
    manifest: RunManifest, shard: Shard?, indices: [Int], classNames: [String]?,
    invocation: RecordedInvocation
  ) {
    self.manifest = manifest
    self.shard = shard
    self.indices = indices
    self.classNames = classNames
    self.invocation = invocation
  }

  /// The positions in the selection of the inputs that this store is for, in ascending order.
  public var positions: [Int] { shard?.positions(of: indices.count) ?? Array(indices.indices) }

  /// The whole run or its part, in words.
  var part: String { shard.map { "shard \($0)" } ?? "the whole run" }
}

/// How the program was called: enough to read its options again.
public struct RecordedInvocation: Sendable, Codable, Equatable {
  /// The words after the program's name.
  public var arguments: [String]
  /// The directory that relative paths start from.
  public var directory: String
  /// The text of the policy file, where there was one.
  public var policy: String?

  public init(arguments: [String], directory: String, policy: String?) {
    self.arguments = arguments
    self.directory = directory
    self.policy = policy
  }
}

/// How far a store is.
public struct StoreProgress: Sendable, Equatable {
  /// The inputs that the store is for, those with a result, and those among them that could not be evaluated.
  public var total: Int
  /// Inputs with a result, those that could not be evaluated included.
  public var done: Int
  /// Inputs among `done` that could not be evaluated.
  public var failed: Int
}
