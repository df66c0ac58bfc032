import CertifyAttacks
import CertifyEngine
import CertifyResults
import CertifySmoothing
import Synchronization

/// A data set's brackets: the inputs shared out over workers, the results in the order of the inputs. Where there
/// are fewer inputs than threads, the threads that are left over share the samples of an input.
///
/// Which worker evaluates an input, and when, changes nothing in its result.
public struct Evaluator: Sendable {
  public let source: any ClassifierSource
  public let configuration: RunConfiguration

  public init(source: any ClassifierSource, configuration: RunConfiguration) {
    self.source = source
    self.configuration = configuration
  }

  /// What came of a run.
  public struct Outcome: Sendable {
    /// In the order of the inputs; those that were not finished are missing.
    public var inputs: [InputResult]
    public var interrupted: Bool
  }

  /// Evaluates `count` inputs on `jobs` threads.
  ///
  /// - Parameters:
  ///   - input: The input at a position in 0..<count; called from any thread.
  ///   - control: Cancels the run and counts its progress.
  /// - Throws: ``EvaluationError`` for the first input, in the order of the inputs, that fails; what making a
  ///   classifier throws.
  public func run(
    count: Int, jobs: Int, control: RunControl, input: @escaping @Sendable (Int) -> AttackInput
  ) throws -> Outcome {
    let workers = max(1, min(jobs, count))
    let noises = try configuration.smoothings.map {
      try SharedNoise($0, source: source, configuration: configuration)
    }
    let prepared: PreparedEvidence?
    do {
      prepared = try prepareEvidence(count: count, jobs: jobs, control: control, noises: noises, input: input)
    } catch is CancellationError {
      return Outcome(inputs: [], interrupted: true)
    }
    let next = Atomic<Int>(0)
    let results = Mutex<[Int: InputResult]>([:])
    let failure = FirstFailure()

    @Sendable func work() {
      do {
        let stop = StopSignal(control: control, failure: failure)
        let worker = try Worker(
          source: source, configuration: configuration, noises: noises, threads: jobs / workers, stop: stop,
          prepared: prepared)
        while true {
          stop.position = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard stop.position < count, !stop.isRaised else { return }
          let input = input(stop.position)
          do {
            let result = try worker.evaluate(input)
            results.withLock { $0[stop.position] = result }
            control.finishInput()
          } catch is CancellationError {
            return
          } catch {
            failure.record(
              EvaluationError.inputFailed(index: input.index, underlying: error), at: stop.position)
            return
          }
        }
      } catch {
        failure.record(error, at: -1)
      }
    }

    Threads.run(workers) { _ in work() }
    if let error = failure.error { throw error }
    let finished = results.withLock { $0 }
    return Outcome(
      inputs: finished.sorted { $0.key < $1.key }.map(\.value), interrupted: finished.count < count)
  }
}

/// An input that could not be evaluated.
public enum EvaluationError: Error, CustomStringConvertible {
  case inputFailed(index: Int, underlying: any Error)
  /// Neither the base nor a smoothed classifier is to be evaluated.
  case nothingToEvaluate
  /// The budget of a run does not reach for one look at each of its inputs.
  case budgetTooSmall(budget: Int, needed: Int)
  /// A certificate that needs more than the probability of one class cannot answer whether a radius is reached.
  case undecidable(certificate: String)

  public var description: String {
    switch self {
    case .inputFailed(let index, let underlying): "input \(index): \(underlying)"
    case .budgetTooSmall(let budget, let needed):
      "--budget \(budget): one look at each input takes \(needed) samples; give at least as many, or fewer inputs"
    case .undecidable(let certificate):
      "the certificate \(certificate) does not rest on the probability of one class: "
        + "decide radii with the certificate whose name ends in -p-lower"
    case .nothingToEvaluate: "the run names no classifier: ask for base, smoothed or both"
    }
  }
}
