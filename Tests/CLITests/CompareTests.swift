import Foundation
import Testing
import _CertifyTestSupport

/// `certify compare`, baselines, waivers and levels, through the command line.
@Suite struct CompareTests {
  /// Two short runs of different models in `a` and `b`.
  private func runs(in place: Workplace) throws {
    for (name, model) in [("a", Digits.logistic), ("b", Digits.perceptron)] {
      let answer = try Certify.run(
        Digits.run(
          out: place.path(name),
          ["--first", "6", "--classifier", "base", "--attack", "fgsm", "--epsilon", "0.1"],
          model: model))
      #expect(answer.status == 0, "\(answer.errors)")
    }
  }

  @Test func comparesInputByInput() throws {
    let place = try Workplace()
    try runs(in: place)
    let answer = try Certify.run("compare", place.path("a"), place.path("b"), "--radius", "0.05", "0.1")
    #expect(answer.status == 0, "\(answer.errors)")
    #expect(answer.output.contains("| right |"))
    #expect(answer.output.contains("| not broken within 0.1 |"))
    #expect(answer.output.contains("exact McNemar test"))

    let json = try Certify.run(
      "compare", place.path("a"), place.path("b"), "--radius", "0.1", "--format", "json")
    let record = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    let part = try #require((record["parts"] as? [[String: Any]])?.first)
    let rows = try #require(part["figures"] as? [[String: Any]])
    #expect(rows.count >= 2 && rows.allSatisfy { $0["inputs"] as? Int == 6 })

    let same = try Certify.run("compare", place.path("a"), place.path("a"))
    #expect(same.output.contains("No input changed."))
  }

  @Test func aBaselineIsHeldOrNot() throws {
    let place = try Workplace()
    try runs(in: place)
    let requirement = ["--require", "no-regression(clean-accuracy)"]
    let same = try Certify.run(["gate", place.path("a"), "--baseline", place.path("a")] + requirement)
    #expect(same.status == 0)
    #expect(same.output.contains("0 gained, 0 lost, 6 unchanged"))

    // A baseline in which every input was right and one of the run's is not.
    let text = try place.text("b/results.json")
    let worse = text.replacing(
      /"correct":true,"gapParts":null(,"lower":[^}]*\}|,"lower":null),"norm":"l2","predicted":(\d)/,
      maxReplacements: 1
    ) { match in
      let other = (Int(match.2) ?? 0) == 9 ? 8 : 9
      return "\"correct\":false,\"gapParts\":null,\"lower\":null,\"norm\":\"l2\",\"predicted\":\(other)"
    }
    #expect(worse != text)
    try FileManager.default.createDirectory(
      at: place.url.appendingPathComponent("c"), withIntermediateDirectories: true)
    try place.write(worse, to: "c/results.json")
    let lost = try Certify.run(["compare", place.path("b"), place.path("c")] + requirement)
    #expect(lost.status == 2, "\(lost.output)\(lost.errors)")
    #expect(lost.output.contains("0 gained, 1 lost, 5 unchanged"))
    #expect(lost.output.contains("NOT MET no-regression(clean-accuracy)"))
    let tolerated = try Certify.run(
      "compare", place.path("b"), place.path("c"), "--require",
      "no-regression(clean-accuracy, tolerance: 0.17)")
    #expect(tolerated.status == 0)

    let none = try Certify.run(["gate", place.path("a")] + requirement)
    #expect(none.status == 64)
    #expect(none.errors.contains("name its directory with `--baseline`"))
    let missing = try Certify.run(["gate", place.path("a"), "--baseline", place.path("x")] + requirement)
    #expect(missing.status == 66)
    let early = try Certify.run(
      Digits.run(
        out: place.path("d"),
        ["--samples", "100000000"] + ["--require", "no-regression(clean-accuracy(classifier: base))"]),
      within: 30)
    #expect(early.status == 64 && place.files(in: "d") == nil)
  }

  @Test func runsOfOtherDataAreRefused() throws {
    let place = try Workplace()
    try runs(in: place)
    // Where there is a store, it is what counts.
    try FileManager.default.removeItem(atPath: place.path("b/run.sqlite"))
    let text = try place.text("b/results.json")
    let changed = text.replacing(/("data" : \{[^}]*"sha256" : ")[0-9a-f]{8}/) { "\($0.1)00000000" }
    #expect(changed != text)
    try place.write(changed, to: "b/results.json")
    let answer = try Certify.run("compare", place.path("a"), place.path("b"))
    #expect(answer.status == 64)
    #expect(answer.complaints.first?.contains("the data are not the same file") == true)
    let radius = try Certify.run("compare", place.path("a"), place.path("a"), "--radius=-1")
    #expect(radius.status == 64 && radius.errors.contains("give a finite number of 0 or more"))
  }

  @Test(arguments: [("9999-12-31", 0, "waived  "), ("2000-01-01", 2, "NOT MET ")])
  func waiversExpire(_ day: String, _ status: Int32, _ word: String) throws {
    let place = try Workplace()
    try FileManager.default.copyItem(
      atPath: Fixtures.path("golden/report-results.json"), toPath: place.path("results.json"))
    let policy = try place.write(
      """
      version: 1
      requirements:
        - 'clean-accuracy(classifier: base) >= 0.9'
        - requirement: 'clean-accuracy(classifier: base) >= 0.99'
          level: warn
        - requirement: 'clean-accuracy(classifier: base) >= 0.999'
          level: 'off'
      waivers:
        - requirement: 'clean-accuracy(classifier: base) >= 0.9'
          reason: a better model is being trained
          expires: \(day)
      """, to: "certify.yml")
    let answer = try Certify.run("gate", place.url.path, "--policy", policy)
    #expect(answer.status == status)
    #expect(answer.output.hasPrefix(word))
    #expect(answer.output.contains("\nwarning clean-accuracy(classifier: base) >= 0.99:"))
    #expect(answer.output.contains("\noff     clean-accuracy(classifier: base) >= 0.999:"))
    #expect(answer.output.contains("a better model is being trained"))
    #expect(answer.output.contains("expired") == (status == 2))
  }
}
