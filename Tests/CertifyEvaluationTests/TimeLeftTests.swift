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

  /// Runs inputs in order on so many lanes, and looks at the estimate at every end and between the ends.
  private func simulate(_ durations: [Double], lanes: Int) -> (
    estimates: [(time: Double, estimate: Double)], end: Double
  ) {
    var left = TimeLeft(total: durations.count)
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
