import CertifyAttacks
import CertifyData
import CertifyEngine
import CertifyEvaluation
import CertifyReport
import CertifyResults
import CertifySmoothing
import CertifyStatistics
import CertifyThreat

/// A classifier under Gaussian noise, bracketed input by input as `certify run` does it.
struct SmoothedRun {
  let sigma: Double
  let inputs: [InputResult]
  private let key: BracketKey

  /// - Parameters:
  ///   - samples: n of each certificate; n₀ is 100 and α 0.001.
  ///   - attack: `none` for certificates alone.
  ///   - queries: the most evaluations of an attack on an input.
  init(
    _ classifier: LoadedClassifier, on data: Dataset, count: Int, sigma: Double, samples: Int,
    attack: AttackName, queries: Int = 10_000, _ setting: ExperimentSetting,
    progress: @escaping (Double) -> Void
  ) throws {
    self.sigma = sigma
    let data = try data.reshaped(to: classifier.inputShape)
    let labels = try data.requiredLabels()
    let noise: NoiseFamily = data.isEightBit ? .gaussianSound : .gaussian
    let smoothing = Smoothing(noise: noise, sigma: sigma)
    var parameters = AttackParameters()
    parameters.maximumSmoothedQueries = queries
    let batch = classifier.preferredBatchSize
    let configuration = RunConfiguration(
      space: InputSpace(
        bounds: InputSpace.Bounds(lower: 0, upper: 1), gridSteps: data.isEightBit ? 255 : nil),
      norms: [.l2], classifiers: [.smoothed], smoothings: [smoothing], selectionSamples: 100,
      samples: samples, alpha: 0.001, baseCertificates: [],
      smoothedCertificate: GaussianSmoothedCertificate(method: .probabilityLower), baseAttack: .none,
      smoothedAttack: attack, goal: .smallestNorm, attackParameters: parameters, seed: setting.seed,
      batchSize: batch, attackBatchSize: min(batch, 24))
    // Spread over the data, whatever the order of the classes.
    let chosen = min(count, data.count)
    let positions = (0..<chosen).map { $0 * data.count / chosen }
    let outcome = try Evaluator(source: classifier, configuration: configuration).run(
      count: chosen, jobs: setting.jobs, control: RunControl()
    ) { position in
      let index = positions[position]
      return AttackInput(
        index: index, point: data.input(index), grid: data.gridInput(index), label: labels[index])
    }
    progress(1)
    inputs = outcome.inputs
    key = BracketKey(classifier: .smoothed, smoothing: SmoothingRecord(smoothing), norm: .l2)
    if let failed = inputs.first(where: { $0.error != nil }), let error = failed.error {
      throw ExperimentError.failed(experiment: "σ = \(sigma)", reason: "input \(failed.index): \(error)")
    }
  }

  /// The figures at some radii.
  func summary(at radii: [Double]) -> GroupSummary {
    GroupSummary(key: key, inputs: inputs, radii: radii)
  }

  /// The part of the inputs that are proven robust within `radius`.
  func certified(_ radius: Double) -> Double { point(radius)?.certifiedAccuracy ?? 0 }

  /// The part of the inputs that are right and that no witness within `radius` is known of.
  func unbroken(_ radius: Double) -> Double { point(radius)?.attackedAccuracy ?? 0 }

  /// The mean over all inputs of the certified radius, 0 where there is none.
  var meanRadius: Double { summary(at: [0]).meanCertifiedRadius ?? 0 }

  /// The largest certified radius.
  var largestRadius: Double { inputs.flatMap(\.brackets).map(\.certifiedRadius).max() ?? 0 }

  /// Inputs whose witness lies inside the certified ball, retested or not.
  var contradictions: Int { inputs.flatMap(\.brackets).count(where: \.contradictionStands) }

  /// The largest difference between a certified radius and σΦ⁻¹(L(n_A; n, α)) with the counts that are recorded beside it.
  ///
  /// - Parameters:
  ///   - samples: n.
  ///   - alpha: α.
  func largestDeviation(samples: Int, alpha: Double) throws -> Double {
    try inputs.flatMap(\.brackets).reduce(0) { worst, bracket in
      guard let lower = bracket.lower, bracket.correct, let sampling = lower.sampling else { return worst }
      let share = try ClopperPearson.lowerBound(
        successes: sampling.counts[sampling.candidate], trials: samples, alpha: alpha)
      return max(worst, try abs(lower.radius - max(0, sigma * Normal.quantile(share))))
    }
  }

  private func point(_ radius: Double) -> AccuracyPoint? {
    summary(at: [radius]).points.first { $0.radius == radius }
  }

  /// A share at radii from 0 to `limit`, as a line.
  static func line(to limit: Double, _ share: (Double) -> Double) -> [ChartMark.Point] {
    (0...80).map { step in
      let radius = limit * Double(step) / 80
      return .init(radius, share(radius))
    }
  }
}
