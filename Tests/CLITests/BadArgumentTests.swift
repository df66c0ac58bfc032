import Foundation
import Testing
import _CertifyTestSupport

/// Wrong paths, values out of range and names that do not exist: one line, the right code, nothing written.
@Suite struct BadArgumentTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var arguments: [String]
    var status: Int32 = 64
    /// What stderr says, after `error: `.
    var complaint: String
    var testDescription: String { arguments.joined(separator: " ") }
  }

  private static let valuesOutOfRange = [
    Case(arguments: ["--sigma", "0"], complaint: "--sigma 0.0: give a finite number above 0"),
    Case(arguments: ["--sigma=-1"], complaint: "--sigma -1.0: give a finite number above 0"),
    Case(arguments: ["--sigma", "-1"], complaint: "--sigma -1.0: give a finite number above 0"),
    Case(arguments: ["--sigma", "0.5", "-.5"], complaint: "--sigma -0.5: give a finite number above 0"),
    Case(
      arguments: ["--decide", "0.1", "-0.1"], complaint: "--decide -0.1: give finite radii of at least 0"),
    Case(arguments: ["--samples", "-5"], complaint: "--samples -5: give a number from 1 to 2147483648"),
    Case(
      arguments: ["--bounds", "-1,-2"], complaint: "--bounds -1,-2: give the smallest and the largest value"),
    Case(arguments: ["--sigma", "nan"], complaint: "--sigma nan: give a finite number above 0"),
    Case(arguments: ["--sigma", "1e300"], complaint: "sigma 1e+300 cannot be used"),
    Case(arguments: ["--sigma", "1e-300"], complaint: "sigma 1e-300 cannot be used"),
    Case(
      arguments: ["--alpha", "0"], complaint: "--alpha 0.0: give a probability of error between 0 and 0.5"),
    Case(arguments: ["--alpha", "0.7"], complaint: "--alpha 0.7: give a probability of error"),
    Case(arguments: ["--alpha", "nan"], complaint: "--alpha nan: give a probability of error"),
    Case(arguments: ["--samples", "0"], complaint: "--samples 0: give a number from 1 to 2147483648"),
    Case(arguments: ["--samples", "2147483649"], complaint: "--samples 2147483649: give a number from 1 to"),
    Case(
      arguments: ["--selection-samples", "0"], complaint: "--selection-samples 0: give a number from 1 to"),
    Case(arguments: ["--epsilon", "0"], complaint: "--epsilon 0.0: give a finite number above 0"),
    Case(arguments: ["--epsilon", "0.5", "nan"], complaint: "--epsilon nan: give a finite number above 0"),
    Case(arguments: ["--epsilon", "inf"], complaint: "--epsilon inf: give a finite number above 0"),
    Case(arguments: ["--beta", "0"], complaint: "beta is 0.0: give a probability of error"),
    Case(arguments: ["--steps", "0"], complaint: "steps is 0: give a number from 1 to"),
    Case(arguments: ["--restarts", "0"], complaint: "restarts is 0: give a number from 1 to"),
    Case(arguments: ["--jobs", "0"], complaint: "--jobs 0: give a number from 1 to 1024"),
    Case(arguments: ["--bounds", "1,0"], complaint: "--bounds 1,0: give the smallest and the largest value"),
    Case(arguments: ["--bounds", "0"], complaint: "--bounds 0: give the smallest and the largest value"),
    Case(arguments: ["--first", "2", "--every", "2"], complaint: "--first and --every exclude each other"),
    Case(arguments: ["--first", "0"], complaint: "--first 0: give a number from 1 on"),
    Case(arguments: ["--first=-3"], complaint: "--first -3: give a number from 1 on"),
    Case(arguments: ["--every", "0"], complaint: "--every 0: give a number from 1 on"),
    Case(
      arguments: ["--bounds", "0,0.5"], status: 65,
      complaint: "\(Digits.data): input 0, coordinate 2 is 0.6862745, outside [0.0, 0.5]; "),
  ]

  /// What says something about a classifier that is not bracketed.
  private static let leftOut = [
    Case(
      arguments: ["--classifier", "smoothed", "--certificate", "crown"],
      complaint:
        "--certificate crown: it is about the base classifier, which is left out; add base to --classifier"),
    Case(
      arguments: ["--classifier", "base", "--certificate", "ibp", "gaussian-p-lower"],
      complaint: "--certificate gaussian-p-lower: it is about the smoothed classifier, which is left out; add"
    ),
    Case(
      arguments: ["--classifier", "base", "--decide", "0.1"],
      complaint: "--decide: it is about the samples of smoothed classifiers; leave it out, or add smoothed"),
    Case(
      arguments: ["--classifier", "base", "--simultaneous"],
      complaint: "--simultaneous: it is about the samples of smoothed classifiers; leave it out, or add"),
  ]

  private static let names = [
    Case(
      arguments: ["--attack", "pdg"], complaint: "--attack pdg: there is no such attack; did you mean `pgd`?"),
    Case(
      arguments: ["--certificate", "gaussian-p-lowr"],
      complaint:
        "--certificate gaussian-p-lowr: there is no such certificate; did you mean `gaussian-p-lower`?"),
    Case(
      arguments: ["--noise", "gausian"],
      complaint: "--noise gausian: there is no such noise; did you mean `gaussian`?"),
    Case(
      arguments: ["--sampler", "exact"],
      complaint: "--sampler exact: there is no such sampler; known are `direct`, `exact-linear`"),
    Case(
      arguments: ["--noise", "gaussian-sound", "--sampler", "exact-linear"],
      complaint: "--sampler exact-linear: it needs the noise gaussian and a model that starts with a linear"),
    Case(
      arguments: ["--noise", "cauchy"],
      complaint: "--noise cauchy: there is no such noise; known are `gaussian"),
    Case(
      arguments: ["--require", "certified-acuracy(0.5) >= 0.5"],
      complaint:
        "requirement `certified-acuracy(0.5) >= 0.5`, column 1: there is no figure `certified-acuracy`; "
        + "did you mean `certified-accuracy`?"),
    Case(
      arguments: ["--require", "clean-accuracy(clasifier: base) >= 0.5"],
      complaint:
        "requirement `clean-accuracy(clasifier: base) >= 0.5`, column 16: there is no selector `clasifier`; "
        + "did you mean `classifier`?"),
    Case(
      arguments: ["--require", "clean-accuracy(norm: l22) >= 0.5"],
      complaint:
        "requirement `clean-accuracy(norm: l22) >= 0.5`, column 16: there is no norm `l22`; did you mean `l2`?"
    ),
    Case(
      arguments: ["--require", "clean-accuracy >= 50"],
      complaint: "requirement `clean-accuracy >= 50`, column "),
    Case(
      arguments: ["--certificate", "gaussian-p-lower", "gaussian-runner-up"],
      complaint: "--certificate gaussian-p-lower gaussian-runner-up: name one certificate"),
  ]

  /// Refused before the first input is read, with what there is instead.
  private static let attacks = [
    Case(
      arguments: ["--classifier", "base", "--norm", "linf", "--attack", "ddn"],
      complaint:
        "attack 'ddn' cannot be used here: it exists for l2 only; available here: none, fgsm, pgd, fmn, "),
    Case(
      arguments: ["--classifier", "base", "--norm", "l2", "l1", "--attack", "hopskipjump"],
      complaint: "attack 'hopskipjump' cannot be used here: it exists for l2 and linf only; available here: "),
    Case(
      arguments: ["--classifier", "base", "--attack", "square"],
      complaint: "attack 'square' cannot be used here: it needs an ε; available here: "),
    Case(
      arguments: ["--classifier", "base", "--attack", "best", "--epsilon", "0.1"],
      complaint: "attack 'best' cannot be used here: it looks for the smallest norm, not for a fixed ε; "),
    Case(
      arguments: ["--classifier", "base", "--attack", "pgd", "--attack-queries", "5"],
      complaint:
        "the budget of queries an input is 5: 'pgd' can do nothing with less than 25 against 10 classes; "),
  ]

  private static let paths = [
    Case(
      arguments: ["--labels", "missing.npy"], status: 66,
      complaint: "missing.npy: no such file; check the path"),
    Case(
      arguments: ["--policy", "missing.yml"], status: 66,
      complaint: "missing.yml: no such file; check the path"),
    Case(
      arguments: ["--data", "missing.npz"], status: 66, complaint: "missing.npz: no such file; check the path"
    ),
    Case(
      arguments: ["--data", "fixtures/data"], status: 66,
      complaint: "fixtures/data: cannot be read: it is a directory"),
    Case(arguments: ["--out", ""], complaint: "--out: its value is empty; name a directory"),
    Case(
      arguments: ["--policy", "fixtures"], status: 66,
      complaint: "fixtures: the policy cannot be read; name a file"),
  ]

  @Test(arguments: valuesOutOfRange + leftOut + names + attacks + paths)
  func oneLineAndNothingWritten(_ entry: Case) throws {
    let place = try Workplace()
    let answer = try Certify.run(Digits.run(out: place.path("out"), entry.arguments))
    #expect(answer.status == entry.status)
    #expect(answer.output == "")
    #expect(answer.errors.hasPrefix("error: \(entry.complaint)"))
    #expect(answer.errors.split(separator: "\n").count == 1)
    #expect(place.files(in: "out") == nil)
  }

  /// Too few classes for a loss: the run goes on with another one and says so, on stderr and in the report.
  @Test(arguments: [
    ("apgd-dlr", "needs 3 classes"), ("apgd-t", "needs 4 classes"), ("auto", "needs 4 classes"),
  ])
  func tooFewClassesFallBackAndSaySo(_ attack: String, _ reason: String) throws {
    let place = try Workplace()
    let answer = try Certify.run([
      "run", "fixtures/models/digits_binary_sigmoid.onnx", "--data", "fixtures/data/digits_binary_test.npz",
      "--classifier", "base", "--attack", attack, "--epsilon", "0.1", "--first", "1", "--out",
      place.path("out"),
    ])
    #expect(answer.status == 0)
    #expect(answer.errors.contains(reason) && answer.errors.contains("the model has 2"))
    #expect(try place.text("out/report.md").contains(reason))
  }

  /// Errors of the parser itself come with a line on usage.
  @Test(arguments: [
    ["--norm", "l3"], ["--classifier", "bass"], ["--sigma", "much"], ["--samples", "1e5"], ["--frobnicate"],
    ["--seed=-1"], ["--out"],
  ])
  func unreadableArgumentsExplainUsage(_ arguments: [String]) throws {
    let place = try Workplace()
    let answer = try Certify.run(Digits.run(out: place.path("out"), arguments))
    #expect(answer.status == 64)
    #expect(answer.output == "")
    #expect(answer.errors.hasPrefix("Error: "))
    #expect(place.files(in: "out") == nil)
  }

  @Test(arguments: [[], ["run"], ["frobnicate"], ["gate"], ["run", Digits.logistic]])
  func incompleteCommandsExplainUsage(_ arguments: [String]) throws {
    let answer = try Certify.run(arguments)
    // No argument at all asks for help.
    #expect(answer.status == (arguments.isEmpty ? 0 : 64))
    #expect((arguments.isEmpty ? answer.output : answer.errors).uppercased().contains("USAGE: CERTIFY"))
  }

  @Test(arguments: [
    (
      ["run", "missing.onnx", "--data", Digits.data, "--out", "/dev/null/out"], "missing.onnx: no such file; "
    ),
    (["inspect", "missing.onnx"], "missing.onnx: no such file; "),
    (["inspect", "fixtures/models"], "fixtures/models: cannot be read: it is a directory; "),
    (["predict", "missing.onnx", "--data", Digits.data], "missing.onnx: no such file; "),
    (["predict", Digits.logistic, "--data", "missing.npz"], "missing.npz: no such file; "),
    (["gate", "missing"], "missing/results.json: no such file; "),
    (["report", "missing"], "missing/results.json: no such file; "),
  ])
  func aMissingFileExitsWith66(_ arguments: [String], _ complaint: String) throws {
    let answer = try Certify.run(arguments)
    #expect(answer.status == 66)
    #expect(answer.output == "")
    #expect(answer.errors.split(separator: "\n").count == 1)
    // A relative path may be shown in full.
    #expect(answer.errors.hasPrefix("error: ") && answer.errors.contains(complaint))
  }

  /// Found before the work, of which there would be hours; below a file nobody may write, not even root.
  @Test(arguments: ["", "/below", "/far/below"])
  func anUnwritableOutputIsFoundBeforeTheWork(_ below: String) throws {
    let place = try Workplace()
    let out = try place.write("a file", to: "file") + below
    let answer = try Certify.run(
      Digits.run(out: out, ["--samples", "1000000000", "--attack", "none"]), within: 30)
    #expect(answer.status == 1)
    #expect(answer.output == "")
    #expect(answer.errors.split(separator: "\n").count == 1)
    #expect(answer.errors.hasPrefix("error: --out \(out): "))
    #expect(try place.text("file") == "a file")
  }

  @Test(arguments: [
    ("version: 1\nsampels: 100\n", "2: there is no key `sampels`; did you mean `samples`?"),
    ("version: 1\nsigma: 0\n", "2: `sigma` is a number above 0, found `0`"),
    ("samples: 100\n", "`version` is missing; write `version: 1`"),
    (
      "version: 1\nrequirements:\n  - figure: clean-acuracy\n    at-least: 0.5\n",
      "did you mean `clean-accuracy`?"
    ),
    (
      "version: 1\nrequirements:\n  - figure: clean-accuracy\n    at-leest: 0.5\n", "did you mean `at-least`?"
    ),
    ("version: 1\nattack: pdg\n", "there is no such attack; did you mean `pgd`?"),
    ("version: [1\n", "it is not YAML"),
  ])
  func aBadPolicyIsRefused(_ text: String, _ complaint: String) throws {
    let place = try Workplace()
    let policy = try place.write(text, to: "certify.yml")
    let answer = try Certify.run(Digits.run(out: place.path("out"), ["--policy", policy]))
    #expect(answer.status == 64)
    #expect(answer.output == "")
    #expect(answer.errors.split(separator: "\n").count == 1)
    #expect(answer.errors.hasPrefix("error: ") && answer.errors.contains(complaint))
    #expect(place.files(in: "out") == nil)
  }

  @Test func soundNoiseOnFloatingPointData() throws {
    let place = try Workplace()
    let answer = try Certify.run(
      Digits.run(
        out: place.path("out"), ["--noise", "gaussian-sound"], data: "fixtures/data/digits_test20.csv"))
    #expect(answer.status == 64)
    #expect(
      answer.errors
        == "error: --noise gaussian-sound: it needs 8-bit data, and these are floating-point numbers; use gaussian\n"
    )
    #expect(place.files(in: "out") == nil)
  }

  @Test(arguments: [
    (["--samples", "9", "--alpha", "0.001"], 10), (["--samples", "100", "--alpha", "1e-300"], 997),
    (["--samples", "10", "--alpha", "0.001", "--certificate", "gaussian-runner-up"], 11),
  ])
  func tooFewSamplesToCertifyAnythingAreRefused(_ arguments: [String], _ needed: Int) throws {
    let place = try Workplace()
    let run = ["--first", "2", "--classifier", "smoothed", "--attack", "none"]
    let answer = try Certify.run(Digits.run(out: place.path("out"), run + arguments))
    #expect(answer.status == 64 && place.files(in: "out") == nil)
    #expect(answer.errors.hasPrefix("error: --samples \(arguments[1]): at α = "), "\(answer.errors)")
    #expect(
      answer.errors.hasSuffix(
        " must abstain on every input; give \(needed) samples or more, or a larger --alpha\n"))
    let enough = try Certify.run(
      Digits.run(out: place.path("enough"), run + arguments + ["--samples", "\(needed)"]))
    #expect(enough.status == 0 && enough.warnings == [])
  }

  @Test(arguments: ["", "{", "[]", "{\"schemaVersion\": 99}"])
  func damagedResultsAreRefused(_ text: String) throws {
    let place = try Workplace()
    try place.write(text, to: "results.json")
    for command in ["gate", "report"] {
      let answer = try Certify.run(command, place.url.path)
      #expect(answer.status == 65)
      #expect(answer.output == "")
      #expect(answer.errors.split(separator: "\n").count == 1)
      #expect(answer.errors.contains("\(place.path("results.json")): the results "))
    }
  }

  @Test func unknownFormatsSuggestTheNearest() throws {
    let place = try Workplace()
    try FileManager.default.copyItem(
      atPath: Fixtures.path("golden/report-results.json"), toPath: place.path("results.json"))
    let answer = try Certify.run("report", place.url.path, "--format", "markdwn")
    #expect(answer.status == 64)
    #expect(answer.errors == "error: there is no report format `markdwn`; did you mean `markdown`?\n")
  }
}
