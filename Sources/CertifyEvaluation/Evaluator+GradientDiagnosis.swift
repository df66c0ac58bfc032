import CertifyAttacks
import CertifyResults
import CertifyThreat

extension Evaluator {
  /// How many inputs a diagnosis looks at.
  private static var diagnosedInputs: Int { 8 }

  /// Looks for gradient masking in the base classifier, on the first inputs that it classified correctly.
  ///
  /// The attacks are compared in the first norm, at the median distance of the witnesses that were found, or
  /// else at the first ε of the run; where only features are counted, in ℓ₂ at a tenth of the way through the box.
  ///
  /// - Parameters:
  ///   - results: The whole run's, whose witnesses choose ε.
  ///   - control: Stops the diagnosis.
  ///   - count: The number of inputs.
  ///   - input: The input at a position in 0..<count.
  /// - Returns: `nil` when no gradient was followed: the base classifier was not attacked, the model has no
  ///   gradients, nothing is classified correctly, or the run was stopped.
  public func diagnoseGradients(
    _ results: [InputResult], control: RunControl, count: Int, input: (Int) -> AttackInput
  ) throws -> GradientDiagnosis? {
    guard configuration.classifiers.contains(.base), configuration.baseAttack != .none,
      let measured = configuration.provableNorms.first.map(Distance.init) ?? configuration.norms.first
    else { return nil }
    let norm = measured.norm ?? .l2
    let stop = StopSignal(control: control, failure: FirstFailure())
    guard
      let gradients = try source.makeDifferentiableClassifier(batchSize: configuration.attackBatchSize)
    else { return nil }
    let reference = try source.makeClassifier(batchSize: configuration.baseBatchSize(source))
    let brackets = results.flatMap { result in
      result.brackets.filter { $0.classifier == .base && $0.norm == measured }.map { (result.index, $0) }
    }
    let correct = Set(brackets.filter { $0.1.correct }.prefix(Self.diagnosedInputs).map(\.0))
    guard !correct.isEmpty else { return nil }
    let inputs = (0..<count).lazy.map(input).filter { correct.contains($0.index) }.prefix(correct.count)
    let lengths = measured.norm == nil ? [] : brackets.map(\.1)
    let epsilon = diagnosisRadius(lengths, norm: norm, dimension: reference.inputCount)
    let diagnosis = try MaskingDiagnosis(
      threat: ThreatModel(norm: norm, space: configuration.space), epsilon: epsilon, seed: configuration.seed,
      reference: MonitoredClassifier(reference, stop: stop),
      gradients: MonitoredDifferentiableClassifier(gradients, stop: stop),
      surrogate: try configuration.surrogate?.makeDifferentiableClassifier(
        batchSize: configuration.attackBatchSize
      ).map { MonitoredDifferentiableClassifier($0, stop: stop) })
    do {
      let checks = try diagnosis.run(on: Array(inputs))
      return GradientDiagnosis(
        norm: norm, epsilon: epsilon, inputs: correct.count,
        checks: checks.map {
          .init(name: $0.sign.rawValue, figure: $0.figure, seen: $0.isSeen, meaning: $0.sign.meaning)
        })
    } catch is CancellationError {
      return nil
    }
  }

  private func diagnosisRadius(_ brackets: [Bracket], norm: Norm, dimension: Int) -> Double {
    if case .epsilons(let all) = configuration.goal, let first = all.min() { return first }
    let found = brackets.compactMap { $0.upper?.radius }.filter { $0 > 0 }.sorted()
    if !found.isEmpty { return found[found.count / 2] }
    // Nothing was found: a tenth of the way through the box.
    let width = configuration.space.bounds.map { Double($0.upper) - Double($0.lower) } ?? 1
    return switch norm {
    case .linf: width / 10
    case .l2: width / 10 * Double(dimension).squareRoot()
    case .l1: width / 10 * Double(dimension)
    }
  }
}
