import Foundation

/// Seconds of the wall clock, and of the processor on the calling thread.
struct Stopwatch {
  struct Reading: Encodable {
    var wall: Double
    var cpu: Double
  }

  static func measure(_ body: () throws -> Void) rethrows -> Reading {
    let (wall, cpu) = (seconds(CLOCK_MONOTONIC), seconds(CLOCK_THREAD_CPUTIME_ID))
    try body()
    return Reading(wall: seconds(CLOCK_MONOTONIC) - wall, cpu: seconds(CLOCK_THREAD_CPUTIME_ID) - cpu)
  }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
