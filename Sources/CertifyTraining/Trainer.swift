import CertifyEngine

/// A training: epochs of mini-batches, each computed in parts whose gradients are added in a fixed order, so that the
/// number of threads changes nothing.
public final class Trainer {
  /// The network that is trained, with the parameters it starts from.
  public let model: TrainableModel
  /// How it is trained.
  public let configuration: TrainingConfiguration
  private let data: TrainingSet
  private let holdout: TrainingSet?
  private let jobs: Int
  private let workers: [any ObjectiveWorker]
  private let monitor: Monitor?

  /// - Parameters:
  ///   - model: the network that is trained, from the parameters it has.
  ///   - data: what it learns from.
  ///   - holdout: inputs to watch accuracies on; `nil` for none.
  ///   - configuration: the objective, the optimiser, how long and with which seed.
  ///   - jobs: how many threads may work.
  /// - Throws: ``TrainingError`` for values out of range, or when the objective does not suit the network.
  public init(
    model: TrainableModel, data: TrainingSet, holdout: TrainingSet?, configuration: TrainingConfiguration,
    jobs: Int
  ) throws {
    try configuration.validate()
    guard data.count >= 1 else { throw TrainingError.tooFewInputs(count: data.count, needed: 1) }
    self.model = model
    self.data = data
    self.holdout = holdout
    self.configuration = configuration
    self.jobs = jobs
    let rows = min(configuration.shardRows, data.count)
    workers = try (0..<configuration.shardCount).map { _ in
      try configuration.objective.makeWorker(
        model, rows: rows, threat: configuration.threat, draws: Draws(seed: configuration.seed))
    }
    monitor = try holdout.map {
      try Monitor(model, data: $0, configuration: configuration, jobs: jobs)
    }
  }

  /// The mini-batches of an epoch.
  public var stepsPerEpoch: Int {
    (data.count + configuration.batchSize - 1) / configuration.batchSize
  }

  /// What a training ended with.
  public struct Outcome: Sendable {
    /// How it ended.
    public enum Ending: Sendable, Equatable {
      /// All epochs were done.
      case finished
      /// The caller asked to stop; the epoch that was begun does not count.
      case interrupted
      /// Catastrophic overfitting was found after `epoch`, and the parameters are those after `kept`.
      case overfitted(epoch: Int, kept: Int)
    }
    /// θ, in the order of ``TrainableModel/views``.
    public let parameters: [Float]
    /// One report for each epoch done, in order.
    public let history: [EpochReport]
    /// Why it stopped.
    public let ending: Ending
  }

  /// Trains from the start, or from a checkpoint on.
  ///
  /// - Parameters:
  ///   - checkpoint: where an interrupted training was; the result is then, bit for bit, that of a training that was
  ///     not interrupted.
  ///   - onStep: called after each step with the steps done and those of the whole training; `false` stops.
  ///   - onEpoch: called after each epoch with all there is to go on from.
  /// - Throws: ``TrainingError/diverged(epoch:step:lastGood:)``, and what `onEpoch` throws.
  public func run(
    from checkpoint: Checkpoint? = nil, onStep: (Int, Int) -> Bool = { _, _ in true },
    onEpoch: (Checkpoint) throws -> Void = { _ in }
  ) throws -> Outcome {
    var state = checkpoint ?? Checkpoint(model: model, configuration: configuration)
    try state.check(model: model, configuration: configuration)
    while state.epoch < configuration.epochs {
      guard let next = try epoch(after: state, onStep: onStep) else {
        return Outcome(parameters: state.parameters, history: state.history, ending: .interrupted)
      }
      state = next
      try onEpoch(state)
      if configuration.stopsOnOverfitting, let last = state.history.last, last.isOverfitted {
        return Outcome(
          parameters: state.goodParameters, history: state.history,
          ending: .overfitted(epoch: state.epoch, kept: state.goodEpoch))
      }
    }
    return Outcome(parameters: state.parameters, history: state.history, ending: .finished)
  }

  /// One epoch more, or `nil` when the caller stopped it.
  private func epoch(after before: Checkpoint, onStep: (Int, Int) -> Bool) throws -> Checkpoint? {
    var state = before
    state.epoch += 1
    let order = data.order(seed: configuration.seed, epoch: state.epoch)
    let total = stepsPerEpoch * configuration.epochs
    var sum = PartResult()
    var rate = 0.0
    for step in 0..<stepsPerEpoch {
      let start = step * configuration.batchSize
      let batch = order[start..<min(start + configuration.batchSize, order.count)]
      let done = (state.epoch - 1) * stepsPerEpoch + step
      let t = (Double(done) + 0.5) / Double(total)
      let diverged = TrainingError.diverged(epoch: state.epoch, step: step + 1, lastGood: before.epoch)
      var gradient: [Float] = []
      do {
        let (result, found) = try self.gradient(
          batch, epoch: state.epoch, progress: Double(done) / Double(total), parameters: state.parameters)
        guard result.loss.isFinite else { throw diverged }
        sum = sum + result
        gradient = found
      } catch EngineError.logitIsNaN {
        throw diverged
      }
      rate = configuration.learningRate * configuration.schedule.factor(at: t)
      state.optimiser.update(
        &state.parameters, along: gradient, learningRate: rate, weightDecay: configuration.weightDecay)
      guard onStep(done + 1, total) else { return nil }
    }
    guard state.parameters.allSatisfy(\.isFinite) else {
      throw TrainingError.diverged(epoch: state.epoch, step: stepsPerEpoch, lastGood: before.epoch)
    }
    try close(&state, sum: sum, rate: rate)
    return state
  }

  /// Reports an epoch that is done.
  private func close(_ state: inout Checkpoint, sum: PartResult, rate: Double) throws {
    let measured = try monitor?.report(state.parameters)
    let watched = state.history.compactMap(\.holdout) + (measured.map { [$0] } ?? [])
    let isOverfitted = CatastrophicOverfitting.isPresent(in: watched)
    state.history.append(
      EpochReport(
        epoch: state.epoch, loss: sum.loss / Double(data.count),
        accuracy: Double(sum.correct) / Double(data.count), learningRate: rate, holdout: measured,
        isOverfitted: isOverfitted))
    if !isOverfitted {
      state.goodEpoch = state.epoch
      state.goodParameters = state.parameters
    }
  }

  /// The mean loss's gradient over a mini-batch, part by part.
  private func gradient(
    _ batch: ArraySlice<Int>, epoch: Int, progress: Double, parameters: [Float]
  ) throws -> (PartResult, [Float]) {
    let rows = configuration.shardRows
    let starts = Array(stride(from: batch.startIndex, to: batch.endIndex, by: rows))
    let results = Results(count: starts.count)
    try Team.run(starts.count, jobs: jobs) { [self] index in
      let part = BatchPart(
        data: data, indices: batch[starts[index]..<min(starts[index] + rows, batch.endIndex)], epoch: epoch,
        progress: progress, scale: 1 / Float(batch.count))
      try workers[index].load(parameters)
      results.values[index] = try workers[index].run(part)
    }
    var total = workers[0].gradient
    for worker in workers[1..<max(1, starts.count)] {
      worker.gradient.withUnsafeBufferPointer { added in
        total.withUnsafeMutableBufferPointer { total in
          for i in total.indices { total[i] += added[i] }
        }
      }
    }
    return (results.values.reduce(PartResult(), +), total)
  }

  /// A place for each part's result, written by one thread each.
  private final class Results {
    let values: UnsafeMutableBufferPointer<PartResult>

    init(count: Int) {
      values = .allocate(capacity: count)
      values.initialize(repeating: PartResult())
    }

    deinit { values.deallocate() }
  }
}
