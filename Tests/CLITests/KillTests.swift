import Foundation
import Testing
import _CertifyTestSupport

/// A run that is killed loses nothing that was finished, and goes on as if nothing had happened.
@Suite struct KillTests {
  /// How often the run is killed.
  private static let kills = ProcessInfo.processInfo.environment["CERTIFY_KILLS"].flatMap(Int.init) ?? 8

  /// Both classifiers with attacks, so many inputs that they last for all the kills.
  private static let work = [
    "--first", "\(max(24, kills))", "--samples", "2000", "--steps", "20", "--restarts", "2", "--jobs", "2",
  ]

  @Test func aRunKilledAtAnyMomentGoesOnToTheSameResult() throws {
    let place = try Workplace()
    let begin = ContinuousClock.now
    #expect(
      try Certify.run(
        Digits.run(out: place.path("start"), ["--first", "1", "--samples", "10", "--attack", "none"])
      ).status == 0)
    let start = seconds(since: begin)
    let whole = try Certify.run(
      Digits.run(out: place.path("out"), Self.work, model: Digits.perceptron), within: 600)
    #expect(whole.status == 0)
    let wanted = try ResumeTests.record(place, "out")
    let work = max(seconds(since: begin) - 2 * start, 0.1)
    try FileManager.default.removeItem(atPath: place.path("out"))

    var random = SplitMix(seed: 1)
    var done = 0
    var hits = 0
    for _ in 0..<Self.kills {
      let run = try Certify.start(
        Digits.run(out: place.path("out"), Self.work + ["--resume"], model: Digits.perceptron))
      // From the first moment of the process to well into its share of the work.
      let moment = random.unit() * (1.5 * start + 2 * work / Double(Self.kills))
      Thread.sleep(forTimeInterval: moment)
      kill(run.process.processIdentifier, SIGKILL)
      let answer = try run.answer(within: 60)
      #expect([-SIGKILL, 0].contains(answer.status), "\(answer.errors)")
      let now = try finished(place)
      #expect(now >= done)
      if now > done, answer.status != 0 { hits += 1 }
      done = now
    }
    #expect(hits >= Self.kills / 10, "too few kills struck an evaluation: \(hits)")
    let last = try Certify.run(
      Digits.run(out: place.path("out"), Self.work + ["--resume"], model: Digits.perceptron), within: 600)
    #expect(last.status == 0)
    #expect(last.output == whole.output)
    #expect(try ResumeTests.record(place, "out") == wanted)
    #expect(place.files(in: "out")?.filter { $0.hasPrefix("run.") } == ["run.sqlite"])
  }

  private func seconds(since begin: ContinuousClock.Instant) -> Double {
    (ContinuousClock.now - begin) / .seconds(1)
  }

  /// The inputs that `certify status` counts, 0 before there is a store.
  private func finished(_ place: Workplace) throws -> Int {
    let status = try Certify.run("status", place.path("out"))
    if status.status == 66 { return 0 }
    #expect(status.status == 0, "\(status.errors)")
    return try #require(Int(status.output.prefix { $0.isNumber }))
  }
}
