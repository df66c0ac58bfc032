import Synchronization

/// The failure at the lowest position among the inputs of a run.
///
/// Positions are handed out in ascending order and only higher ones are stopped, so that which failure is the
/// first does not depend on the threads.
final class FirstFailure: Sendable {
  private let position = Atomic<Int>(.max)
  private let present = Mutex<(position: Int, error: any Error)?>(nil)

  /// The failure, or `nil` when there was none.
  var error: (any Error)? { present.withLock { $0?.error } }

  func record(_ error: any Error, at position: Int) {
    present.withLock { present in
      if let present, present.position <= position { return }
      present = (position, error)
      self.position.store(position, ordering: .relaxed)
    }
  }

  func isBefore(_ position: Int) -> Bool { self.position.load(ordering: .relaxed) < position }
}

/// Tells one worker when what it is doing is not wanted any more.
final class StopSignal {
  /// The position of the input that the worker is at.
  var position = 0
  private let control: RunControl
  private let failure: FirstFailure

  init(control: RunControl, failure: FirstFailure) {
    self.control = control
    self.failure = failure
  }

  /// Whether the run was cancelled or an input before this one failed.
  var isRaised: Bool { control.isCancelled || failure.isBefore(position) }

  /// - Throws: `CancellationError` when the signal is raised.
  func check() throws {
    if isRaised { throw CancellationError() }
  }

  func count(rows: Int) { control.count(rows: rows) }
}
