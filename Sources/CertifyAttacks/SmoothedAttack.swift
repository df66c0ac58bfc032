import CertifyEngine
import CertifySmoothing
import CertifyThreat

/// An attack on the smoothed classifier g, run on one input at a time.
public struct SmoothedAttack: Sendable {
  /// The attack or portfolio to run; `none` asks for nothing.
  public let name: AttackName
  /// What to look for: the nearest witness, or one within fixed ε.
  public let goal: AttackGoal
  /// The norm of distances, and the inputs 𝒳 that a witness may be.
  public let threat: ThreatModel
  /// Steps, restarts, the budget of queries, the β of flip tests and the like.
  public let parameters: AttackParameters
  /// The noise of g; its seed also keys the attack's own random choices.
  public let noise: NoiseGenerator

  /// - Parameters:
  ///   - name: The attack or portfolio.
  ///   - goal: The nearest witness, or one within fixed ε in the units of the input.
  ///   - threat: The norm of distances, and the inputs 𝒳 that a witness may be.
  ///   - parameters: Steps, restarts, the queries an input may cost, the β of flip tests.
  ///   - noise: The noise of g; its seed also keys the attack's own random choices.
  /// - Throws: ``AttackError`` when a parameter or an ε is out of range, or `name` is not an attack on g.
  public init(
    name: AttackName, goal: AttackGoal, threat: ThreatModel, parameters: AttackParameters = .init(),
    noise: NoiseGenerator
  ) throws(AttackError) {
    try parameters.validate()
    try goal.validate()
    if threat.space.features?.scale != nil, goal != .smallestNorm {
      throw .invalidParameter(
        name: "epsilon", value: "fixed",
        advice:
          "the smoothed classifier is attacked at no fixed ε in scaled units; leave it out, or the scales")
    }
    _ = try name.resolved(
      AttackSetting(smoothed: true, gradients: true, goal: goal, norm: Distance(threat.norm)))
    self.name = name
    self.goal = goal
    self.threat = threat
    self.parameters = parameters
    self.noise = noise
  }

  /// Attacks one input.
  ///
  /// Every witness reported was confirmed by a flip test on fresh noise, the tests together at level β. When
  /// cheap samples at x already favour another class, x itself is the first candidate; confirmed, it is a
  /// witness at distance 0, named `clean`.
  ///
  /// - Parameters:
  ///   - input: The point, its label, and its index, which addresses noise and random choices.
  ///   - reference: The classifier that defines f; its decisions are the ones counted.
  ///   - gradients: The classifier that gives gradients, or `nil` when the model has none.
  /// - Throws: ``AttackError`` for an input that does not fit or an attack that needs gradients; what the
  ///   classifiers and the noise throw.
  public func run(
    on input: AttackInput, reference: any Classifier, gradients: (any DifferentiableClassifier)?
  ) throws -> AttackOutcome {
    let methods = try name.resolved(
      AttackSetting(smoothed: true, gradients: gradients != nil, goal: goal, norm: Distance(threat.norm)))
    let oracle = try SmoothedOracle(
      input: input, threat: threat, reference: reference, noise: noise, gradients: gradients,
      parameters: parameters)
    var epsilons: [Double]?
    if name != .none,
      let clean = try oracle.counts(at: input.point, round: oracle.nextRound(), samples: 0..<128)
    {
      let seen = SegmentSearch.observation(t: 0, counts: clean, label: input.label)
      if seen.rivalHits >= seen.labelHits { _ = try oracle.test(input.point, attack: Witness.clean) }
      if oracle.best == nil {
        switch goal {
        case .smallestNorm:
          try runSmallestNorm(methods, on: oracle, clean: clean)
          try shrink(oracle)
        case .epsilons(let all):
          epsilons = try runEpsilons(all.sorted(), methods: methods, on: oracle)
        }
      }
    }
    return AttackOutcome(
      attack: name.rawValue, witness: oracle.best?.witness, cleanClass: nil, queries: oracle.queries,
      gradients: oracle.gradients, flipped: oracle.flipped, held: oracle.held,
      inconclusive: oracle.inconclusive, flipTest: oracle.best?.test, beta: oracle.beta,
      epsilons: epsilons, budgetSpent: oracle.budgetSpent)
  }

  private func randomNumbers(input: Int, round: Int) -> SplitMix64 {
    SplitMix64(seed: noise.seed, input: input, stage: 1 << 63 | UInt64(round))
  }

  /// Each search goes on from what those before it found; the nearest crossing is then confirmed.
  private func runSmallestNorm(_ methods: [AttackName], on oracle: SmoothedOracle, clean: ClassCounts) throws
  {
    var best: SmoothedCrossing?
    for method in methods {
      var generator = randomNumbers(input: oracle.input.index, round: 0)
      let found: SmoothedCrossing?
      switch method {
      case .smoothadv:
        var attack = try SmoothAdvPGD(oracle: oracle)
        found = try attack.search(clean: clean)
      case .smoothedDDN:
        var attack = SmoothedDDN(oracle: oracle)
        found = try attack.search(clean: clean, from: best)
      case .noiseWalk:
        var attack = NoiseWalk(oracle: oracle)
        found = try attack.search(clean: clean, generator: &generator)
      case .randomSearch:
        found = try SmoothedRandomSearch(oracle: oracle).search(generator: &generator)
      default: found = nil
      }
      if let found, found.distance < best?.distance ?? .infinity { best = found }
    }
    try best?.confirm(refined: min(4096, oracle.remaining / 8), planning: .max)
  }

  private func runEpsilons(_ epsilons: [Double], methods: [AttackName], on oracle: SmoothedOracle) throws
    -> [Double]
  {
    var tried: [Double] = []
    for (round, epsilon) in epsilons.enumerated() {
      tried.append(epsilon)
      for method in methods {
        switch method {
        case .smoothadv:
          var attack = try SmoothAdvPGD(oracle: oracle)
          try attack.run(epsilon: epsilon)
        case .noiseWalk:
          var attack = NoiseWalk(oracle: oracle)
          var generator = randomNumbers(input: oracle.input.index, round: round)
          try attack.run(epsilon: epsilon, generator: &generator)
        case .randomSearch:
          var generator = randomNumbers(input: oracle.input.index, round: round)
          try SmoothedRandomSearch(oracle: oracle).run(epsilon: epsilon, generator: &generator)
        default: break
        }
        if oracle.best != nil { return tried }
      }
    }
    return tried
  }
}
