import CertifyEvaluation
import Testing
import _CertifyTestSupport

/// The time left is right within 20 % from the first tenth of a run on, by a clock that is only a number.
struct TimeLeftTests {
  /// How long inputs take in a run.
  enum Law: CaseIterable {
    /// All the same.
    case constant
    /// Uniform between half and one and a half of the mean.
    case uniform
    /// Every fifth is wrong at once and costs nothing, the others vary by a factor of four.
    case wrongAtOnce
    /// One in ten takes ten times as long as the others.
    case hardOnes

    func duration(_ random: inout SplitMix) -> Double {
      let (u, v) = (random.unit(), random.unit())
      return switch self {
      case .constant: 3
      case .uniform: 1.5 + 3 * u
      case .wrongAtOnce: u < 0.2 ? 0.001 : 1 + 3 * v
      case .hardOnes: u < 0.1 ? 10 : 1
      }
    }

    /// Inputs enough for a tenth of them to tell the mean within 20 %: three standard errors.
    var inputs: Int {
      switch self {
      case .constant: 150
      case .uniform: 400
      case .wrongAtOnce: 1500
      case .hardOnes: 6000
      }
    }
  }

  @Test(arguments: Law.allCases, [1, 2, 7]) func isRightAfterTheFirstTenth(_ law: Law, _ lanes: Int) {
    for seed in 0..<5 {
      var random = SplitMix(seed: UInt64(seed))
      let durations = (0..<law.inputs).map { _ in law.duration(&random) }
      let run = simulate(durations, lanes: lanes)
      var compared = 0
      for moment in run.estimates where moment.time >= run.end / 10 && moment.time <= run.end * 0.9 {
        let left = run.end - moment.time
        #expect(
          abs(moment.estimate - left) <= 0.2 * left,
          "\(law) on \(lanes), seed \(seed): \(moment.estimate) s at \(moment.time) s of \(run.end) s")
        compared += 1
      }
      #expect(compared > law.inputs / 10)
    }
  }

  /// Processor seconds of the inputs of real runs, in the order of the inputs.
  enum Recorded: CaseIterable {
    /// Both classifiers of an MNIST network, 10 000 samples an input: two are wrong at once.
    case smoothed
    /// The base classifier attacked at one ε, without a certificate: the wrong ones and the broken ones cost next to
    /// nothing.
    case fixedEpsilon

    var seconds: [Double] {
      switch self {
      case .smoothed:
        [
          0.06, 0.84, 0.87, 0.07, 0.97, 0.82, 0.89, 0.90, 0.86, 0.86, 0.78, 0.81, 0.93, 0.98, 0.89, 0.06,
          0.60, 0.85, 0.86, 0.85, 0.93, 0.87, 0.80, 0.75, 0.55, 0.88, 0.83, 0.86, 0.73, 0.68, 0.64, 0.79,
          0.89, 0.76, 0.73, 0.78, 0.75, 0.78, 0.40, 0.82, 0.65, 0.73, 0.78, 0.55, 0.79, 0.98, 0.81, 0.88,
          0.77, 0.77,
        ]
      case .fixedEpsilon:
        [
          0.12, 0.11, 0.11, 0.11, 0.10, 0.10, 0.00, 0.10, 0.10, 0.09, 0.09, 0.09, 0.09, 0.09, 0.09, 0.10,
          0.08, 0.10, 0.12, 0.12, 0.00, 0.11, 0.10, 0.01, 0.09, 0.09, 0.09, 0.09, 0.10, 0.09, 0.00, 0.11,
          0.00, 0.09, 0.10, 0.01, 0.09, 0.10, 0.09, 0.10, 0.09, 0.09, 0.09, 0.09, 0.09, 0.00, 0.00, 0.09,
          0.01, 0.09, 0.09, 0.09, 0.09, 0.09, 0.08, 0.10, 0.09, 0.09, 0.00, 0.09, 0.09, 0.09, 0.09, 0.09,
          0.09, 0.09, 0.10, 0.09, 0.10, 0.09, 0.09, 0.00, 0.01, 0.09, 0.09, 0.10, 0.00, 0.10, 0.09, 0.10,
          0.00, 0.13, 0.12, 0.13, 0.11, 0.09, 0.10, 0.08, 0.09, 0.09, 0.09, 0.10, 0.08, 0.09, 0.10, 0.09,
          0.09, 0.09, 0.11, 0.09,
        ]
      }
    }

    /// Whether f is right about an input, which shows in its time.
    func isCorrect(_ seconds: Double) -> Bool { seconds > (self == .smoothed ? 0.1 : 0.005) }
  }

  @Test(arguments: Recorded.allCases, [1, 2]) func isRightInRealRuns(_ recorded: Recorded, _ lanes: Int) {
    let recordedOrder = errors(recorded.seconds, lanes: lanes, isCorrect: recorded.isCorrect)
    #expect(recordedOrder.allSatisfy { $0 <= 0.2 }, "\(recordedOrder.max() ?? 0)")
    // As if other inputs had come first: five of fifty may happen to be the cheap ones.
    var (within, blind, all) = (0, 0, 0)
    for seed in 0..<40 {
      var random = SplitMix(seed: UInt64(seed))
      let durations = recorded.seconds.shuffled(using: &random)
      let known = errors(durations, lanes: lanes, isCorrect: recorded.isCorrect)
      within += known.count { $0 <= 0.2 }
      blind += errors(durations, lanes: lanes).count { $0 <= 0.2 }
      all += known.count
    }
    #expect(within * 100 >= 97 * all, "\(within) of \(all)")
    #expect(within > blind, "to know which inputs are wrong at once is no help")
  }

  /// Where nearly all inputs are wrong at once, the three that are not are the whole run.
  @Test func waitsForAnInputOfTheKindThatTakesTime() throws {
    let durations = (0..<50).map { [10, 35, 42].contains($0) ? 16.0 : 0.005 }
    let run = simulate(durations, lanes: 1) { $0 > 1 }
    let first = try #require(run.estimates.first)
    #expect(first.time > 16)
    for moment in run.estimates where moment.time <= run.end * 0.9 {
      #expect(abs(moment.estimate - (run.end - moment.time)) <= 0.2 * (run.end - moment.time))
    }
  }

  @Test func isUnknownBeforeAnInputHasEndedAndNothingAfterTheLast() {
    var time = TimeLeft(total: 1)
    #expect(time.estimate(at: .seconds(1)) == nil)
    time.begin(0, at: .seconds(1))
    #expect(time.estimate(at: .seconds(5)) == nil)
    time.end(0, at: .seconds(6))
    #expect(time.estimate(at: .seconds(6)) == .zero)
  }

  /// Inputs that are longer than all that ended count with what is known of them.
  @Test func knowsThatTheFirstToEndAreTheShortOnes() throws {
    var time = TimeLeft(total: 20)
    for position in 0..<4 { time.begin(position, at: .zero) }
    time.end(0, at: .seconds(1))
    time.begin(4, at: .seconds(1))
    // The mean of {1, > 9, > 9, > 9, > 8} is at least 7.2, not 1.
    let left = try #require(time.estimate(at: .seconds(9)))
    #expect(left > .seconds(15.0 * 7 / 4))
  }

  /// The relative errors of the estimates between a tenth and nine tenths of a run.
  private func errors(_ durations: [Double], lanes: Int, isCorrect: ((Double) -> Bool)? = nil) -> [Double] {
    let run = simulate(durations, lanes: lanes, isCorrect: isCorrect)
    return run.estimates.filter { $0.time >= run.end / 10 && $0.time <= run.end * 0.9 }
      .map { abs($0.estimate - (run.end - $0.time)) / (run.end - $0.time) }
  }

  /// Runs inputs in order on so many lanes, and looks at the estimate at every end and between the ends.
  ///
  /// - Parameter isCorrect: Whether an input that takes so long is one that f classifies correctly; `nil` when that is
  ///   not known ahead.
  private func simulate(_ durations: [Double], lanes: Int, isCorrect: ((Double) -> Bool)? = nil) -> (
    estimates: [(time: Double, estimate: Double)], end: Double
  ) {
    var left = TimeLeft(total: durations.count)
    if let isCorrect {
      for (position, seconds) in durations.enumerated() {
        left.learn(position, isCorrect: isCorrect(seconds))
      }
    }
    var estimates: [(time: Double, estimate: Double)] = []
    var ends: [(time: Double, position: Int)] = []
    var next = 0
    var now = 0.0
    func begin() {
      guard next < durations.count else { return }
      left.begin(next, at: .seconds(now))
      ends.append((now + durations[next], next))
      next += 1
    }
    for _ in 0..<lanes { begin() }
    while let first = ends.indices.min(by: { ends[$0].time < ends[$1].time }) {
      let (time, position) = ends.remove(at: first)
      let looks = durations.count > 1000 && position % 10 != 0 ? [] : [0.5, 0.99]
      for part in looks {
        let moment = now + part * (time - now)
        if let estimate = left.estimate(at: .seconds(moment)) {
          estimates.append((moment, estimate / .seconds(1)))
        }
      }
      now = time
      left.end(position, at: .seconds(now))
      begin()
    }
    return (estimates, now)
  }
}
