import CertifyResults
import Foundation
import Testing
import _CertifyTestSupport

/// `certify run`, `gate` and `report` on runs that finish.
@Suite struct RunTests {
  @Test func summaryReportAndFilesOfARun() throws {
    let place = try Workplace()
    let answer = try Certify.run(
      Digits.run(
        out: place.path("out"),
        ["--first", "4", "--classifier", "base", "--require", "certified-accuracy(0.2) >= 0.75"]))
    #expect(answer.status == 0)
    #expect(answer.errors == "\(Digits.data): 360 inputs, values divided by 255\n")
    #expect(
      place.files(in: "out") == [
        "figures/accuracy-base-l2.svg", "figures/brackets-base-l2.svg", "figures/classes-base-l2.svg",
        "junit.xml", "report.html", "report.md", "results.csv", "results.json", "results.sarif",
        "run.sqlite",
      ])

    let results = try place.results("out")
    #expect(results.results.inputs.map(\.index) == [0, 1, 2, 3])
    #expect(!results.results.interrupted)
    for input in results.results.inputs {
      let bracket = try #require(input.brackets.first)
      let lower = try #require(bracket.lower?.radius)
      let upper = try #require(bracket.upper?.radius)
      #expect(lower <= upper)
      #expect(bracket.correct == (bracket.predicted == input.label))
    }
    // The screenful on stdout is what the file says.
    let lines = answer.output.split(separator: "\n").map(String.init)
    let right = results.results.inputs.count { $0.brackets[0].correct }
    #expect(lines[0].hasPrefix("classifier: base, norm: l2: \(right) of 4 right; r="))
    let certified = results.results.inputs.count { ($0.brackets[0].lower?.radius ?? 0) >= 0.2 }
    let fraction = Double(certified) / 4
    #expect(
      lines[1].hasPrefix("met     certified-accuracy(0.2) >= 0.75: found \(fraction). \(certified) of 4 "))
    #expect(lines[2...] == ["verdict: passed", "report: \(place.path("out"))/report.md"])
  }

  @Test(arguments: [
    ("markdown", "report.md"), ("html", "report.html"), ("json", "results.json"), ("csv", "results.csv"),
    ("junit", "junit.xml"), ("sarif", "results.sarif"),
  ])
  func reportPrintsWhatTheRunWrote(_ format: String, _ file: String) throws {
    let place = try Workplace()
    let run = try Certify.run(
      Digits.run(
        out: place.path("out"),
        ["--first", "2", "--require", "clean-accuracy(classifier: base) >= 0.5"]))
    #expect(run.status == 0)
    let answer = try Certify.run("report", place.path("out"), "--format", format)
    #expect(answer.status == 0)
    #expect(answer.errors == "")
    #expect(answer.output == (try place.text("out/\(file)")))
    #expect(answer.output.utf8.count > 500)
  }

  @Test(arguments: [
    ("markdown", "report.md"), ("json", "report-results.json"), ("csv", "report-results.csv"),
  ])
  func reportPrintsTheGoldenReport(_ format: String, _ golden: String) throws {
    let place = try Workplace()
    try FileManager.default.copyItem(
      atPath: Fixtures.path("golden/report-results.json"), toPath: place.path("results.json"))
    let answer = try Certify.run("report", place.url.path, "--format", format)
    #expect(answer.status == 0)
    #expect(answer.output == (try String(contentsOfFile: Fixtures.path("golden/\(golden)"), encoding: .utf8)))
  }

  @Test func gateJudgesAFinishedRunAgain() throws {
    let place = try Workplace()
    try FileManager.default.copyItem(
      atPath: Fixtures.path("golden/report-results.json"), toPath: place.path("results.json"))
    let before = try place.text("results.json")

    let met = try Certify.run("gate", place.url.path, "--require", "clean-accuracy(classifier: base) >= 0.5")
    #expect(met.status == 0)
    #expect(
      met.output == """
        met     clean-accuracy(classifier: base) >= 0.5: found 0.875. 7 of 8 inputs are correct.
        verdict: passed

        """)
    #expect(met.errors == "")

    let missed = try Certify.run(
      "gate", place.url.path, "--require", "clean-accuracy(classifier: base) >= 0.5", "--require",
      "clean-accuracy(classifier: base) >= 0.9")
    #expect(missed.status == 2)
    #expect(
      missed.output.split(separator: "\n").map { $0.prefix(39) } == [
        "met     clean-accuracy(classifier: base", "NOT MET clean-accuracy(classifier: base",
        "        expected >= 0.9, found 0.875", "        inputs that decide: 2",
        "        it would pass if 1 more of 8 in", "verdict: failed",
      ])

    let unasked = try Certify.run("gate", place.url.path)
    #expect(unasked.status == 0)
    #expect(unasked.output == "verdict: no requirements\n")
    #expect(try place.text("results.json") == before)
  }

  @Test func aRunThatFallsShortExitsWithTwoAndKeepsItsReport() throws {
    let place = try Workplace()
    let answer = try Certify.run(
      Digits.run(
        out: place.path("out"),
        ["--first", "3", "--classifier", "smoothed", "--require", "certified-accuracy(5) >= 0.1"]))
    #expect(answer.status == 2)
    #expect(answer.output.contains("\nNOT MET certified-accuracy(5) >= 0.1: "))
    #expect(answer.output.contains("\nverdict: failed\n"))
    #expect(try place.results("out").verdict?.pass == false)
    #expect(try place.text("out/report.md").contains("certified-accuracy(5) >= 0.1"))
    #expect(try Certify.run("gate", place.path("out")).status == 0)
    let again = try Certify.run("gate", place.path("out"), "--require", "certified-accuracy(5) >= 0.1")
    #expect(again.status == 2)
  }

  /// Nobody may find out after a night's work that a requirement cannot be judged.
  @Test(arguments: [
    ("clean-accuracy >= 0.5", "matches several brackets an input; add what names one"),
    ("clean-accuracy(classifier: base, norm: linf) >= 0.5", "matches nothing in this run"),
    ("certified-accuracy(0.1, classifier: smoothed, sigma: 0.5) >= 0.5", "matches nothing in this run"),
  ])
  func aRequirementThatCannotBeJudgedIsRefusedBeforeTheWork(_ requirement: String, _ problem: String) throws {
    let place = try Workplace()
    // Half an hour of work, if it began.
    let answer = try Certify.run(
      Digits.run(out: place.path("out"), ["--samples", "100000000", "--require", requirement]), within: 30)
    #expect(answer.status == 64)
    #expect(answer.output == "")
    #expect(answer.complaints.count == 1)
    #expect(answer.errors.contains(problem))
    #expect(place.files(in: "out") == nil)
  }

  @Test func aPolicyFixesTheRun() throws {
    let place = try Workplace()
    let policy = try place.write(
      """
      version: 1
      seed: 7
      samples: 300
      classifier: smoothed
      first: 3
      requirements:
        - 'abstention-rate <= 1'
      """, to: "certify.yml")
    let run = ["run", Digits.logistic, "--data", Digits.data, "--out", place.path("out"), "--policy", policy]
    let answer = try Certify.run(run)
    #expect(answer.status == 0)
    let manifest = try place.results("out").results.manifest
    #expect(manifest.seed == 7)
    #expect(manifest.samples == 300)
    #expect(manifest.selectedInputs == 3)
    #expect(manifest.classifiers == [.smoothed])

    let contradicted = try Certify.run(run + ["--samples", "301"])
    #expect(contradicted.status == 64)
    #expect(contradicted.errors.contains("--samples 301: the policy fixes 300"))

    // Another run is not what the policy fixes, however good it is.
    let other = try Certify.run(
      Digits.run(out: place.path("other"), ["--first", "3", "--classifier", "smoothed", "--samples", "300"]))
    #expect(other.status == 0)
    let judged = try Certify.run("gate", place.path("other"), "--policy", policy)
    #expect(judged.status == 2)
    #expect(judged.output.contains("NOT MET the run has the parameters that the policy fixes"))
  }
}

extension Workplace {
  /// The record of the run in a directory, read as `certify gate` reads it.
  func results(_ directory: String) throws -> ResultsFile {
    try ResultsFile(json: Data(contentsOf: url.appendingPathComponent("\(directory)/results.json")))
  }
}
