import Foundation
import Testing
import _CertifyTestSupport

/// `certify experiment`.
@Suite struct ExperimentCommandTests {
  @Test func writesThePageItsFiguresAndTheRecord() throws {
    let place = try Workplace()
    let command = [
      "experiment", "holder", "--scale", "small", "--seed", "7", "--out", place.path("docs/pages"),
    ]
    let answer = try Certify.run(command + ["--gallery", place.path("docs/all.md")])
    #expect(answer.status == 0, "\(answer.errors)")
    #expect(answer.output.contains(/holder: (\d+) of \1 assertions hold: .*\/docs\/pages\/holder\.md/))
    #expect(
      place.files(in: "docs") == ["all.md", "pages/holder-gains.svg", "pages/holder.json", "pages/holder.md"])
    #expect(try place.text("docs/pages/holder.md").contains("](holder-gains.svg)"))
    #expect(try place.text("docs/pages/holder.md").contains("--scale small --seed 7"))
    #expect(try place.text("docs/all.md").contains("](pages/holder-gains.svg)"))
    let before = try place.text("docs/pages/holder.json")
    #expect(try Certify.run(command + ["--jobs", "1"]).status == 0)
    #expect(try place.text("docs/pages/holder.json") == before)
  }

  /// The exit code is that of a requirement that is not met, for a record that says so as for a run.
  @Test func failedAssertionsAreTold() throws {
    let place = try Workplace()
    let run = try Certify.run("experiment", "holder", "--scale", "small", "--out", place.path("out"))
    #expect(run.status == 0)
    let json = try place.text("out/holder.json")
    let broken = json.replacing(/"ours" : 0\.99[0-9]+/, with: "\"ours\" : 1.5")
    #expect(broken != json)
    try place.write(broken, to: "out/holder.json")
    let answer = try Certify.run("experiment", "--out", place.path("out"), "--gallery", place.path("all.md"))
    #expect(answer.status == 2)
    #expect(try place.text("all.md").contains("assertions do not hold"))
  }

  @Test func listsThem() throws {
    let answer = try Certify.run("experiment", "--list")
    #expect(answer.status == 0)
    #expect(answer.output.contains(/(?m)^holder +the linear worst case/))
  }

  @Test(arguments: [
    (["hodler", "--out", "x"], 64, "there is no experiment `hodler`; did you mean `holder`? known are `"),
    (["--out", "x"], 64, "name an experiment, or give --all or --list"),
    (["holder"], 64, "--out: name the directory to write to"),
    (["holder", "--all", "--out", "x"], 64, "--all and names of experiments exclude each other"),
    (["holder", "--out", "x", "--jobs", "0"], 64, "--jobs 0: give a number from 1 to 1024"),
    (["holder", "--out", "x", "--gallery", "y/all.md"], 64, "--out x is not below its directory"),
    (["--out", "x", "--gallery", "all.md"], 66, "there is no record of an experiment to show"),
  ])
  func refusals(arguments: [String], status: Int32, message: String) throws {
    let place = try Workplace()
    let answer = try Certify.run(["experiment"] + arguments, in: place.url)
    #expect(answer.status == status)
    #expect(answer.complaints.count == 1 && answer.errors.contains(message), "\(answer.errors)")
    #expect(place.files(in: "x") == nil)
  }

  @Test func recordsThatAreNoneAreRefused() throws {
    let place = try Workplace()
    try FileManager.default.createDirectory(atPath: place.path("out"), withIntermediateDirectories: true)
    try place.write("{\"experiment\": 3}", to: "out/holder.json")
    let answer = try Certify.run("experiment", "--out", place.path("out"), "--gallery", place.path("all.md"))
    #expect(answer.status == 65 && answer.complaints.count == 1)
    #expect(answer.errors.contains("holder.json"))
    #expect(place.files(in: "")?.contains("all.md") == false)
  }
}
