/// How long a run will take yet, from how long its inputs took: a value that is told of every beginning and end.
///
/// The time of an input is estimated with those that are still being evaluated, which by now are longer than
/// others were: the mean is that of the product-limit estimate S of the durations' survival function (Kaplan and
/// Meier 1958, doi:10.1080/01621459.1958.10501452), an input that has been evaluated for e takes
/// ∫ₑ^∞ S(t) dt / S(e) more, and each input that waits takes the mean on the lane that is free first, of as many
/// lanes as there were inputs at a time.
///
/// Inputs that f classifies correctly, those that it does not, which mostly are done at once, and those of which that
/// is not known have means and curves of their own.
public struct TimeLeft: Sendable {
  private let total: Int
  private var begun: [Int: Duration] = [:]
  private var ended: [(position: Int, seconds: Double)] = []
  private var correct: [Int: Bool] = [:]
  private var next = 0
  private var lanes = 1

  /// - Parameter total: The inputs to be evaluated, at positions in 0..<total.
  public init(total: Int) { self.total = total }

  /// What is known of an input, whether it was evaluated yet or not.
  ///
  /// - Parameters:
  ///   - position: The input's position.
  ///   - isCorrect: Whether f classifies it correctly.
  public mutating func learn(_ position: Int, isCorrect: Bool) { correct[position] = isCorrect }

  /// An input's evaluation begins; inputs begin in their order.
  ///
  /// - Parameters:
  ///   - position: The input's position.
  ///   - time: Since the beginning of the run.
  public mutating func begin(_ position: Int, at time: Duration) {
    begun[position] = time
    next = max(next, position + 1)
    lanes = max(lanes, begun.count)
  }

  /// An input's evaluation has ended.
  ///
  /// - Parameters:
  ///   - position: The input's position; one that has not begun is passed over.
  ///   - time: Since the beginning of the run.
  public mutating func end(_ position: Int, at time: Duration) {
    guard let start = begun.removeValue(forKey: position) else { return }
    ended.append((position, (time - start) / .seconds(1)))
  }

  /// The time left; `nil` before the first input has ended, and while none has that f classifies correctly but some
  /// are to come.
  ///
  /// - Parameter time: Since the beginning of the run.
  public func estimate(at time: Duration) -> Duration? {
    let running = begun.map { (position: $0.key, seconds: (time - $0.value) / .seconds(1)) }
    func curve(_ isOfKind: (Int) -> Bool) -> SurvivalCurve? {
      let done = ended.filter { isOfKind($0.position) }.map(\.seconds)
      let lasting = running.filter { isOfKind($0.position) }.map(\.seconds)
      return done.isEmpty ? nil : SurvivalCurve(ended: done, running: lasting)
    }
    guard let all = curve({ _ in true }) else { return nil }
    let right = curve { correct[$0] == true }
    let wrong = curve { correct[$0] == false } ?? all
    let unfinished = running.map(\.position) + Array(min(next, total)..<total)
    if right == nil, unfinished.contains(where: { correct[$0] == true }) { return nil }
    func curve(of position: Int) -> SurvivalCurve {
      correct[position].map { $0 ? right ?? all : wrong } ?? all
    }
    var busy = running.map { curve(of: $0.position).rest(after: $0.seconds) }
    busy += [Double](repeating: 0, count: max(0, lanes - busy.count))
    let means = (right: (right ?? all).rest(after: 0), wrong: wrong.rest(after: 0), all: all.rest(after: 0))
    let waiting = unfinished.dropFirst(running.count).map { position in
      correct[position].map { $0 ? means.right : means.wrong } ?? means.all
    }
    // All but the last few rounds leave the lanes as far apart as they are.
    let last = min(waiting.count, 4 * lanes)
    let before = waiting.dropLast(last).reduce(0, +) / Double(lanes)
    for seconds in waiting.suffix(last) {
      guard let free = busy.indices.min(by: { busy[$0] < busy[$1] }) else { break }
      busy[free] += seconds
    }
    return .seconds(before + (busy.max() ?? 0))
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
