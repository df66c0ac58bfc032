import Foundation

/// Seconds of the wall clock, and of the processor on the calling thread and on all threads.
struct Stopwatch {
  struct Reading: Encodable {
    var wall: Double
    var cpu: Double
    var allThreads: Double
  }

  static func measure(_ body: () throws -> Void) rethrows -> Reading {
    let clocks = [CLOCK_MONOTONIC, CLOCK_THREAD_CPUTIME_ID, CLOCK_PROCESS_CPUTIME_ID]
    let before = clocks.map(seconds)
    try body()
    let spent = zip(clocks.map(seconds), before).map { $0 - $1 }
    return Reading(wall: spent[0], cpu: spent[1], allThreads: spent[2])
  }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
