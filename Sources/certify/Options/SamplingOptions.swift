import ArgumentParser
import CertifyEvaluation
import CertifyGate
import CertifyResults
import CertifySmoothing
import CertifyStatistics
import CertifyThreat

/// How a run spends the samples of smoothed classifiers, and how it shares out α.
struct SamplingOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help:
      "Radii R: answer whether the certified radius is at least R, with as few samples as that takes; --samples is the most."
  )
  var decide: [Double] = []

  @Option(
    name: .customLong("radius-tolerance"),
    help:
      "Stop sampling an input where ten times the samples would raise its radius by less; --samples is the most."
  )
  var radiusTolerance: Double?

  @Option(
    help:
      "Samples of the whole run, given to the inputs where they change an answer; with --decide or --radius-tolerance."
  )
  var budget: Int?

  @Flag(help: "Let all certificates of the run hold together with confidence 1 − α, not each on its own.")
  var simultaneous = false

  @Flag(
    help: "Take off certified accuracy as many certificates as may be wrong, with confidence 1 − α.")
  var aggregate = false

  @Flag(
    name: .customLong("best-sigma"),
    help: "Report the best of several --sigma for each input; α is split over them.")
  var bestSigma = false

  /// The options with what a policy fixes filled in; one that contradicts it is refused.
  ///
  /// - Throws: ``CommandError`` of kind usage.
  func fixed(by policy: RunParameters) throws -> SamplingOptions {
    var fixed = self
    fixed.decide = try ResolvedOptions.list("decide", decide, policy.decide, [])
    fixed.radiusTolerance = try ResolvedOptions.one(
      "radius-tolerance", radiusTolerance, policy.radiusTolerance)
    fixed.budget = try ResolvedOptions.one("budget", budget, policy.budget)
    for (name, flag, wanted) in [
      ("simultaneous", simultaneous, policy.simultaneous), ("aggregate", aggregate, policy.aggregate),
      ("best-sigma", bestSigma, policy.bestSigma),
    ] where flag && wanted == false {
      throw CommandError.usage("--\(name): the policy fixes false; leave the option out or change the policy")
    }
    fixed.simultaneous = simultaneous || policy.simultaneous == true
    fixed.aggregate = aggregate || policy.aggregate == true
    fixed.bestSigma = bestSigma || policy.bestSigma == true
    return fixed
  }

  /// The name of the first option that is given; `nil` for none.
  var first: String? {
    [
      (!decide.isEmpty, "decide"), (radiusTolerance != nil, "radius-tolerance"), (budget != nil, "budget"),
      (simultaneous, "simultaneous"), (aggregate, "aggregate"), (bestSigma, "best-sigma"),
    ].first { $0.0 }?.1
  }

  /// The plan, checked on its own.
  ///
  /// - Parameter inputs: the inputs of the whole run.
  /// - Throws: ``CommandError`` of kind usage.
  func plan(sigmas: [Double], inputs: Int) throws -> SamplingPlan {
    var plan = SamplingPlan()
    for radius in decide where !(radius >= 0 && radius.isFinite) {
      throw CommandError.usage(
        "--decide \(radius): give finite radii of at least 0, in the units of the input")
    }
    if let tolerance = radiusTolerance {
      guard tolerance > 0, tolerance.isFinite else {
        throw CommandError.usage(
          "--radius-tolerance \(tolerance): give a finite number above 0, in the units of the input")
      }
      guard decide.isEmpty else {
        throw CommandError.usage(
          "--decide and --radius-tolerance exclude each other: the one answers yes or no, the other estimates"
        )
      }
      plan.question = .radiusWithin(tolerance: tolerance)
    }
    if !decide.isEmpty { plan.question = .decide(Set(decide).sorted()) }
    if let budget {
      guard plan.question != .radius else {
        throw CommandError.usage(
          "--budget \(budget): it needs --decide or --radius-tolerance, which say where more samples change "
            + "something")
      }
      guard (1...(1 << 50)).contains(budget) else {
        throw CommandError.usage("--budget \(budget): give a number from 1 to \(1 << 50)")
      }
      plan.budget = budget
    }
    guard !bestSigma || sigmas.count > 1 else {
      throw CommandError.usage("--best-sigma: there is one --sigma to choose from; give several")
    }
    guard !(simultaneous && aggregate) else {
      throw CommandError.usage(
        "--simultaneous and --aggregate exclude each other: where all certificates hold together, none has to "
          + "be taken off")
    }
    plan.bestSigma = bestSigma
    plan.aggregate = aggregate
    plan.simultaneousInputs = simultaneous ? inputs : nil
    return plan
  }
}

extension RunConfiguration {
  /// Refuses a plan that its noise or its number of samples cannot answer.
  ///
  /// - Throws: ``CommandError`` of kind usage.
  func checkPlan(dimension: Int) throws {
    guard plan.question == .radius || smoothedCertificate != nil else {
      throw CommandError.usage(
        "--certificate none: --decide and --radius-tolerance ask about certified radii; leave them out, or name "
          + "a certificate of the smoothed classifier")
    }
    if plan.question != .radius, (space.features?.largestScale ?? 1) != 1 {
      throw CommandError.usage(
        "--decide and --radius-tolerance ask in plain units: leave them out, or the units of the threat file")
    }
    for smoothing in smoothings {
      if smoothing.noise.isDeterministic, plan != SamplingPlan() {
        throw CommandError.usage(
          "--noise \(smoothing.noise.rawValue): it is exact, with \(smoothing.splits ?? 0) samples an input and "
            + "no probability of error; leave out what shares out samples and α: --decide, --radius-tolerance, "
            + "--budget, --simultaneous, --aggregate and --best-sigma")
      }
      let questions = try decisionQuestions(SmoothingRecord(smoothing), dimension: dimension)
      for question in questions {
        let needed =
          question.probability < 1
          ? try BettingTest.samplesNeeded(threshold: question.probability, alpha: level) : nil
        guard let needed else {
          throw CommandError.usage(
            "--decide \(question.radius): no number of samples certifies it in \(question.norm.rawValue) under "
              + "\(smoothing.noise.rawValue) noise with σ = \(smoothing.sigma); take a smaller radius or a larger σ"
          )
        }
        guard needed <= samples else {
          throw CommandError.usage(
            "--decide \(question.radius): at α = \(level) it takes \(needed) samples in "
              + "\(question.norm.rawValue) with σ = \(smoothing.sigma) even if all agree; "
              + "raise --samples to that, or take a smaller radius or a larger σ")
        }
      }
    }
  }
}
