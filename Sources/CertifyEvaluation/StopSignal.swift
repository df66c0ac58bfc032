import Synchronization

/// What ended a run before its time: the first error that concerns more than one input.
final class FirstFailure: Sendable {
  private let isPresent = Atomic<Bool>(false)
  private let present = Mutex<(any Error)?>(nil)

  /// The failure, or `nil` when there was none.
  var error: (any Error)? { present.withLock { $0 } }

  var isRecorded: Bool { isPresent.load(ordering: .relaxed) }

  func record(_ error: any Error) {
    present.withLock { $0 = $0 ?? error }
    isPresent.store(true, ordering: .relaxed)
  }
}

/// Tells one worker when what it is doing is not wanted any more.
final class StopSignal {
  private let control: RunControl
  private let failure: FirstFailure

  init(control: RunControl, failure: FirstFailure) {
    self.control = control
    self.failure = failure
  }

  /// Whether the run was cancelled or has failed.
  var isRaised: Bool { control.isCancelled || failure.isRecorded }

  /// - Throws: `CancellationError` when the signal is raised.
  func check() throws {
    if isRaised { throw CancellationError() }
  }

  func count(rows: Int) { control.count(rows: rows) }
}
