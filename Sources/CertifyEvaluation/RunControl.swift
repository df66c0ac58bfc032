import Synchronization

/// What workers tell the thread that watches a run, and what it tells them.
public final class RunControl: Sendable {
  private let cancelled = Atomic<Bool>(false)
  private let finishedInputs = Atomic<Int>(0)
  private let evaluatedRows = Atomic<Int>(0)

  public init() {}

  /// Asks the workers to stop; the inputs they are at are left out.
  public func cancel() { cancelled.store(true, ordering: .relaxed) }

  public var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

  /// Inputs whose brackets are complete.
  public var inputs: Int { finishedInputs.load(ordering: .relaxed) }

  /// Rows that f was evaluated on.
  public var rows: Int { evaluatedRows.load(ordering: .relaxed) }

  func finishInput() { finishedInputs.wrappingAdd(1, ordering: .relaxed) }

  func count(rows: Int) { evaluatedRows.wrappingAdd(rows, ordering: .relaxed) }
}
