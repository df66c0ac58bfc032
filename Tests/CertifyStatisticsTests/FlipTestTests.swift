import CertifyStatistics
import Foundation
import Testing

@Suite struct FlipTestTests {
  @Test func aMinorityLabelMayStillHold() throws {
    // p_y = 0.4 < ½ with two rivals at 0.3: not a flip.
    var test = try FlipTest(label: 0, rival: 1, classCount: 3, level: 0.001)
    #expect(try test.add(counts: [4000, 3000, 3000]) == .held)
    #expect(test.samples == 10_000 && test.rivalHits == 3000 && test.labelHits == 4000)
  }

  @Test func rivalBeatsTheLabel() throws {
    var test = try FlipTest(label: 2, rival: 1, classCount: 3, level: 0.001)
    #expect(try test.add(counts: [9000, 600, 400]) == .flipped)
    // Final: later samples change nothing.
    #expect(try test.add(counts: [0, 0, 9000]) == .flipped)
    #expect(test.samples == 10_000)
  }

  /// The label beats the rival, but a third class beats the label: neither claim may be made.
  @Test func holdingNeedsEveryClass() throws {
    var test = try FlipTest(label: 0, rival: 1, classCount: 3, level: 0.001)
    #expect(try test.add(counts: [3000, 1000, 6000]) == .inconclusive)
    // A tie with a third class.
    var tie = try FlipTest(label: 0, rival: 1, classCount: 3, level: 0.001)
    #expect(try tie.add(counts: [4500, 1000, 4500]) == .inconclusive)
    // The same counts without the third class hold.
    var pair = try FlipTest(label: 0, rival: 1, classCount: 2, level: 0.001)
    #expect(try pair.add(counts: [3000, 1000]) == .held)
  }

  @Test func failedSamplesCountAgainstTheClaim() throws {
    var flip = try FlipTest(label: 0, rival: 1, classCount: 2, level: 0.001)
    #expect(try flip.add(counts: [400, 600], failed: 150) == .inconclusive)
    var plain = try FlipTest(label: 0, rival: 1, classCount: 2, level: 0.001)
    #expect(try plain.add(counts: [400, 600]) == .flipped)
    var held = try FlipTest(label: 0, rival: 1, classCount: 2, level: 0.001)
    #expect(try held.add(counts: [600, 400], failed: 150) == .inconclusive)
  }

  @Test func batchesAddUp() throws {
    var whole = try FlipTest(label: 0, rival: 1, classCount: 3, level: 1e-6)
    try whole.add(counts: [110, 90, 3], failed: 2)
    var parts = try FlipTest(label: 0, rival: 1, classCount: 3, level: 1e-6)
    try parts.add(counts: [60, 50, 3], failed: 0)
    try parts.add(counts: [50, 40, 0], failed: 2)
    #expect(parts.counts == whole.counts && parts.failed == 2 && parts.outcome == whole.outcome)
  }

  /// At p_c = p_y both claims are wrong; with optional stopping each is made at most at its level.
  @Test func errorsOnATie() throws {
    let runs = ProcessInfo.processInfo.environment["CERTIFY_LONG_TESTS"] != nil ? 20_000 : 500
    var source = SplitMix(state: 11)
    var (flipped, held) = (0, 0)
    for _ in 0..<runs {
      var test = try FlipTest(label: 0, rival: 1, classCount: 3, level: 0.05)
      for _ in 0..<50 where test.outcome == .inconclusive {
        var counts = [0, 0, 0]
        for _ in 0..<20 {
          let u = source.uniform()
          counts[u < 0.4 ? 0 : u < 0.8 ? 1 : 2] += 1
        }
        try test.add(counts: counts)
      }
      flipped += test.outcome == .flipped ? 1 : 0
      held += test.outcome == .held ? 1 : 0
    }
    let limit = 0.05 * Double(runs) + 5 * (0.05 * 0.95 * Double(runs)).squareRoot()
    print("flip test on a tie: \(flipped) flipped, \(held) held of \(runs), level 0.05")
    #expect(Double(flipped) <= limit && Double(held) <= limit)
  }

  @Test func badArgumentsAreRefused() throws {
    #expect(throws: StatisticsError.self) { try FlipTest(label: 1, rival: 1, classCount: 3, level: 0.1) }
    #expect(throws: StatisticsError.self) { try FlipTest(label: 3, rival: 1, classCount: 3, level: 0.1) }
    #expect(throws: StatisticsError.self) { try FlipTest(label: 0, rival: -1, classCount: 3, level: 0.1) }
    #expect(throws: StatisticsError.self) { try FlipTest(label: 0, rival: 1, classCount: 1, level: 0.1) }
    #expect(throws: StatisticsError.self) { try FlipTest(label: 0, rival: 1, classCount: .max, level: 0.1) }
    #expect(throws: StatisticsError.self) { try FlipTest(label: 0, rival: 1, classCount: 3, level: .nan) }
    var test = try FlipTest(label: 0, rival: 1, classCount: 2, level: 0.1)
    #expect(throws: StatisticsError.self) { try test.add(counts: [1, 2, 3]) }
    #expect(throws: StatisticsError.self) { try test.add(counts: [-1, 2]) }
    #expect(throws: StatisticsError.self) { try test.add(counts: [.max, .max]) }
    #expect(throws: StatisticsError.self) { try test.add(counts: [1, 1], failed: -1) }
    #expect(test.samples == 0)
  }
}
