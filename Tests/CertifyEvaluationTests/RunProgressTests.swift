import CertifyResults
import Synchronization
import Testing
import _CertifyTestSupport

@testable import CertifyEvaluation

/// What a run knows of its own time, in the ways in which it can share out its work.
struct RunProgressTests {
  /// Attacks that share batches end together: what a block took is what the others will.
  @Test func blocksOfInputsTellWhatTheNextOnesTake() throws {
    var run = try DigitsRun(model: "digits_mlp")
    run.configuration.classifiers = [.base]
    (run.configuration.baseAttack, run.configuration.goal) = (.pgd, .epsilons([0.05]))
    let inputs = (0..<300).map(run.input)
    let control = RunControl()
    let seen = Mutex<[(left: Duration?, spent: Duration)]>([])
    try Evaluator(source: run.classifier, configuration: run.configuration).run(
      count: inputs.count, jobs: 1, control: control, input: { inputs[$0] },
      deliver: { position, evaluated in
        // The first of a block is handed over when the attacks on all of it are done.
        if position % 75 == 0 { seen.withLock { $0.append((control.timeLeft, evaluated.duration)) } }
      })
    let moments = seen.withLock { $0 }
    #expect(moments.count == 4)
    #expect(moments.first?.left == nil)
    for (block, moment) in moments.enumerated().dropFirst() {
      // The blocks before took as long as those that are left, but for the inputs that are broken sooner.
      let mean = moments[..<block].reduce(Duration.zero) { $0 + $1.spent } / block
      let left = try #require(moment.left)
      #expect(left >= mean * (3 - block) / 2 && left <= mean * (8 - 2 * block), "block \(block)")
    }
  }

  @Test func foresightTellsWhichInputsAreRightAndCountsNoRows() throws {
    let run = try DigitsRun()
    let configuration = run.configuration
    let outcome = try run.run(Array(0..<40))
    let wrong = try #require(
      try (0..<run.dataset.count).first { index in
        let classifier = try run.classifier.makeClassifier(batchSize: 1)
        return try classifier.decide(run.dataset.input(index)) != run.labels[index]
      })
    let right = try #require(outcome.inputs.first { $0.brackets.allSatisfy(\.correct) }).index
    let inputs = [wrong, right].map(run.input)
    for looks in [false, true] {
      let control = RunControl()
      control.plan(inputs: 2)
      if looks {
        let classifier = MonitoredClassifier(
          try run.classifier.makeSamplingClassifier(batchSize: configuration.batchSize),
          stop: StopSignal(control: control, failure: FirstFailure()))
        Foresight(control: control, count: 2, input: { inputs[$0] }).look(with: classifier)
      }
      control.begin(0)
      control.finish(0)
      // What is wrong at once says nothing of the one that is right.
      #expect((control.timeLeft == nil) == looks)
      #expect(control.rows == 0)
    }
  }

  @Test(arguments: [1, 2]) func foresightChangesNothing(_ jobs: Int) throws {
    let run = try DigitsRun()
    let inputs = (0..<6).map(run.input)
    let controls = [RunControl(), RunControl()]
    let results = try zip(controls, [false, true]).map { control, foresees in
      let found = Mutex<[Int: InputResult]>([:])
      try Evaluator(source: run.classifier, configuration: run.configuration).run(
        count: 6, jobs: jobs, control: control, foresees: foresees, input: { inputs[$0] },
        deliver: { position, evaluated in found.withLock { $0[position] = evaluated.result } })
      return found.withLock { $0 }
    }
    #expect(results[0].count == 6 && results[0] == results[1])
    #expect(controls[0].rows == controls[1].rows)
  }

  /// Half of a budget in ten seconds leaves ten more, where nothing follows.
  @Test func aBudgetIsDrawnAtTheSpeedSoFar() {
    var drawing = BudgetDrawing(budget: 1000, isLast: true, begin: .seconds(2))
    #expect(drawing.timeLeft(at: .seconds(3)) == nil && drawing.share == 0)
    drawing.drawn = 500
    #expect(drawing.timeLeft(at: .seconds(12)) == .seconds(10) && drawing.share == 0.5)
    drawing.drawn = 1000
    #expect(drawing.timeLeft(at: .seconds(22)) == .zero)
    let first = BudgetDrawing(budget: 1000, isLast: false, begin: .zero, drawn: 500)
    #expect(first.timeLeft(at: .seconds(12)) == nil && first.share == 0.5)
  }

  @Test(arguments: [true, false]) func theShareOfABudgetIsKnownWhileItIsDrawn(_ attacks: Bool) throws {
    var run = try DigitsRun()
    run.configuration.plan = SamplingPlan()
    run.configuration.samples = 20_000
    run.configuration.plan.question = .radiusWithin(tolerance: 0.01)
    run.configuration.plan.budget = 80_000
    run.configuration.smoothedAttack = attacks ? .best : .none
    let control = RunControl()
    let shares = Mutex<[(share: Double, isKnown: Bool)]>([])
    let source = PoisonedSource(base: run.classifier, poisonAbove: .infinity) {
      if let share = control.budgetShare {
        shares.withLock { $0.append((share, control.timeLeft != nil)) }
      }
    }
    let inputs = (0..<10).map(run.input)
    _ = try Evaluator(source: source, configuration: run.configuration).run(
      count: 10, jobs: 1, control: control, input: { inputs[$0] })
    let seen = shares.withLock { $0 }
    #expect(seen.map(\.share) == seen.map(\.share).sorted() && (seen.last?.share ?? 0) > 0.1)
    #expect(seen.allSatisfy { $0.isKnown == (!attacks && $0.share > 0) })
    #expect(control.budgetShare == nil)
  }
}
