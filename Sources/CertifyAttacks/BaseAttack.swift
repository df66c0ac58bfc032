import CertifyEngine
import CertifyThreat

/// An attack on the base classifier f, run on one input at a time.
public struct BaseAttack: Sendable {
  /// The attack or portfolio to run; `none` only asks whether x is classified correctly.
  public internal(set) var name: AttackName
  /// What to look for: the nearest witness, or one within fixed ε.
  public let goal: AttackGoal
  /// What is to be small.
  public let distance: Distance
  /// The norm of steps, which is that of distances where they are lengths, and the inputs 𝒳 that a witness may be.
  public internal(set) var threat: ThreatModel
  /// Steps, restarts, the budget of queries and the like.
  public internal(set) var parameters: AttackParameters
  /// The key of all random choices, with the input's index.
  public let seed: UInt64

  /// - Parameters:
  ///   - name: The attack or portfolio.
  ///   - goal: The nearest witness, or one within fixed ε in the units of the input.
  ///   - threat: The norm of distances, and the inputs 𝒳 that a witness may be.
  ///   - parameters: Steps, restarts, the queries an input may cost.
  ///   - seed: The key of all random choices, with the input's index.
  /// - Throws: ``AttackError`` when a parameter or an ε is out of range, or `name` is not an attack on f.
  public init(
    name: AttackName, goal: AttackGoal, threat: ThreatModel, parameters: AttackParameters = .init(),
    seed: UInt64
  ) throws(AttackError) {
    try self.init(
      name: name, goal: goal, distance: Distance(threat.norm), space: threat.space, parameters: parameters,
      seed: seed)
  }

  /// The same for any distance: in ℓ₀ attacks make the number of changed features small, by steps in ℓ₂.
  ///
  /// - Parameters:
  ///   - name: The attack or portfolio.
  ///   - goal: The nearest witness, or one within fixed ε, in the units of `distance`.
  ///   - distance: What is to be small.
  ///   - space: The inputs 𝒳 that a witness may be.
  ///   - parameters: Steps, restarts, the queries an input may cost.
  ///   - seed: The key of all random choices, with the input's index.
  /// - Throws: as above, and for an attack that does not exist in ℓ₀.
  public init(
    name: AttackName, goal: AttackGoal, distance: Distance, space: InputSpace,
    parameters: AttackParameters = .init(), seed: UInt64
  ) throws(AttackError) {
    try parameters.validate()
    try goal.validate()
    _ = try name.resolved(
      AttackSetting(smoothed: false, gradients: true, goal: goal, norm: distance, surrogate: true))
    self.name = name
    self.goal = goal
    self.distance = distance
    threat = ThreatModel(norm: distance.norm ?? .l2, space: space)
    self.parameters = parameters
    self.seed = seed
  }

  /// Attacks one input.
  ///
  /// A misclassified input is its own witness at distance 0, named `clean`, and costs one query. The result
  /// depends on the input, the parameters and the seed, not on other inputs.
  ///
  /// - Parameters:
  ///   - input: The point, its label, and its index, which addresses the random choices.
  ///   - reference: The classifier that defines f; every reported witness was verified on it, alone.
  ///   - gradients: The classifier that the attack queries, or `nil` when the model has no gradients.
  ///   - surrogate: Another model of the same task, whose witnesses are tried on this one; only attacks by
  ///     transfer ask for it.
  /// - Throws: ``AttackError`` for an input that does not fit or an attack that needs gradients; what the
  ///   classifiers throw.
  public func run(
    on input: AttackInput, reference: any Classifier, gradients: (any DifferentiableClassifier)?,
    surrogate: (any DifferentiableClassifier)? = nil
  ) throws -> AttackOutcome {
    var view = AttackView(
      input: input, threat: threat, distance: distance, reference: reference, gradients: gradients,
      surrogate: surrogate)
    try view.changeUnits()
    return try runInView(view)
  }

  /// The same where lengths are in plain units and any other class will do.
  func runPlainly(_ view: AttackView) throws -> AttackOutcome {
    let (input, reference, gradients) = (view.input, view.reference, view.gradients)
    let methods = try name.resolved(
      AttackSetting(
        smoothed: false, gradients: gradients != nil, goal: goal, norm: distance,
        surrogate: view.surrogate != nil))
    let oracle = try oracle(input, reference: reference, gradients: gradients)
    if parameters.keepsTrajectory { oracle.trajectory = [] }
    let cleanClass = try oracle.cleanClass()
    var epsilons: [Double]?
    if cleanClass == input.label, name != .none {
      switch goal {
      case .smallestNorm:
        for method in methods { try runSmallestNorm(method, on: oracle, view.surrogate) }
        if name == .best, oracle.bestDistance == nil { try runWithoutGradients(oracle) }
      case .epsilons(let all):
        epsilons = try runEpsilons(all.sorted(), methods: methods, on: oracle, view.surrogate)
      }
    }
    return try outcome(oracle, cleanClass: cleanClass, epsilons: epsilons)
  }

  func oracle(
    _ input: AttackInput, reference: any Classifier, gradients: (any DifferentiableClassifier)?
  ) throws -> Oracle {
    try Oracle(
      input: input, threat: threat, reference: reference, gradients: gradients,
      maximumQueries: parameters.maximumQueries, distance: distance)
  }

  /// What an oracle has found in the end.
  func outcome(_ oracle: Oracle, cleanClass: Int, epsilons: [Double]?) throws -> AttackOutcome {
    let input = oracle.input
    var witness: Witness?
    if cleanClass != input.label {
      witness = Witness(
        point: input.point, grid: input.grid ?? oracle.neighbourhood.gridPoint(input.point), distance: 0,
        witnessClass: cleanClass, attack: Witness.clean)
    } else if name != .none {
      witness = try oracle.finish()
    }
    return AttackOutcome(
      attack: name.rawValue, witness: witness, cleanClass: cleanClass, queries: oracle.queries,
      gradients: oracle.gradients, flipped: 0, held: 0, inconclusive: 0, flipTest: nil, beta: 0,
      epsilons: epsilons, budgetSpent: oracle.budgetSpent,
      trajectory: oracle.trajectory.flatMap { $0.isEmpty ? nil : $0 })
  }

  func generator(_ method: AttackName, input: Int, round: Int) -> SplitMix64 {
    let stage = UInt64(AttackName.allCases.firstIndex(of: method) ?? 0) << 32 | UInt64(round)
    return SplitMix64(seed: seed, input: input, stage: stage)
  }

  private func runSmallestNorm(
    _ method: AttackName, on oracle: Oracle, _ surrogate: (any DifferentiableClassifier)? = nil
  ) throws {
    var generator = generator(method, input: oracle.input.index, round: 0)
    let attack =
      distance == .l0
      ? method.smallestCount(parameters) : method.smallestNorm(parameters, surrogate: surrogate)
    try attack?.runSmallestNorm(on: oracle, generator: &generator)
  }

  /// What is left where gradients found nothing.
  private func runWithoutGradients(_ oracle: Oracle) throws {
    let setting = AttackSetting(smoothed: false, gradients: false, goal: goal, norm: distance)
    for method in try name.resolved(setting) { try runSmallestNorm(method, on: oracle) }
  }

  /// Tries each ε in ascending order until one succeeds, and returns those tried.
  private func runEpsilons(
    _ epsilons: [Double], methods: [AttackName], on oracle: Oracle,
    _ surrogate: (any DifferentiableClassifier)?
  ) throws -> [Double] {
    var tried: [Double] = []
    for (round, epsilon) in epsilons.enumerated() {
      tried.append(epsilon)
      for method in methods {
        var generator = generator(method, input: oracle.input.index, round: round)
        try method.fixedEpsilon(parameters, surrogate: surrogate)?.run(
          on: oracle, epsilon: epsilon, generator: &generator)
        if let best = oracle.bestDistance, AttackGoal.isWithin(best, epsilon: epsilon) { return tried }
      }
    }
    return tried
  }
}
