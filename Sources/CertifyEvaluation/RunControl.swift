import Synchronization

/// What workers tell the thread that watches a run, and what it tells them.
public final class RunControl: Sendable {
  private let finishing = Atomic<Bool>(false)
  private let cancelled = Atomic<Bool>(false)
  private let finishedInputs = Atomic<Int>(0)
  private let evaluatedRows = Atomic<Int>(0)
  private let start = ContinuousClock.now
  private let time = Mutex(TimeLeft(total: 0))

  public init() {}

  /// Asks the workers to finish the inputs they are at, and to begin no others.
  public func finish() { finishing.store(true, ordering: .relaxed) }

  /// Whether ``finish()`` was called: no further inputs are begun.
  public var isFinishing: Bool { finishing.load(ordering: .relaxed) }

  /// Asks the workers to stop; the inputs they are at are left out.
  public func cancel() { cancelled.store(true, ordering: .relaxed) }

  /// Whether ``cancel()`` was called.
  public var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

  /// Inputs whose brackets are complete.
  public var inputs: Int { finishedInputs.load(ordering: .relaxed) }

  /// Rows that f was evaluated on.
  public var rows: Int { evaluatedRows.load(ordering: .relaxed) }

  /// How long the run will take yet; `nil` before the first input is finished.
  public var timeLeft: Duration? { time.withLock { $0.estimate(at: ContinuousClock.now - start) } }

  func plan(inputs: Int) { time.withLock { $0 = TimeLeft(total: inputs) } }

  func begin(_ position: Int) { time.withLock { $0.begin(position, at: ContinuousClock.now - start) } }

  func finish(_ position: Int) {
    time.withLock { $0.end(position, at: ContinuousClock.now - start) }
    finishedInputs.wrappingAdd(1, ordering: .relaxed)
  }

  func count(rows: Int) { evaluatedRows.wrappingAdd(rows, ordering: .relaxed) }
}
