import CertifyAttacks
import CertifyCertificates
import CertifyEvaluation
import CertifyGate
import CertifyResults
import CertifySmoothing
import CertifyStatistics
import CertifyThreat
import Foundation
import Testing

/// As many samples as a question needs, and α shared out among the answers.
struct SamplingPlanTests {
  private static func run(_ question: SamplingPlan.Question, samples: Int = 6000) throws -> DigitsRun {
    var run = try DigitsRun()
    run.configuration.samples = samples
    run.configuration.smoothedAttack = .none
    run.configuration.plan.question = question
    return run
  }

  private static func spent(_ brackets: [Bracket]) -> Int {
    brackets.reduce(0) { $0 + ($1.decision?.samples ?? $1.lower?.sampling?.samples ?? 0) }
  }

  /// Every answer follows from the counts in the record, and the radius from the answers.
  @Test func answersFollowFromTheirCounts() throws {
    var run = try Self.run(.decide([0.01, 0.05]))
    run.configuration.norms = [.l2, .linf]
    let smoothing = SmoothingRecord(run.configuration.smoothings[0])
    let brackets = try run.run(Array(0..<30)).inputs.flatMap { input in
      input.brackets.map { (label: input.label, bracket: $0) }
    }
    var outcomes: [DecisionRecord.Outcome: Int] = [:]
    var deciding = 0
    for (label, bracket) in brackets {
      let decision = try #require(bracket.decision)
      #expect(decision.radii == [0.01, 0.05] && decision.outcomes.count == 2)
      #expect(decision.counts.reduce(decision.failed, +) == decision.samples && decision.samples <= 6000)
      #expect(bracket.lower?.radius ?? 0 == decision.provenRadius ?? 0)
      for (radius, outcome) in zip(decision.radii, decision.outcomes) {
        outcomes[outcome, default: 0] += 1
        let questions = try run.configuration.decisionQuestions(smoothing, dimension: 64)
        let question = try #require(
          questions.first { Distance($0.norm) == bracket.norm && $0.radius == radius })
        #expect((outcome == .yes) == bracket.isCertified(at: radius))
        guard outcome == .yes else { continue }
        #expect(bracket.predicted == label && bracket.correct)
        // Where the hardest question of both norms was answered with yes, it was so with the last sample.
        let hits = decision.counts[label]
        if question == questions.last {
          let evidence = try BettingTest.logEvidence(
            hits: hits, misses: decision.samples - hits, above: question.probability)
          #expect(evidence >= -log(0.001) && bracket.lower?.method == "gaussian-decided")
          deciding += 1
        }
        #expect(Double(hits) > question.probability * Double(decision.samples))
      }
    }
    #expect(deciding > 0)
    #expect(outcomes[.yes] ?? 0 > 40 && (outcomes[.no] ?? 0) + (outcomes[.undecided] ?? 0) > 3)
    // All norms are answered from the same samples.
    for (first, second) in zip(brackets, brackets.dropFirst()) where first.bracket.norm == .l2 {
      #expect(first.bracket.decision?.counts == second.bracket.decision?.counts)
    }
  }

  /// The same inputs as a fixed number of samples certifies, from a fraction of them.
  @Test func decidingTakesFewerSamples() throws {
    let radius = 0.25
    let decided = try Self.run(.decide([radius]), samples: 20_000).run(Array(0..<40)).inputs.flatMap(
      \.brackets)
    let fixed = try Self.run(.radius, samples: 20_000).run(Array(0..<40)).inputs.flatMap(\.brackets)
    let (yes, all) = (
      decided.count { $0.isCertified(at: radius) }, fixed.count { $0.isCertified(at: radius) }
    )
    #expect(all > 10 && yes >= all - 2 && yes <= all + 1)
    #expect(Self.spent(decided) * 8 < 40 * 20_000)
  }

  /// A wrong label is never certified, and shown to be wrong.
  @Test func aWrongLabelIsDecidedAgainst() throws {
    let run = try Self.run(.decide([0.1]))
    let inputs = (0..<12).map { index in
      var input = run.input(index)
      input.label = (input.label + 3) % 10
      return input
    }
    let brackets = try Evaluator(source: run.classifier, configuration: run.configuration).run(
      count: inputs.count, jobs: 2, control: RunControl(), input: { inputs[$0] }
    ).inputs.flatMap(\.brackets)
    #expect(brackets.allSatisfy { !$0.correct && $0.decision?.outcomes == [.no] && $0.certifiedRadius == 0 })
    let shown = brackets.filter { $0.upper?.radius == 0 && $0.lower?.radius == 0 }
    #expect(
      shown.count >= 8
        && shown.allSatisfy { $0.upper?.confidence == 1 - run.configuration.attackParameters.beta })
  }

  @Test func aToleranceStopsAtALook() throws {
    let tolerance = 0.1
    let run = try Self.run(.radiusWithin(tolerance: tolerance), samples: 20_000)
    let exact = try Self.run(.radius, samples: 200_000)
    let looks = [2000, 6325, 20_000]
    var stopped = 0
    for (short, long) in try zip(run.run(Array(0..<12)).inputs, exact.run(Array(0..<12)).inputs) {
      let (bracket, other) = (short.brackets[0], long.brackets[0])
      guard let lower = bracket.lower, let sampling = lower.sampling, bracket.correct else { continue }
      #expect(looks.contains(sampling.samples) && sampling.looks == 3 && sampling.alpha == 0.001)
      #expect(sampling.level < 0.001 / 3 && lower.confidence == 0.999)
      if sampling.samples < 20_000 {
        stopped += 1
        // Ten times the most samples, with α undivided: little more than the tolerance is to be had.
        #expect((other.lower?.radius ?? 0) - lower.radius < 2 * tolerance)
      }
    }
    #expect(stopped >= 3)
  }

  @Test(arguments: [
    SamplingPlan.Question.decide([0.1, 0.3]), .radiusWithin(tolerance: 0.05),
  ])
  func budgetsAreSpentWhereTheyCount(_ question: SamplingPlan.Question) throws {
    var run = try Self.run(question, samples: 20_000)
    let free = try run.run(Array(0..<20))
    var certified: [Int] = []
    for budget in [45_000, 80_000, 400_000] {
      run.configuration.plan.budget = budget
      let outcome = try run.run(Array(0..<20), jobs: 1)
      #expect(try run.run(Array(0..<20), jobs: 3).inputs == outcome.inputs, "budget \(budget)")
      let brackets = outcome.inputs.flatMap(\.brackets)
      #expect(Self.spent(brackets) <= budget)
      certified.append(brackets.count { $0.isCertified(at: 0.1) })
      if budget == 400_000 { #expect(outcome.inputs == free.inputs, "a budget for all changes nothing") }
    }
    #expect(certified == certified.sorted() && certified[0] > 0)
    run.configuration.plan.budget = 500
    #expect(throws: EvaluationError.self) { try run.run(Array(0..<20)) }
  }

  /// α over the inputs, over the σ, or both; and the radius pays for it.
  @Test func alphaIsSharedOut() throws {
    var run = try DigitsRun()
    run.configuration.smoothedAttack = .none
    run.configuration.smoothings = [0.12, 0.25].map { Smoothing(noise: .gaussianSound, sigma: $0) }
    let plain = try run.run([0, 1, 2])
    for (inputs, best, statements) in [(nil, true, 2), (3, false, 6), (3, true, 6)] as [(Int?, Bool, Int)] {
      run.configuration.plan.simultaneousInputs = inputs
      run.configuration.plan.bestSigma = best
      #expect(run.configuration.level <= 0.001 / Double(statements))
      #expect(run.configuration.planRecord?.statements == statements)
      for (shared, alone) in try zip(run.run([0, 1, 2]).inputs, plain.inputs) {
        for (bracket, other) in zip(shared.brackets, alone.brackets) {
          guard let lower = bracket.lower, let more = other.lower else { continue }
          #expect(lower.radius < more.radius && lower.sampling?.alpha == run.configuration.level)
          #expect(lower.sampling?.counts == more.sampling?.counts)
        }
      }
    }
  }
}
