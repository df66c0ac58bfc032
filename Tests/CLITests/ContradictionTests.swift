import CertifyResults
import Foundation
import Testing

/// Exit code 3: a witness inside a certified radius.
@Suite struct ContradictionTests {
  /// A real run's record in which one certificate was made to claim twice the attacked radius.
  private func planted(_ record: (LowerBound, UpperBound) -> ContradictionRecord?) throws -> Workplace {
    let place = try Workplace()
    let run = try Certify.run(
      Digits.run(out: place.path("out"), ["--first", "3", "--classifier", "base"]))
    #expect(run.status == 0)
    #expect(try Certify.run("gate", place.path("out")).status == 0)
    var file = try place.results("out")
    var bracket = try #require(file.results.inputs[1].brackets.first)
    var lower = try #require(bracket.lower)
    let upper = try #require(bracket.upper)
    #expect(upper.radius > 0)
    lower.radius = 2 * upper.radius
    bracket.lower = lower
    bracket.contradiction = record(lower, upper)
    file.results.inputs[1].brackets = [bracket]
    try place.write(file.json(), to: "out/results.json")
    // Where there is a store, it is what counts.
    try FileManager.default.removeItem(atPath: place.path("out/run.sqlite"))
    return place
  }

  @Test func aFalseCertificateExitsWithThree() throws {
    let place = try planted { lower, upper in
      ContradictionRecord(
        lowerRadius: lower.radius, upperRadius: upper.radius, retestedLowerRadius: lower.radius,
        retestedUpperRadius: upper.radius, stands: true, witness: [])
    }
    let answer = try Certify.run("gate", place.path("out"))
    #expect(answer.status == 3)
    #expect(
      answer.output == """
        CONTRADICTION: 1 brackets with a witness inside a certified radius
        verdict: contradiction

        """)
    // It outranks a requirement, met or not.
    let met = try Certify.run("gate", place.path("out"), "--require", "clean-accuracy >= 0")
    #expect(met.status == 3)
    let missed = try Certify.run("gate", place.path("out"), "--require", "certified-accuracy(9) >= 1")
    #expect(missed.status == 3)
  }

  @Test func oneThatNobodyTestedAgainStands() throws {
    let place = try planted { _, _ in nil }
    #expect(try Certify.run("gate", place.path("out")).status == 3)
  }

  @Test func oneThatTheRetestSettledDoesNot() throws {
    let place = try planted { lower, upper in
      ContradictionRecord(
        lowerRadius: lower.radius, upperRadius: upper.radius, retestedLowerRadius: nil,
        retestedUpperRadius: upper.radius, stands: false, witness: [])
    }
    #expect(try Certify.run("gate", place.path("out")).status == 0)
  }
}
