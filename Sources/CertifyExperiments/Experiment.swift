/// A published claim, computed anew: what is run, what comes out, and what must hold.
///
/// An experiment is deterministic: equal settings give equal pages, whatever the number of threads.
public protocol Experiment: Sendable {
  /// What it is called on the command line, such as `linear-demo`.
  static var name: String { get }
  /// What it shows, in a line.
  static var summary: String { get }

  init()

  /// Runs it.
  ///
  /// - Throws: ``ExperimentError`` when data that it needs are missing; what the modules that it uses throw.
  func run(_ setting: ExperimentSetting) throws -> ExperimentPage
}

/// How an experiment is run.
public struct ExperimentSetting: Sendable {
  /// How large it is.
  public enum Scale: String, Sendable, Codable, CaseIterable {
    /// Seconds: enough to see that everything holds.
    case small
    /// As published, or large enough to tell.
    case full
  }

  /// How large the experiment is.
  public var scale: Scale
  /// What everything random is drawn from.
  public var seed: UInt64
  /// How many threads may work; no figure depends on it.
  public var jobs: Int
  /// A directory with data and models that are not the project's; `nil` without one.
  public var dataDirectory: String?
  /// Called now and then with the part of the work that is done, 0 to 1; perhaps from several threads.
  public var progress: @Sendable (Double) -> Void

  public init(
    scale: Scale, seed: UInt64 = 0, jobs: Int = 1, dataDirectory: String? = nil,
    progress: @escaping @Sendable (Double) -> Void = { _ in }
  ) {
    self.scale = scale
    self.seed = seed
    self.jobs = jobs
    self.dataDirectory = dataDirectory
    self.progress = progress
  }

  /// One of two values, by the scale.
  ///
  /// - Parameters:
  ///   - small: The value where the experiment takes seconds.
  ///   - full: The value as published.
  public func choose<Value>(small: Value, full: Value) -> Value { scale == .small ? small : full }
}

/// What keeps an experiment from running.
public enum ExperimentError: Error, Equatable, CustomStringConvertible {
  /// No experiment has the name.
  case unknown(name: String)
  /// A file that it needs is neither where the data are said to be nor among the fixtures.
  case missingData(experiment: String, file: String)
  /// A computation left the range in which it means something.
  case failed(experiment: String, reason: String)

  public var description: String {
    switch self {
    case .unknown(let name):
      "there is no experiment `\(name)`; \(Experiments.hint(name))"
    case .missingData(let experiment, let file):
      "\(experiment): it finds no \(file); name the directory that has it with --data"
    case .failed(let experiment, let reason): "\(experiment): \(reason)"
    }
  }
}
