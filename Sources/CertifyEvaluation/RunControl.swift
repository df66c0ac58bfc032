import Synchronization

/// What workers tell the thread that watches a run, and what it tells them.
public final class RunControl: Sendable {
  private let finishing = Atomic<Bool>(false)
  private let cancelled = Atomic<Bool>(false)
  private let finishedInputs = Atomic<Int>(0)
  private let evaluatedRows = Atomic<Int>(0)
  private let start = ContinuousClock.now
  private let time = Mutex(TimeLeft(total: 0))
  private let drawing = Mutex<BudgetDrawing?>(nil)

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

  /// How long the inputs will take yet; `nil` before that can be told.
  ///
  /// As ``TimeLeft``; while a budget is drawn, from how fast it is, where nothing else is asked of the inputs.
  public var timeLeft: Duration? {
    let now = ContinuousClock.now - start
    if let drawing = drawing.withLock({ $0 }) { return drawing.timeLeft(at: now) }
    return time.withLock { $0.estimate(at: now) }
  }

  /// The share of the run's budget of samples that is drawn, in 0...1; `nil` where there is none, and when the inputs
  /// are evaluated with what was drawn.
  public var budgetShare: Double? { drawing.withLock { $0?.share } }

  func plan(inputs: Int) { time.withLock { $0 = TimeLeft(total: inputs) } }

  /// A budget is drawn before the inputs are evaluated.
  ///
  /// - Parameter isLast: Whether nothing else takes time.
  func draw(budget: Int, isLast: Bool) {
    let begin = ContinuousClock.now - start
    drawing.withLock { $0 = BudgetDrawing(budget: budget, isLast: isLast, begin: begin) }
  }

  func count(drawn samples: Int) { drawing.withLock { $0?.drawn += samples } }

  func endDrawing() { drawing.withLock { $0 = nil } }

  func learn(_ position: Int, isCorrect: Bool) {
    time.withLock { $0.learn(position, isCorrect: isCorrect) }
  }

  func begin(_ position: Int) { time.withLock { $0.begin(position, at: ContinuousClock.now - start) } }

  func finish(_ position: Int) {
    time.withLock { $0.end(position, at: ContinuousClock.now - start) }
    finishedInputs.wrappingAdd(1, ordering: .relaxed)
  }

  func count(rows: Int) { evaluatedRows.wrappingAdd(rows, ordering: .relaxed) }
}
