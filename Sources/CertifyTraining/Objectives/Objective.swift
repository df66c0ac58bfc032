import CertifyThreat

/// What a training minimises, as a mean over the inputs of a mini-batch.
public enum Objective: Sendable, Codable, Equatable {
  /// Cross-entropy at the input.
  case standard
  /// Cross-entropy at x + ση, for randomized smoothing (Cohen, Rosenfeld & Kolter 2019, arXiv 1902.02918).
  case gaussian(sigma: Double)
  /// Cross-entropy after one step from a random start (Wong, Rice & Kolter 2020, arXiv 2001.03994); `length` in
  /// multiples of ε.
  case fgsm(length: Double)
  /// Cross-entropy at the point that projected gradient ascent finds (Madry et al. 2018, arXiv 1706.06083); by
  /// Danskin's theorem the gradient there is that of the maximum.
  case pgd(steps: Int, length: Double)
  /// Cross-entropy + λ‖∇ₓ cross-entropy‖_q; the gradient of the penalty is a central difference over 2 `step`.
  case gradientPenalty(weight: Double, step: Double)
  /// Cross-entropy at x′ + ση, x′ an adversarial input of the smoothed classifier (Salman et al. 2019, arXiv
  /// 1906.04584).
  case smoothAdv(sigma: Double, samples: Int, steps: Int, length: Double)
  /// Cross-entropy + β·KL between the answers at x and at x′ (Zhang et al. 2019, arXiv 1901.08573).
  case trades(beta: Double, steps: Int, length: Double)
  /// A bound on cross-entropy over the whole box, by interval arithmetic (Gowal et al. 2018, arXiv 1810.12715).
  case ibp(ramp: Double)

  /// The names that users give.
  public static let names = [
    "standard", "gaussian", "fgsm", "pgd", "gradient-penalty", "smoothadv", "trades", "ibp",
  ]

  /// The one of ``names`` that it goes by.
  public var name: String {
    switch self {
    case .standard: "standard"
    case .gaussian: "gaussian"
    case .fgsm: "fgsm"
    case .pgd: "pgd"
    case .gradientPenalty: "gradient-penalty"
    case .smoothAdv: "smoothadv"
    case .trades: "trades"
    case .ibp: "ibp"
    }
  }

  /// Whether it needs an adversary with a budget above 0.
  public var needsThreat: Bool {
    switch self {
    case .standard, .gaussian, .gradientPenalty: false
    case .fgsm, .pgd, .smoothAdv, .trades, .ibp: true
    }
  }

  /// σ of the noise that inputs are evaluated under; `nil` without noise.
  public var sigma: Double? {
    switch self {
    case .gaussian(let sigma), .smoothAdv(let sigma, _, _, _): sigma
    default: nil
    }
  }

  /// - Throws: ``TrainingError/parameter(name:value:allowed:)`` for the first parameter out of range.
  public func validate(threat: ThreatSetting?) throws(TrainingError) {
    func check(_ isRight: Bool, _ name: String, _ value: some CustomStringConvertible, _ allowed: String)
      throws(TrainingError)
    {
      guard isRight else { throw .parameter(name: name, value: value.description, allowed: allowed) }
    }
    if needsThreat {
      let epsilon = threat?.epsilon ?? 0
      try check(epsilon > 0, "--epsilon", epsilon, "a budget above 0 for the objective \(name)")
    }
    func checkAttack(_ steps: Int, _ length: Double) throws(TrainingError) {
      try check((1...10_000).contains(steps), "--steps", steps, "a number from 1 to 10000")
      try checkLength(length)
    }
    func checkLength(_ length: Double) throws(TrainingError) {
      try check(length > 0 && length <= 1000, "--step-length", length, "a multiple of epsilon above 0")
    }
    func checkSigma(_ sigma: Double) throws(TrainingError) {
      try check(sigma >= 1e-6 && sigma <= 1e6, "--sigma", sigma, "a deviation above 0")
    }
    switch self {
    case .standard: break
    case .gaussian(let sigma): try checkSigma(sigma)
    case .fgsm(let length): try checkLength(length)
    case .pgd(let steps, let length): try checkAttack(steps, length)
    case .gradientPenalty(let weight, let step):
      try check(weight >= 0 && weight.isFinite, "--penalty", weight, "a number of at least 0")
      try check(step > 0 && step.isFinite, "--difference", step, "a length above 0")
    case .smoothAdv(let sigma, let samples, let steps, let length):
      try checkSigma(sigma)
      try check((1...1024).contains(samples), "--noise-samples", samples, "a number from 1 to 1024")
      try checkAttack(steps, length)
    case .trades(let beta, let steps, let length):
      try check(beta >= 0 && beta.isFinite, "--beta", beta, "a number of at least 0")
      try checkAttack(steps, length)
    case .ibp(let ramp):
      try check((0...1).contains(ramp), "--ramp", ramp, "a part of the training from 0 to 1")
      try check(threat?.norm == .linf, "--norm", threat?.norm.rawValue ?? "", "linf for the objective ibp")
    }
  }

  /// Makes what computes the objective's gradients on `rows` inputs at a time.
  ///
  /// - Throws: ``TrainingError/incompatible(objective:node:reason:)`` when the network does not allow it.
  func makeWorker(
    _ model: TrainableModel, rows: Int, threat: ThreatSetting, draws: Draws
  ) throws -> any ObjectiveWorker {
    switch self {
    case .standard: try StandardWorker(model, rows: rows)
    case .gaussian(let sigma): try GaussianWorker(model, rows: rows, sigma: sigma, draws: draws)
    case .fgsm(let length):
      try AdversarialWorker(model, rows: rows, threat: threat, steps: 1, length: length, draws: draws)
    case .pgd(let steps, let length):
      try AdversarialWorker(model, rows: rows, threat: threat, steps: steps, length: length, draws: draws)
    case .gradientPenalty(let weight, let step):
      try GradientPenaltyWorker(model, rows: rows, norm: threat.norm, weight: weight, step: step)
    case .smoothAdv(let sigma, let samples, let steps, let length):
      try SmoothAdvWorker(
        model, rows: rows, threat: threat, sigma: sigma, samples: samples, steps: steps, length: length,
        draws: draws)
    case .trades(let beta, let steps, let length):
      try TradesWorker(
        model, rows: rows, threat: threat, beta: beta, steps: steps, length: length, draws: draws)
    case .ibp(let ramp): try IntervalWorker(model, rows: rows, threat: threat, ramp: ramp)
    }
  }
}

/// An objective at work on some inputs at a time, on one thread at a time.
protocol ObjectiveWorker: AnyObject {
  /// The gradient of the last part.
  var gradient: [Float] { get }
  /// Uses these parameters from now on.
  func load(_ parameters: [Float]) throws
  /// Computes losses, and `gradient`: that of `part.scale` times their sum.
  func run(_ part: BatchPart) throws -> PartResult
}
