import CertifyAttacks
import CertifyCertificates
import CertifyEvaluation
import CertifyGate
import CertifyModel
import CertifyResults
import CertifySmoothing
import CertifyThreat
import Testing
import _CertifyTestSupport

/// What a bracket says of an input: ends in order, absent where nothing is known, recomputable from its counts.
struct BracketTests {
  /// Both classifiers, three norms, both noises, both certificates.
  static func wide(method: GaussianCertificate.Method) throws -> DigitsRun {
    var run = try DigitsRun()
    run.configuration.norms = [.l1, .l2, .linf]
    run.configuration.classifiers = [.base, .smoothed]
    run.configuration.smoothings = [
      Smoothing(noise: .gaussianSound, sigma: 0.25), Smoothing(noise: .gaussian, sigma: 0.5),
    ]
    run.configuration.baseCertificates = [try LinearBaseCertificate(classifier: run.classifier)]
    run.configuration.smoothedCertificate = GaussianSmoothedCertificate(method: method)
    return run
  }

  @Test(arguments: GaussianCertificate.Method.allCases)
  func endsAreInOrder(_ method: GaussianCertificate.Method) throws {
    let run = try Self.wide(method: method)
    let outcome = try run.run(Array(0..<12))
    var (both, correct) = (0, 0)
    for input in outcome.inputs {
      #expect(input.brackets.count == 9)
      for bracket in input.brackets {
        #expect(!bracket.isContradictory, "input \(input.index): \(bracket)")
        #expect(bracket.contradiction == nil)
        #expect(bracket.correct == (bracket.predicted == input.label))
        #expect(bracket.abstained == (bracket.lower == nil))
        if let lower = bracket.lower { #expect(lower.radius >= 0) }
        if !bracket.correct, let lower = bracket.lower { #expect(lower.radius == 0) }
        if bracket.correct { correct += 1 }
        if bracket.correct, bracket.lower != nil, bracket.upper != nil { both += 1 }
        switch bracket.classifier {
        case .base:
          #expect(bracket.smoothing == nil && bracket.gapParts == nil)
          #expect(bracket.lower?.confidence == 1)
          if let upper = bracket.upper { #expect(upper.confidence == 1 && upper.flipTest == nil) }
        case .smoothed:
          #expect(bracket.lower.map { $0.confidence == 1 - run.configuration.alpha } ?? true)
          #expect(
            bracket.lower.map { $0.floatSound == (bracket.smoothing?.noise == "gaussian-sound") } ?? true)
          if bracket.correct, let gap = bracket.gap {
            let parts = try #require(bracket.gapParts)
            #expect(abs(try #require(parts.total) - gap) <= 1e-12)
            #expect([parts.sampling, parts.method, parts.attack].allSatisfy { $0 ?? -1 >= 0 })
          }
          if bracket.correct, let upper = bracket.upper {
            #expect(upper.confidence == 1 - run.configuration.attackParameters.beta)
            #expect(upper.flipTest?.outcome == .flipped)
          }
        }
      }
    }
    #expect(correct > 60, "the run must have something to say")
    #expect(both > 40, "most brackets must have both ends")
  }

  /// The exact radius of a linear model leaves its attack nothing but the grid and the box.
  @Test func baseBracketOfALinearModelIsTight() throws {
    var run = try DigitsRun()
    run.configuration.classifiers = [.base]
    run.configuration.baseCertificates = [try LinearBaseCertificate(classifier: run.classifier)]
    let brackets = try run.run(Array(0..<12)).inputs.flatMap(\.brackets).filter(\.correct)
    #expect(brackets.count >= 8)
    for bracket in brackets {
      let (lower, upper) = (try #require(bracket.lower), try #require(bracket.upper))
      #expect(lower.method == "linear-exact")
      #expect(lower.radius > 0 && upper.radius >= lower.radius && upper.radius < 1.5 * lower.radius)
    }
  }

  @Test(arguments: GaussianCertificate.Method.allCases)
  func samplesGiveTheRadiusAgain(_ method: GaussianCertificate.Method) throws {
    let run = try Self.wide(method: method)
    var seen = 0
    for input in try run.run(Array(20..<26)).inputs {
      for bracket in input.brackets where bracket.classifier == .smoothed && bracket.correct {
        let lower = try #require(bracket.lower)
        let sampling = try #require(lower.sampling)
        let smoothing = try #require(bracket.smoothing)
        #expect(sampling.samples == 500 && sampling.selectionSamples == 50)
        #expect(sampling.counts.reduce(sampling.failed, +) == 500)
        #expect(sampling.candidate == bracket.predicted)
        let certificate = try GaussianCertificate(
          counts: ClassCounts(counts: sampling.counts, failed: sampling.failed),
          candidate: sampling.candidate, method: method, sigma: smoothing.sigma,
          alpha: sampling.alpha)
        let norm = try #require(bracket.norm.norm)
        #expect(certificate.radius(norm: norm, inputCount: 64) == lower.radius)
        seen += 1
      }
    }
    #expect(seen >= 18)
  }

  /// A wrong label makes every input misclassified: the radius is 0 and x itself is the witness.
  @Test func misclassifiedInputHasRadiusZero() throws {
    let run = try Self.wide(method: .probabilityLower)
    let inputs = (0..<6).map { index in
      var input = run.input(index)
      input.label = (input.label + 1) % 10
      return input
    }
    let outcome = try Evaluator(source: run.classifier, configuration: run.configuration).run(
      count: inputs.count, jobs: 2, control: RunControl(), input: { inputs[$0] })
    var seen = 0
    for input in outcome.inputs {
      for bracket in input.brackets where !bracket.abstained {
        #expect(!bracket.correct)
        let (lower, upper) = (try #require(bracket.lower), try #require(bracket.upper))
        #expect(lower.radius == 0)
        #expect(upper.radius == 0 && upper.attack == "clean" && upper.witnessClass == bracket.predicted)
        #expect(upper.confidence == (bracket.classifier == .base ? 1 : 1 - run.configuration.alpha))
        #expect(bracket.certifiedRadius == 0 && !bracket.survivesAttack(at: 0))
        seen += 1
      }
    }
    #expect(seen >= 40)
  }

  /// Ten samples certify nothing at α = 0.001: no prediction, no proof, but not broken by that alone.
  @Test func tooFewSamplesAbstain() throws {
    var run = try DigitsRun()
    run.configuration.samples = 8
    run.configuration.smoothedAttack = .none
    let outcome = try run.run(Array(0..<4))
    for bracket in outcome.inputs.flatMap(\.brackets) {
      #expect(bracket.abstained && !bracket.correct)
      #expect(bracket.predicted == nil && bracket.lower == nil && bracket.upper == nil)
    }
    let summary = Summary(of: run.results(outcome, selected: 4))
    #expect(summary.groups.first?.abstained == 4)
    #expect(summary.groups.first?.points.first?.certified == 0)
  }

  /// Without a certificate there is no proof, and the prediction is PREDICT's.
  @Test func noCertificateStillPredicts() throws {
    var run = try DigitsRun()
    run.configuration.smoothedCertificate = nil
    run.configuration.smoothedAttack = .none
    let brackets = try run.run(Array(0..<10)).inputs.flatMap(\.brackets)
    #expect(brackets.allSatisfy { $0.lower == nil })
    #expect(brackets.count(where: \.correct) >= 8)
    // Nine samples cannot show a majority at α = 0.001.
    run.configuration.samples = 9
    #expect(try run.run(Array(0..<10)).inputs.flatMap(\.brackets).allSatisfy(\.abstained))
  }

  /// Without an attack there is no upper end, and nobody can pretend that an attack failed.
  @Test func noAttackLeavesTheUpperEndAbsent() throws {
    var run = try DigitsRun()
    run.configuration.classifiers = [.base, .smoothed]
    run.configuration.baseAttack = .none
    run.configuration.smoothedAttack = .none
    let outcome = try run.run(Array(0..<10))
    let correct = outcome.inputs.flatMap(\.brackets).filter(\.correct)
    #expect(correct.count >= 16)
    #expect(correct.allSatisfy { $0.upper == nil && $0.attack == nil && !$0.wasAttacked })
    let verdict = try Gate.judge(
      results: run.results(outcome, selected: 10),
      requirements: [Requirement(parsing: "attacked-accuracy(0.1, classifier: smoothed) >= 0")])
    #expect(!verdict.pass, "an attacked accuracy needs an attack")
    #expect(ExitStatus(verdict) == .gate)
  }

  @Test func fixedEpsilonsAreTriedInOrderUntilOneSucceeds() throws {
    var run = try DigitsRun()
    run.configuration.classifiers = [.base, .smoothed]
    run.configuration.baseAttack = .auto
    run.configuration.smoothedAttack = .auto
    let epsilons = [0.02, 0.6, 3]
    run.configuration.goal = .epsilons(epsilons)
    let brackets = try run.run(Array(0..<8)).inputs.flatMap(\.brackets).filter(\.correct)
    for bracket in brackets {
      let tried = try #require(bracket.attack?.epsilons)
      #expect(!tried.isEmpty && epsilons.starts(with: tried))
      guard let upper = bracket.upper else {
        #expect(tried == epsilons)
        continue
      }
      #expect(AttackGoal.isWithin(upper.radius, epsilon: tried[tried.count - 1]))
      #expect(upper.radius >= bracket.lower?.radius ?? 0)
    }
    #expect(brackets.contains { $0.upper != nil && $0.attack?.epsilons?.count == 2 })
  }
}
