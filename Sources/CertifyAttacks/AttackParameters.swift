import CertifyThreat

/// How hard an attack tries. The defaults suit a small model on two cores.
public struct AttackParameters: Sendable, Equatable, Codable {
  /// K, the gradient steps of one run of an attack.
  public var steps: Int = 100
  /// Starting points of a run, the first of which is x; they are rows of one batch.
  public var restarts: Int = 8
  /// The largest number of evaluations of f for one input against the base classifier, one an input row.
  public var maximumQueries: Int = 3_000
  /// The same against the smoothed classifier, flip tests included.
  public var maximumSmoothedQueries: Int = 60_000
  /// T, the gradient steps of one run of SmoothAdv.
  public var smoothedSteps: Int = 10
  /// m, the noise samples behind one gradient of the smoothed classifier.
  public var noiseSamples: Int = 64
  /// β, the chance that a reported witness against the smoothed classifier is none; split evenly over
  /// `maximumCandidates`.
  public var beta: Double = 0.001
  /// C, the largest number of candidate witnesses that flip tests are spent on for one input.
  public var maximumCandidates: Int = 8
  /// Samples that choose a candidate's rival class.
  public var flipSelectionSamples: Int = 100
  /// The most samples of one flip test.
  public var flipMaximumSamples: Int = 20_000
  /// The norm of a flow's step; `nil` for that of its budget.
  public var stepNorm: Norm?
  /// Whether the points that a flow visits are kept.
  public var keepsTrajectory = false

  public init() {}

  /// Checks every parameter's range.
  ///
  /// - Throws: ``AttackError/invalidParameter(name:value:advice:)`` for the first that is out of it.
  public func validate() throws(AttackError) {
    try Self.check("steps", steps, in: 1...1_000_000)
    try Self.check("restarts", restarts, in: 1...100_000)
    try Self.check("maximum queries", maximumQueries, in: 1...1_000_000_000_000)
    try Self.check("maximum smoothed queries", maximumSmoothedQueries, in: 1...1_000_000_000_000)
    try Self.check("smoothed steps", smoothedSteps, in: 1...1_000_000)
    try Self.check("noise samples", noiseSamples, in: 1...1_000_000)
    try Self.check("maximum candidates", maximumCandidates, in: 1...10_000)
    try Self.check("flip selection samples", flipSelectionSamples, in: 1...1_000_000_000)
    try Self.check("flip maximum samples", flipMaximumSamples, in: 1...1_000_000_000)
    guard beta > 0, beta < 0.5 else {
      throw .invalidParameter(
        name: "beta", value: "\(beta)", advice: "give a probability of error between 0 and 0.5, such as 0.001"
      )
    }
  }

  /// β/C, the level of one candidate's flip test.
  public var betaPerCandidate: Double { beta / Double(maximumCandidates) }

  private static func check(_ name: String, _ value: Int, in range: ClosedRange<Int>) throws(AttackError) {
    guard range.contains(value) else {
      throw .invalidParameter(
        name: name, value: "\(value)",
        advice: "give a number from \(range.lowerBound) to \(range.upperBound)")
    }
  }
}
