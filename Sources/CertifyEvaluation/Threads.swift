import Foundation

/// Work on threads of its own: a queue would give fewer than asked for where its pool is busy.
enum Threads {
  /// Runs `body` once on each of `count` threads and waits for all; on the caller's own where there is one.
  static func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    guard count > 1 else { return body(0) }
    let finished = DispatchSemaphore(value: 0)
    for index in 0..<count {
      let thread = Thread {
        body(index)
        finished.signal()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    for _ in 0..<count { finished.wait() }
  }
}
