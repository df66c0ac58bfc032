/// How long a run will take yet, from how long its inputs took: a value that is told of every beginning and end.
///
/// The time of an input is estimated with those that are still being evaluated, which by now are longer than
/// others were: the mean is that of the product-limit estimate S of the durations' survival function (Kaplan and
/// Meier 1958, doi:10.1080/01621459.1958.10501452), an input that has been evaluated for e takes
/// ∫ₑ^∞ S(t) dt / S(e) more, and each input that waits takes the mean on the lane that is free first, of as many
/// lanes as there were inputs at a time.
public struct TimeLeft: Sendable {
  private let total: Int
  private var begun: [Int: Duration] = [:]
  private var durations: [Double] = []
  private var lanes = 1

  /// - Parameter total: The inputs to be evaluated.
  public init(total: Int) { self.total = total }

  /// An input's evaluation begins.
  ///
  /// - Parameter time: Since the beginning of the run.
  public mutating func begin(_ position: Int, at time: Duration) {
    begun[position] = time
    lanes = max(lanes, begun.count)
  }

  /// An input's evaluation has ended.
  public mutating func end(_ position: Int, at time: Duration) {
    guard let start = begun.removeValue(forKey: position) else { return }
    durations.append((time - start) / .seconds(1))
  }

  /// The time left; `nil` before the first input has ended.
  public func estimate(at time: Duration) -> Duration? {
    guard !durations.isEmpty else { return nil }
    let running = begun.values.map { (time - $0) / .seconds(1) }
    let curve = SurvivalCurve(ended: durations, running: running)
    let mean = curve.rest(after: 0)
    var busy = running.map { curve.rest(after: $0) }
    busy += [Double](repeating: 0, count: max(0, lanes - busy.count))
    let waiting = max(0, total - durations.count - running.count)
    // Whole rounds leave the lanes as far apart as they are.
    let rounds = max(0, waiting / lanes - 4)
    for _ in 0..<waiting - rounds * lanes {
      guard let free = busy.indices.min(by: { busy[$0] < busy[$1] }) else { break }
      busy[free] += mean
    }
    return .seconds(Double(rounds) * mean + (busy.max() ?? 0))
  }
}

/// The product-limit estimate of P[duration > t], which falls at the durations that were seen to end.
private struct SurvivalCurve {
  /// The times at which it falls, in ascending order, and its value from there on.
  private var steps: [(time: Double, value: Double)] = []

  init(ended: [Double], running: [Double]) {
    let all = (ended.map { ($0, true) } + running.map { ($0, false) })
      // Where an end and a censored duration coincide, the latter was longer.
      .sorted { $0.0 != $1.0 ? $0.0 < $1.0 : $0.1 && !$1.1 }
    var value = 1.0
    var atRisk = Double(all.count)
    for (time, isEnd) in all {
      if isEnd {
        value *= 1 - 1 / atRisk
        steps.append((time, value))
      }
      atRisk -= 1
    }
    // Nothing is known beyond the longest duration: the curve ends there.
    if let last = all.last, value > 0 { steps.append((last.0, 0)) }
  }

  /// ∫ₑ^∞ S(t) dt / S(e): the mean of what is left of a duration that has lasted `elapsed`; 0 beyond the longest.
  func rest(after elapsed: Double) -> Double {
    var area = 0.0
    var value = 1.0
    var from = 0.0
    var survival = 1.0
    for step in steps {
      if step.time > elapsed {
        area += value * (step.time - max(from, elapsed))
      } else {
        survival = step.value
      }
      (from, value) = step
    }
    return survival > 0 ? area / survival : 0
  }
}
