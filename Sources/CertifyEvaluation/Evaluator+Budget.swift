import CertifyAttacks
import CertifyResults
import CertifySmoothing
import Synchronization

/// What samples say of inputs that share a budget, gathered before any bracket is made.
struct PreparedEvidence: Sendable {
  /// By the index of the input, one element a smoothed classifier.
  var byInput: [Int: [SmoothedEvidence]] = [:]
}

extension Evaluator {
  /// Spends the budget of a run on the samples of its inputs; `nil` without a budget.
  ///
  /// In rounds, each open question draws until its next look; where the budget does not reach for all, those come first
  /// whose answer is nearest (``BudgetedSampling/drawing(_:left:)``). Where an input stops thus depends on the counts of
  /// others. Its claims hold nevertheless: bets may be stopped by anything that was drawn so far, and looks have
  /// numbers of samples that were fixed beforehand and share α. Every round is a function of the counts before it, so
  /// that the result depends neither on the number of threads nor on their order.
  ///
  /// - Throws: ``EvaluationError/budgetTooSmall(budget:needed:)`` when it does not reach for one look at each input;
  ///   what sampling throws, `CancellationError` when the run is stopped.
  func prepareEvidence(
    count: Int, jobs: Int, control: RunControl, noises: [SharedNoise],
    input: @escaping @Sendable (Int) -> AttackInput
  ) throws -> PreparedEvidence? {
    guard let budget = configuration.plan.budget, configuration.classifiers.contains(.smoothed), count > 0
    else { return nil }
    let failure = FirstFailure()
    let threads = max(1, min(jobs, count))
    let workers = try (0..<threads).map { _ in
      try SamplingThread(
        Worker(
          source: source, configuration: configuration, noises: noises, threads: 1,
          stop: StopSignal(control: control, failure: failure)))
    }
    let smoothings = noises.count
    // Selection is not part of the budget; without it there would be nothing to estimate.
    var samplings = try Self.map(0..<count * smoothings, on: workers) { worker, item in
      try worker.open(input(item / smoothings), smoothing: item % smoothings)
    }
    let needed = samplings.reduce(0) { $0 + ($1.next?.count ?? 0) }
    guard needed <= budget else {
      throw EvaluationError.budgetTooSmall(budget: budget, needed: needed)
    }
    let asksOnlySamples = configuration.classifiers == [.smoothed] && configuration.smoothedAttack == .none
    control.draw(budget: budget, isLast: asksOnlySamples)
    defer { control.endDrawing() }
    var left = budget
    while true {
      let chosen = BudgetedSampling.drawing(samplings, left: left)
      if chosen.isEmpty { break }
      let before = samplings
      let drawn = try Self.map(0..<chosen.count, on: workers) { worker, position in
        let item = chosen[position]
        let counts = try worker.draw(
          before[item], at: input(item / smoothings), smoothing: item % smoothings)
        control.count(drawn: counts.samples)
        return counts
      }
      for (item, counts) in zip(chosen, drawn) {
        try samplings[item].add(counts)
        left -= counts.samples
      }
    }
    var prepared = PreparedEvidence()
    for position in 0..<count {
      prepared.byInput[input(position).index] = samplings[position * smoothings..<(position + 1) * smoothings]
        .map(\.evidence)
    }
    return prepared
  }

  /// The values of a function, in the order of its arguments, computed on a thread for each worker.
  ///
  /// - Throws: What the function throws at the first argument at which it does.
  private static func map<Value: Sendable>(
    _ range: Range<Int>, on workers: [SamplingThread],
    _ value: @escaping @Sendable (SamplingThread, Int) throws -> Value
  ) throws -> [Value] {
    let next = Atomic<Int>(range.lowerBound)
    let values = Mutex<[Int: Result<Value, any Error>]>([:])
    Threads.run(workers.count) { index in
      while true {
        let item = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard item < range.upperBound else { return }
        let result = Result { try value(workers[index], item) }
        values.withLock { $0[item] = result }
        if case .failure = result { return }
      }
    }
    let found = values.withLock { $0 }
    return try found.sorted { $0.key < $1.key }.map { try $0.value.get() }
  }
}

/// A worker that one thread uses at a time: rounds wait for their threads.
private struct SamplingThread: @unchecked Sendable {
  private let worker: Worker

  init(_ worker: Worker) { self.worker = worker }

  func open(_ input: AttackInput, smoothing: Int) throws -> BudgetedSampling {
    try worker.budgetedSampling(input, worker.smoothed[smoothing])
  }

  func draw(_ sampling: BudgetedSampling, at input: AttackInput, smoothing: Int) throws -> ClassCounts {
    try worker.draw(sampling.next ?? 0..<0, at: input, worker.smoothed[smoothing])
  }
}
