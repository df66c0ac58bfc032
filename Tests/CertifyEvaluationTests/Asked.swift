import Synchronization

/// The numbers that threads have named so far.
final class Asked: Sendable {
  private let numbers = Mutex<Set<Int>>([])

  /// Whether the number is named for the first time.
  func insert(_ number: Int) -> Bool { numbers.withLock { $0.insert(number).inserted } }

  var all: Set<Int> { numbers.withLock { $0 } }
}
