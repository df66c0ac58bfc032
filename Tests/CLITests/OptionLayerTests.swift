import Foundation
import Testing
import _CertifyTestSupport

/// Options from a file, the environment and the command line, and what is shown of them.
@Suite struct OptionLayerTests {
  private func manifest(
    _ place: Workplace, _ arguments: [String], environment: [String: String]
  ) throws -> (samples: Int, sigmas: [Double], command: String) {
    let answer = try Certify.run(
      [
        "run", Digits.logistic, "--data", Digits.data, "--out", place.path("out"), "--overwrite", "--first",
        "1",
        "--attack", "none",
      ]
        + arguments, environment: environment)
    #expect(answer.status == 0, "\(answer.errors)")
    let manifest = try place.results("out").results.manifest
    return (manifest.samples, manifest.smoothings.map(\.sigma), manifest.command)
  }

  @Test func theCommandLineComesBeforeTheEnvironmentAndThatBeforeTheFile() throws {
    let place = try Workplace()
    let file = try place.write("samples: 101\nsigma: [0.5, 1.0]\nquiet: true\n", to: "options.yml")
    let config = ["--config", file]
    let fromFile = try manifest(place, config, environment: [:])
    #expect(fromFile.samples == 101 && fromFile.sigmas == [0.5, 1.0])
    let variables = ["CERTIFY_SAMPLES": "102", "CERTIFY_SIGMA": "0.75"]
    let fromEnvironment = try manifest(place, config, environment: variables)
    #expect(fromEnvironment.samples == 102 && fromEnvironment.sigmas == [0.75])
    let given = try manifest(place, config + ["--samples", "103"], environment: variables)
    #expect(given.samples == 103 && given.sigmas == [0.75])
    // The record says all, so that it can be run again without the file and the environment.
    #expect(given.command.hasSuffix("--config \(file) --samples 103 --sigma=0.75"))
    let named = try manifest(place, [], environment: ["CERTIFY_CONFIG": file, "CERTIFY_SIGMA": "0.25, 0.5"])
    #expect(named.samples == 101 && named.sigmas == [0.25, 0.5])
  }

  @Test func verboseSaysWhereOptionsCameFrom() throws {
    let place = try Workplace()
    let answer = try Certify.run(
      ["predict", Digits.logistic, "--data", Digits.data, "--verbose"], environment: ["CERTIFY_FIRST": "2"])
    #expect(answer.status == 0)
    #expect(answer.errors.contains("--first from the environment (CERTIFY_FIRST)"))
    #expect(answer.output.split(separator: "\n").count == 3)
    _ = place
  }

  @Test(arguments: [
    ("sampels: 5", "did you mean `samples`?"), ("jobs: [1, 2]", "`jobs` takes one value, found 2"),
    ("quiet: perhaps", "`quiet` is a switch"), ("[", "it is not YAML"),
  ])
  func badFilesAreRefused(_ text: String, _ problem: String) throws {
    let place = try Workplace()
    let file = try place.write(text, to: "options.yml")
    let answer = try Certify.run(Digits.run(out: place.path("out"), ["--config", file]))
    #expect(answer.status == 64)
    #expect(answer.complaints.count == 1 && answer.errors.contains(file) && answer.errors.contains(problem))
    #expect(place.files(in: "out") == nil)
  }

  /// Nobody looks for an option in a file that the message does not name.
  @Test(arguments: [
    ("sigma: 0", "error: --sigma 0.0: give a finite number above 0", " (--sigma from FILE)\n"),
    ("norm: l3", "error: in an option that is not on the command line (--norm from FILE):\nError: ", "'l3'"),
  ])
  func theFileOfABadValueIsNamed(_ text: String, _ start: String, _ part: String) throws {
    let place = try Workplace()
    let file = try place.write(text, to: "options.yml")
    let answer = try Certify.run(Digits.run(out: place.path("out"), ["--config", file]))
    #expect(answer.status == 64)
    #expect(answer.errors.hasPrefix(start.replacing("FILE", with: file)), "\(answer.errors)")
    #expect(answer.errors.contains(part.replacing("FILE", with: file)), "\(answer.errors)")
    // What is on the command line was not in the file.
    let given = try Certify.run(Digits.run(out: place.path("out"), ["--config", file, "--alpha", "2"]))
    #expect(given.status == 64 && (text.contains("norm") || !given.errors.contains("--alpha from")))
  }

  /// A file may hold what a terminal obeys, and more of it than anybody reads.
  @Test func whatAFileSaysIsShownWithoutItsControlCharacters() throws {
    let place = try Workplace()
    let file = try place.write("\"\\e[31mrun\\e[0m\": 1\n", to: "options.yml")
    let answer = try Certify.run(Digits.run(out: place.path("out"), ["--config", file]))
    #expect(answer.status == 64 && answer.complaints.count == 1)
    #expect(!answer.errors.contains("\u{1B}") && answer.errors.contains("\u{FFFD}[31mrun"))
    let long = String(repeating: "x", count: 100_000)
    let refused = try Certify.run(Digits.run(out: place.path("out"), ["--require", long]))
    #expect(refused.status == 64 && refused.errors.count < 3000)
    #expect(refused.errors.hasPrefix("error: requirement `xxxx") && refused.errors.contains("; known are `"))
  }

  @Test func aMissingFileAndABadSwitchAreRefused() throws {
    let place = try Workplace()
    let missing = try Certify.run(Digits.run(out: place.path("out"), ["--config", place.path("none.yml")]))
    #expect(missing.status == 66)
    let answer = try Certify.run(
      Digits.run(out: place.path("out"), []), environment: ["CERTIFY_QUIET": "maybe"])
    #expect(answer.status == 64 && answer.errors.contains("CERTIFY_QUIET: `quiet` is a switch"))
    let both = try Certify.run(Digits.run(out: place.path("out"), ["--quiet", "--verbose"]))
    #expect(both.status == 64 && both.errors.contains("exclude each other"))
  }

  @Test func anOptionOfAnotherCommandIsNoFault() throws {
    let place = try Workplace()
    let file = try place.write("steps: 5\n", to: "options.yml")
    #expect(try Certify.run("inspect", Digits.logistic, "--config", file).status == 0)
  }

  /// Colours only for people: a file never has them.
  @Test func filesHaveNoColours() throws {
    let place = try Workplace()
    try FileManager.default.copyItem(
      atPath: Fixtures.path("golden/report-results.json"), toPath: place.path("results.json"))
    let answer = try Certify.run(
      "gate", place.url.path, "--require", "clean-accuracy(classifier: base) >= 0.9")
    #expect(!answer.output.contains("\u{1B}") && !answer.errors.contains("\u{1B}"))
  }

  /// `script` gives the command a terminal; where it is missing there is nothing to see.
  @Test(
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script"), "script is not installed"),
    arguments: [
      ([String: String](), "", true), (["NO_COLOR": "1"], "", false), ([:], " --no-color", false),
      (["TERM": "dumb"], "", false),
    ])
  func terminalsHaveColoursUnlessToldOtherwise(
    _ environment: [String: String], _ option: String, _ coloured: Bool
  ) throws {
    let place = try Workplace()
    try FileManager.default.copyItem(
      atPath: Fixtures.path("golden/report-results.json"), toPath: place.path("results.json"))
    let command =
      "'\(Certify.executable.path)' gate '\(place.url.path)' --require 'clean-accuracy(classifier: base) >= 0.9'\(option)"
    let answer = try RunningProcess(
      URL(fileURLWithPath: "/usr/bin/script"), ["-qec", command, "/dev/null"],
      environment: ["TERM": "xterm", "NO_COLOR": ""].merging(environment) { _, new in new }
    ).answer(within: 30)
    #expect(answer.output.contains("NOT MET"))
    #expect(answer.output.contains("\u{1B}[1;31mNOT MET") == coloured)
  }

  @Test(arguments: [("a\nb\n", "it has 2 names, the model 10 classes"), ("", "it has 0 names")])
  func classNamesMustFit(_ text: String, _ problem: String) throws {
    let place = try Workplace()
    let file = try place.write(text, to: "names.txt")
    let answer = try Certify.run(Digits.run(out: place.path("out"), ["--class-names", file]))
    #expect(answer.status == 65)
    #expect(answer.complaints.contains { $0.contains(file) && $0.contains(problem) }, "\(answer.errors)")
    #expect(place.files(in: "out") == nil)
  }

  @Test func aJobsPageAndAnnotationsOnGitHub() throws {
    let place = try Workplace()
    try FileManager.default.copyItem(
      atPath: Fixtures.path("golden/report-results.json"), toPath: place.path("results.json"))
    try place.write("before\n", to: "summary.md")
    let answer = try Certify.run(
      ["gate", place.url.path, "--require", "clean-accuracy(classifier: base) >= 0.9"],
      environment: ["GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": place.path("summary.md")])
    #expect(answer.status == 2)
    #expect(answer.output.contains("\n::error title=certify%3A clean-accuracy(classifier%3A base) >= 0.9::"))
    let page = try place.text("summary.md")
    #expect(page.hasPrefix("before\n# certify: fail, 1 of 1 requirement not met\n"))
    #expect(!page.contains("]("), "links to files that are not there")
    // A page that cannot be written changes nothing but a warning.
    let without = try Certify.run(
      ["gate", place.url.path, "--require", "clean-accuracy(classifier: base) >= 0.5"],
      environment: ["GITHUB_STEP_SUMMARY": place.path("none/summary.md")])
    #expect(without.status == 0 && without.warnings.count == 1)
  }
}
