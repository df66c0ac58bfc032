import CertifyEngine
import CertifyThreat
import Foundation

/// Looks for gradient masking: whether attacks that follow gradients can be trusted on this model.
///
/// A few inputs that the model classifies correctly are attacked at one ε, and at multiples of it, by PGD, by one
/// step, by random squares and by random points, each alone and with a small budget. An ε at which about half of
/// the inputs can be broken tells the most.
public struct MaskingDiagnosis {
  /// The norm of ε, and the inputs 𝒳 that attacks may reach.
  public let threat: ThreatModel
  /// ε, positive and finite: attacks run at it, at multiples of it and without a limit.
  public let epsilon: Double
  /// The key of the attacks' random choices, with the input's index.
  public let seed: UInt64
  private let reference: any Classifier
  private let gradients: any DifferentiableClassifier
  private let surrogate: (any DifferentiableClassifier)?

  /// Steps and starting points of PGD.
  private static let steps = 20
  private static let restarts = 4
  /// Queries of an attack without gradients.
  private static let blackBoxQueries = 400

  /// - Parameters:
  ///   - threat: The norm of ε, and the inputs 𝒳 that attacks may reach.
  ///   - epsilon: Positive and finite, in the units of the input.
  ///   - seed: The key of the attacks' random choices, with the input's index.
  ///   - reference: The classifier that decides whether a point is a witness.
  ///   - gradients: The same model, for the attacks.
  ///   - surrogate: Another model of the same task, for the transfer check; `nil` leaves it out.
  /// - Throws: ``AttackError/invalidParameter(name:value:advice:)`` for an ε that is not positive and finite.
  public init(
    threat: ThreatModel, epsilon: Double, seed: UInt64, reference: any Classifier,
    gradients: any DifferentiableClassifier, surrogate: (any DifferentiableClassifier)? = nil
  ) throws(AttackError) {
    try AttackGoal.epsilons([epsilon]).validate()
    self.threat = threat
    self.epsilon = epsilon
    self.seed = seed
    self.reference = reference
    self.gradients = gradients
    self.surrogate = surrogate
  }

  /// Makes every check, in the order of ``MaskingCheck/Sign``.
  ///
  /// - Parameter inputs: Inputs that the model classifies correctly; others are left out. Without any left no
  ///   check is made, and each says so.
  /// - Throws: ``AttackError`` for an input that does not fit; what the classifiers throw.
  public func run(on inputs: [AttackInput]) throws -> [MaskingCheck] {
    let correct = try inputs.filter { input in
      try input.validate(for: reference, space: threat.space)
      return try logits(input.point).decision == input.label
    }
    guard !correct.isEmpty else {
      return MaskingCheck.Sign.allCases.map {
        MaskingCheck(sign: $0, figure: "no input is classified correctly", isSeen: nil)
      }
    }
    let pgd = try broken(correct, by: pgd(steps: Self.steps), epsilon: epsilon)
    let random = try broken(correct, by: RandomSearch(parameters: .init()), epsilon: epsilon, blackBox: true)
    let square = try broken(correct, by: Square(), epsilon: epsilon, blackBox: true)
    let change = try spread(correct)
    let isRandom = change > 1e-4
    return [
      randomLogits(change, isSeen: isRandom), try deadGradient(correct), try probabilities(correct),
      comparison(
        .oneStepBeatsIterative, "one step", try broken(correct, by: FGSM(), epsilon: epsilon), "PGD", pgd,
        unreliable: isRandom),
      comparison(.blackBoxBeatsWhiteBox, "random squares", square, "PGD", pgd, unreliable: isRandom),
      try unbounded(correct), try growth(correct, pgd), try doubling(correct, pgd, unreliable: isRandom),
      comparison(.randomSucceeds, "random points", random, "PGD", pgd, unreliable: isRandom),
      try transfer(correct, pgd),
    ]
  }

  // MARK: Looking at the model

  private func logits(_ point: [Float]) throws -> (decision: Int, values: [Float]) {
    _ = reference.inputs.update(fromContentsOf: point)
    try reference.forward(count: 1)
    return (reference.decision(row: 0), Array(reference.logits[0..<reference.classCount]))
  }

  /// The largest change of a logit over five evaluations, relative to the largest logit or to 1.
  private func spread(_ inputs: [AttackInput]) throws -> Double {
    try inputs.map { input in
      let first = try logits(input.point).values
      let scale = max(first.reduce(0) { max($0, abs($1)) }, 1)
      return try (1..<5).reduce(0.0) { largest, _ in
        let again = try logits(input.point).values
        return zip(first, again).reduce(largest) { max($0, Double(abs($1.0 - $1.1) / scale)) }
      }
    }.max() ?? 0
  }

  private func randomLogits(_ change: Double, isSeen: Bool) -> MaskingCheck {
    MaskingCheck(
      sign: .randomLogits, figure: "largest change over 5 evaluations: \(Self.short(change))", isSeen: isSeen)
  }

  private func deadGradient(_ inputs: [AttackInput]) throws -> MaskingCheck {
    let dead = try inputs.count { input in
      _ = gradients.inputs.update(fromContentsOf: input.point)
      try gradients.forward(count: 1)
      let row = UnsafeBufferPointer(rebasing: gradients.logits[0..<gradients.classCount])
      let written = UnsafeMutableBufferPointer(rebasing: gradients.logitGradients[0..<gradients.classCount])
      AttackLoss.margin.writeGradient(logits: row, label: input.label, into: written)
      try gradients.backward(count: 1)
      let gradient = gradients.inputGradients[0..<gradients.inputCount]
      return gradient.allSatisfy { $0 == 0 } || gradient.contains { !$0.isFinite }
    }
    return MaskingCheck(
      sign: .deadGradient, figure: "zero or not finite at \(dead) of \(inputs.count) inputs", isSeen: dead > 0
    )
  }

  private func probabilities(_ inputs: [AttackInput]) throws -> MaskingCheck {
    let like = try inputs.count { input in
      let values = try logits(input.point).values
      let sum = values.reduce(0, +)
      return values.allSatisfy { (0...1).contains($0) } && abs(sum - 1) < 1e-3
    }
    return MaskingCheck(
      sign: .probabilities, figure: "outputs are in [0, 1] and sum to 1 at \(like) of \(inputs.count) inputs",
      isSeen: like == inputs.count)
  }

  // MARK: Attacking it

  private func pgd(steps: Int) -> PGD {
    var parameters = AttackParameters()
    parameters.steps = steps
    parameters.restarts = Self.restarts
    return PGD(parameters: parameters)
  }

  /// An input as attacks see it.
  private func view(_ input: AttackInput) throws -> AttackView {
    var view = AttackView(
      input: input, threat: threat, reference: reference, gradients: gradients, surrogate: surrogate)
    try view.changeUnits()
    return view
  }

  /// Which inputs an attack breaks within `epsilon`.
  private func broken(
    _ inputs: [AttackInput], by attack: any FixedEpsilonAttack, epsilon: Double, blackBox: Bool = false
  ) throws -> [Bool] {
    try broken(inputs, by: { _ in attack }, epsilon: epsilon, blackBox: blackBox)
  }

  private func broken(
    _ inputs: [AttackInput], by attack: (AttackView) -> any FixedEpsilonAttack, epsilon: Double,
    blackBox: Bool = false
  ) throws -> [Bool] {
    try inputs.map { input in
      let budget = blackBox ? Self.blackBoxQueries : 1_000_000
      let view = try view(input)
      let attack = attack(view)
      let oracle = try Oracle(
        input: view.input, threat: view.threat, reference: view.reference, gradients: view.gradients,
        maximumQueries: budget)
      var generator = SplitMix64(seed: seed, input: input.index, stage: 1 << 62)
      try attack.run(on: oracle, epsilon: epsilon, generator: &generator)
      return oracle.bestDistance.map { AttackGoal.isWithin($0, epsilon: epsilon) } ?? false
    }
  }

  /// Whether a weaker attack breaks inputs that a stronger one does not, and more of them than the other way.
  private func comparison(
    _ sign: MaskingCheck.Sign, _ weakName: String, _ weak: [Bool], _ strongName: String, _ strong: [Bool],
    unreliable: Bool
  ) -> MaskingCheck {
    let onlyWeak = zip(weak, strong).count { $0 && !$1 }
    let onlyStrong = zip(weak, strong).count { !$0 && $1 }
    let figure =
      "\(weakName) \(Self.share(weak)), \(strongName) \(Self.share(strong)); "
      + "\(onlyWeak) broken by \(weakName) alone"
    if unreliable {
      return MaskingCheck(sign: sign, figure: figure + "; not judged: the answers are random", isSeen: nil)
    }
    let difference = Double(onlyWeak - onlyStrong) / Double(weak.count)
    return MaskingCheck(sign: sign, figure: figure, isSeen: onlyWeak > 0 && difference > 0.002)
  }

  private func unbounded(_ inputs: [AttackInput]) throws -> MaskingCheck {
    let farthest =
      try inputs.map {
        let view = try view($0)
        return Neighbourhood(input: view.input, threat: view.threat).farthest
      }.max() ?? .infinity
    let limit = farthest.isFinite ? farthest : 1000 * epsilon
    let left = try broken(inputs, by: pgd(steps: Self.steps), epsilon: limit).count { !$0 }
    let accuracy = Double(left) / Double(inputs.count)
    return MaskingCheck(
      sign: .unboundedFails, figure: "accuracy \(Self.short(accuracy)) at ε = \(Self.short(limit))",
      isSeen: accuracy > 1 / Double(reference.classCount))
  }

  private func growth(_ inputs: [AttackInput], _ middle: [Bool]) throws -> MaskingCheck {
    let small = try broken(inputs, by: pgd(steps: Self.steps), epsilon: epsilon / 4)
    let large = try broken(inputs, by: pgd(steps: Self.steps), epsilon: epsilon * 4)
    let counts = [small, middle, large].map { $0.count { $0 } }
    let falls = counts[0] > counts[1] || counts[1] > counts[2]
    let isFlat = counts[0] == counts[2] && counts[2] < inputs.count
    return MaskingCheck(
      sign: .flatInEpsilon,
      figure: "\(Self.share(small)), \(Self.share(middle)), \(Self.share(large)) at ε/4, ε, 4ε",
      isSeen: falls || isFlat)
  }

  private func doubling(_ inputs: [AttackInput], _ once: [Bool], unreliable: Bool) throws -> MaskingCheck {
    let twice = try broken(inputs, by: pgd(steps: 2 * Self.steps), epsilon: epsilon)
    let gained = zip(once, twice).count { !$0 && $1 }
    let figure = "\(Self.share(once)) with \(Self.steps) steps, \(Self.share(twice)) with \(2 * Self.steps)"
    if unreliable {
      return MaskingCheck(
        sign: .moreStepsHelp, figure: figure + "; not judged: the answers are random", isSeen: nil)
    }
    return MaskingCheck(
      sign: .moreStepsHelp, figure: figure, isSeen: gained > max(1, inputs.count / 10))
  }

  private func transfer(_ inputs: [AttackInput], _ own: [Bool]) throws -> MaskingCheck {
    guard let surrogate else {
      return MaskingCheck(sign: .transferBeatsWhiteBox, figure: "no second model was given", isSeen: nil)
    }
    let parameters = pgd(steps: Self.steps).parameters
    let transferred = try broken(
      inputs, by: { Transfer(surrogate: $0.surrogate ?? surrogate, parameters: parameters) }, epsilon: epsilon
    )
    return comparison(
      .transferBeatsWhiteBox, "transfer", transferred, "PGD", own,
      unreliable: false)
  }

  private static func share(_ broken: [Bool]) -> String {
    "\(broken.count { $0 }) of \(broken.count)"
  }

  private static func short(_ value: Double) -> String { String(format: "%.3g", value) }
}
