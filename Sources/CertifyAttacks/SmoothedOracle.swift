import CertifyEngine
import CertifySmoothing
import CertifyThreat

/// The one way from an attack to a smoothed classifier g: counts rows of f, keeps to a budget, tests
/// candidates.
///
/// Searching is done on noise of purpose `search`; a candidate counts as a witness only after a flip test on
/// fresh noise. At most C candidates are tested, each at level β/C, so that the chance that any
/// reported witness is none stays below β.
final class SmoothedOracle {
  let input: AttackInput
  let threat: ThreatModel
  let parameters: AttackParameters
  let neighbourhood: Neighbourhood
  let sigma: Double
  private(set) var queries = 0
  private(set) var gradients = 0
  private(set) var flipped = 0
  private(set) var held = 0
  private(set) var inconclusive = 0
  private(set) var budgetSpent = false
  /// The nearest witness so far, and the test that confirmed it.
  private(set) var best: (witness: Witness, test: FlipTestResult)?

  let reference: any Classifier
  private let smoothed: SmoothedClassifier
  let differentiable: (any DifferentiableClassifier)?
  private let generator: NoiseGenerator
  private var round: UInt16 = 0

  init(
    input: AttackInput, threat: ThreatModel, reference: any Classifier, noise: NoiseGenerator,
    gradients: (any DifferentiableClassifier)?, parameters: AttackParameters
  ) throws {
    try input.validate(for: reference, space: threat.space)
    self.input = input
    self.threat = threat
    self.parameters = parameters
    self.reference = reference
    // Noise knows no units of the features: the search is in plain ones.
    var plain = threat
    plain.space.features = threat.space.features?.withoutScale
    neighbourhood = Neighbourhood(input: input, threat: plain)
    sigma = noise.smoothing.sigma
    smoothed = try SmoothedClassifier(classifier: reference, generator: noise)
    differentiable = gradients
    generator = noise
  }

  var dimension: Int { input.point.count }
  /// The length of the nearest witness's perturbation, in the units of the search; `nil` without a witness.
  var bestDistance: Double? {
    best.map { best in best.witness.point.withUnsafeBufferPointer { neighbourhood.distance(to: $0) } }
  }
  /// The chance that any reported witness is none: 0 where g is computed and not estimated.
  var beta: Double { generator.smoothing.noise.isDeterministic ? 0 : parameters.beta }
  var hasGradients: Bool { differentiable != nil }
  var candidates: Int { flipped + held + inconclusive }
  /// Exact tests spend no β, and so are not limited in number.
  var candidatesLeft: Int {
    generator.smoothing.noise.isDeterministic ? .max : parameters.maximumCandidates - candidates
  }
  var remaining: Int { parameters.maximumSmoothedQueries - queries }

  /// A number for noise that has not been used in a search of this input.
  func nextRound() -> UInt16 {
    defer { round = round == .max ? 0 : round + 1 }
    return round
  }

  /// The point of 𝒳 nearest to `point`.
  func feasible(_ point: [Float]) -> [Float] {
    var point = point
    point.withUnsafeMutableBufferPointer { neighbourhood.snap($0) }
    return point
  }

  /// The point of the box nearest to `point`, not rounded to the grid.
  func inBox(_ point: [Float]) -> [Float] {
    var point = point
    point.withUnsafeMutableBufferPointer { neighbourhood.clip($0) }
    return point
  }

  /// Counts f's answers on noisy copies of the point of 𝒳 nearest to `point`; `nil` when the budget is spent.
  func counts(at point: [Float], round: UInt16, samples: Range<Int>) throws -> ClassCounts? {
    // More samples than a deterministic noise has would repeat some of them.
    let samples = samples.clamped(to: 0..<(generator.smoothing.splits ?? samples.upperBound))
    guard allows(samples.count) else { return nil }
    queries += samples.count
    return try smoothed.counts(
      at: smoothingInput(feasible(point)), input: input.index, purpose: .search(round: round),
      samples: samples)
  }

  /// Tests on fresh noise whether g gives the point of 𝒳 nearest to `point` another class; `nil` when no
  /// candidate or too little of the budget is left.
  func test(_ point: [Float], attack: String) throws -> FlipTestResult? {
    let point = feasible(point)
    let most = min(parameters.flipMaximumSamples, remaining - parameters.flipSelectionSamples)
    guard candidatesLeft > 0 else { return nil }
    let least = generator.smoothing.splits ?? min(parameters.flipMaximumSamples, 100)
    guard most >= least, let number = UInt16(exactly: beta > 0 ? candidates : 0) else {
      budgetSpent = true
      return nil
    }
    let result = try smoothed.flipTest(
      at: smoothingInput(point), input: input.index, candidate: number, label: input.label,
      beta: parameters.betaPerCandidate, selectionSamples: parameters.flipSelectionSamples,
      maximumSamples: most, retest: false)
    // Whole batches are evaluated, the last one perhaps beyond the deciding sample.
    let batches = (result.samples + reference.batchSize - 1) / reference.batchSize
    queries += result.selection.samples + min(batches * reference.batchSize, most)
    switch result.outcome {
    case .held: held += 1
    case .inconclusive: inconclusive += 1
    case .flipped:
      flipped += 1
      let distance = try threat.radius(of: point, from: input.point)
      if best.map({ distance < $0.witness.distance }) ?? true {
        let witness = Witness(
          point: point, grid: neighbourhood.gridPoint(point), distance: distance,
          witnessClass: result.rival, attack: distance > 0 ? attack : Witness.clean)
        best = (witness, result)
      }
    }
    return result
  }

  /// Asks a classifier about noisy copies of the point of 𝒳 nearest to `point`, batch by batch, and counts its
  /// answers.
  ///
  /// - Parameter visit: Called with the number of rows after each forward pass.
  /// - Returns: `nil` when the budget is spent.
  func ask(
    _ classifier: any Classifier, at point: [Float], round: UInt16, samples: Int, visit: (Int) throws -> Void
  ) throws -> ClassCounts? {
    guard allows(samples) else { return nil }
    let x = smoothingInput(feasible(point))
    try generator.check(x, input: input.index, samples: 0..<samples)
    let d = dimension
    var counts = ClassCounts(counts: [Int](repeating: 0, count: classifier.classCount), failed: 0)
    var sample = 0
    while sample < samples {
      var count = 0
      while count < classifier.batchSize, sample < samples {
        let row = UnsafeMutableBufferPointer(rebasing: classifier.inputs[count * d..<(count + 1) * d])
        let isDrawn = generator.write(
          x, input: input.index, purpose: .search(round: round), sample: sample, into: row)
        if isDrawn { count += 1 } else { counts.failed += 1 }
        sample += 1
      }
      guard count > 0 else { continue }
      try classifier.forward(count: count)
      queries += count
      for row in 0..<count { counts.counts[classifier.decision(row: row)] += 1 }
      try visit(count)
    }
    return counts
  }

  /// Counts rows of gradients.
  func countGradients(_ rows: Int) { gradients += rows }

  private func allows(_ rows: Int) -> Bool {
    guard rows <= remaining else {
      budgetSpent = true
      return false
    }
    return true
  }

  private func smoothingInput(_ point: [Float]) -> SmoothingInput {
    guard threat.space.gridSteps == 255, let grid = neighbourhood.gridPoint(point) else {
      return .real(point)
    }
    return .grid(grid)
  }
}
