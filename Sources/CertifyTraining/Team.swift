import Foundation
import Synchronization

/// Runs the members of a group, each on one thread at a time.
package enum Team {
  /// Calls `body` for every index below `count` on up to `jobs` threads, and waits.
  ///
  /// - Parameter body: may be called from several threads at once, with different indices.
  /// - Throws: The error of the lowest index that fails.
  package static func run(_ count: Int, jobs: Int, _ body: @escaping (Int) throws -> Void) throws {
    let task = Task(body: body)
    let workers = max(1, min(jobs, count))
    let failures = Mutex<[Int: any Error]>([:])
    let work: @Sendable (Int) -> Void = { worker in
      for index in stride(from: worker, to: count, by: workers) {
        do { try task.body(index) } catch { failures.withLock { $0[index] = error } }
      }
    }
    let finished = DispatchSemaphore(value: 0)
    for worker in 1..<workers {
      let thread = Thread {
        work(worker)
        finished.signal()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    work(0)
    for _ in 1..<workers { finished.wait() }
    if let first = failures.withLock({ $0.min { $0.key < $1.key } }) { throw first.value }
  }

  /// What several threads call with indices of their own.
  private struct Task: @unchecked Sendable {
    let body: (Int) throws -> Void
  }
}
