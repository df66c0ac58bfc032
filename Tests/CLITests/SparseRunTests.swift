import CertifyResults
import CertifyThreat
import Foundation
import Testing
import _CertifyTestSupport

/// `--norm l0`: brackets by the number of changed values, from the option to the report, the gate and the replay.
@Suite struct SparseRunTests {
  private static func run(_ place: Workplace, _ more: [String]) throws -> Answer {
    try Certify.run(
      Digits.run(out: place.path("out"), ["--first", "6"] + more, model: Digits.perceptron))
  }

  @Test func changedValuesAreBracketedFromAboveAlone() throws {
    let place = try Workplace()
    let answer = try Self.run(
      place, ["--norm", "l0", "--require", "attacked-accuracy(1, norm: l0) >= 0.5", "--seed", "3"])
    #expect(answer.status == 0, "\(answer.errors)")
    let json = try place.text("out/results.json")
    #expect(json.contains("\"lower\":null,\"norm\":\"l0\""), "\(json.prefix(3000))")
    let results = try place.results("out").results
    #expect(results.manifest.norms == [.l0] && results.manifest.classifiers == [.base])
    #expect(results.manifest.certificates.isEmpty)
    for input in results.inputs {
      let bracket = try #require(input.brackets.first)
      #expect(input.brackets.count == 1 && bracket.lower == nil)
      let upper = try #require(bracket.upper)
      #expect(upper.radius == upper.radius.rounded() && upper.radius <= 64)
      guard bracket.correct else { continue }
      #expect(upper.radius >= 1 && upper.attack == "fmn")
      let replay = try Certify.run("replay", place.path("out"), "--index", "\(input.index)")
      #expect(replay.status == 0, "\(replay.output)\(replay.errors)")
      #expect(replay.output.contains("norm: l0"))
    }
    let report = try place.text("out/report.md")
    #expect(report.contains("ℓ₀ (the number of changed values, one for each channel of a pixel)"))
    #expect(report.contains("In ℓ₀ nothing is certified, so that the lower end is absent"))
    #expect(report.contains("Nothing is guaranteed"))
  }

  /// Beside a norm, the smoothed classifier and the certificates keep to that.
  @Test func besideANorm() throws {
    let place = try Workplace()
    let answer = try Self.run(
      place, ["--norm", "l0", "l2", "--require", "certified-accuracy(0.01, classifier: base, norm: l2) >= 0"])
    #expect(answer.status == 0, "\(answer.errors)")
    let results = try place.results("out").results
    #expect(
      results.manifest.keys.map { "\($0.classifier) \($0.norm)" } == ["base l0", "base l2", "smoothed l2"])
    for input in results.inputs {
      #expect(input.brackets.map(\.key) == results.manifest.keys)
      #expect(input.brackets.map { $0.lower == nil } == [true, false, false] || !input.brackets[2].correct)
    }
  }

  @Test(arguments: [
    (["--classifier", "smoothed"], "--norm l0 --classifier smoothed: in l0 only attacks on the base"),
    (["--certificate", "crown"], "--norm l0 --certificate crown: nothing is certified in l0"),
    (["--attack", "ddn"], "attack 'ddn' cannot be used here: it exists for l1, l2 and linf, not for l0"),
    (["--epsilon", "3", "--attack", "fmn"], "in l0 attacks look for the fewest features, not within an ε"),
    (["--epsilon", "3"], "attack 'auto' cannot be used here"),
    (["--require", "certified-accuracy(2) >= 0.5"], "asks for proofs in l0, where nothing is certified"),
  ])
  func whatNeedsANormIsRefused(_ arguments: [String], _ complaint: String) throws {
    let place = try Workplace()
    let answer = try Self.run(place, ["--norm", "l0"] + arguments)
    #expect([1, 64].contains(answer.status))
    #expect(answer.complaints.last?.contains(complaint) == true, "\(answer.errors)")
    #expect(place.files(in: "out") == nil)
  }

  /// Flows and training step in a norm.
  @Test func optionsThatAreNormsDoNotKnowIt() throws {
    let place = try Workplace()
    let step = try Self.run(place, ["--step-norm", "l0", "--attack", "flow", "--epsilon", "0.5"])
    #expect(step.status == 64 && step.errors.contains("l0"), "\(step.errors)")
  }
}
