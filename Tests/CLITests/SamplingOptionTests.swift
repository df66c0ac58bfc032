import CertifyResults
import Foundation
import Testing
import _CertifyTestSupport

/// Noise families and sampling plans from the command line to the report.
@Suite struct SamplingOptionTests {
  private static let smoothed = ["--classifier", "smoothed", "--attack", "none", "--first", "6"]

  @Test(arguments: [
    (["--noise", "splitting"], "splitting-exact"), (["--noise", "uniform-sound"], "uniform-p-lower"),
    (["--noise", "laplace-sound"], "laplace-p-lower"), (["--noise", "uniform"], "uniform-p-lower"),
    (["--noise", "laplace", "--certificate", "laplace-runner-up"], "laplace-runner-up"),
  ])
  func everyNoiseIsCertified(_ arguments: [String], _ method: String) throws {
    let place = try Workplace()
    let out = place.path("out")
    let answer = try Certify.run(
      Digits.run(
        out: out,
        Self.smoothed + ["--norm", "l1", "--require", "certified-accuracy(0.01) >= 0.1"] + arguments))
    #expect(answer.status == 0, "\(answer.errors)")
    let results = try place.results("out").results
    #expect(results.manifest.certificates == [method] && results.manifest.plan == nil)
    let lower = results.inputs.flatMap(\.brackets).compactMap(\.lower)
    #expect(!lower.isEmpty && lower.allSatisfy { $0.method == method })
    let report = try place.report()
    let smoothing = try #require(results.manifest.smoothings.first)
    if let splits = smoothing.splits {
      #expect(report.contains("M = \(splits) samples") && report.contains("without any probability"))
      #expect(report.contains("Smoothed certificates have no probability of error"))
      #expect(
        report.contains(
          "Proofs: `splitting-exact`, from all of \(splits) samples, without any probability. Witnesses: none, not "
            + "attacked. Seed 0."))
      #expect(!report.contains("certificate is wrong with probability"))
      let digest = try #require(results.manifest.parameters["splitting-offsets-sha256-0.25"])
      #expect(digest.count == 64)
      #expect(lower.allSatisfy { $0.confidence == 1 })
    } else {
      #expect(report.contains("λ = \(try #require(smoothing.lambda))"))
      #expect(report.contains("not float-sound") == !smoothing.noise.hasSuffix("-sound"))
    }
  }

  @Test func decisionsAreGatedAndReported() throws {
    let place = try Workplace()
    let answer = try Certify.run(
      Digits.run(
        out: place.path("out"),
        Self.smoothed + [
          "--samples", "5000", "--decide", "0.2", "0.1", "--require", "certified-accuracy(0.1) >= 0.5",
        ]))
    #expect(answer.status == 0, "\(answer.errors)\(answer.output)")
    let results = try place.results("out").results
    #expect(results.manifest.plan?.decide == [0.1, 0.2] && results.manifest.plan?.decisionBeta == 0.001)
    #expect(results.inputs.flatMap(\.brackets).allSatisfy { $0.decision?.radii == [0.1, 0.2] })
    let report = try place.report()
    #expect(report.contains("Radii were decided, not estimated: for R = 0.1, 0.2"))
    #expect(report.contains("samples an input on average, of at most 5000"))
  }

  @Test func sharesOfAlphaAreStated() throws {
    let place = try Workplace()
    func report(_ name: String, _ arguments: [String]) throws -> (text: String, plan: SamplingPlanRecord?) {
      let answer = try Certify.run(
        Digits.run(out: place.path(name), Self.smoothed + ["--samples", "2000"] + arguments))
      #expect(answer.status == 0, "\(answer.errors)")
      return (try place.text("\(name)/report.md"), try place.results(name).results.manifest.plan)
    }
    let separate = try report("separate", [])
    #expect(separate.plan == nil && separate.text.contains("For each input on its own"))
    let together = try report("together", ["--simultaneous"])
    #expect(together.plan?.statements == 6 && together.text.contains("For all inputs together"))
    #expect(together.text.contains("All smoothed certificates are right together with probability at least"))
    #expect(separate.text.contains("Each smoothed certificate is wrong with probability at most 0.001."))
    for (text, share) in [(separate.text, "each"), (together.text, "together")] {
      #expect(
        text.contains(
          "Proofs: `gaussian-p-lower`, \(share) with confidence 1 − 0.001, from 2000 samples an input."))
    }
    let best = try report("best", ["--best-sigma", "--sigma", "0.12", "0.25"])
    #expect(best.plan?.statements == 2 && best.text.contains("## Best σ for each input"))
    #expect(best.text.contains("α / 2 (Bonferroni)"))
    let tolerant = try report("tolerant", ["--radius-tolerance", "0.2", "--budget", "20000"])
    #expect(tolerant.plan?.budget == 20_000 && tolerant.plan?.radiusTolerance == 0.2)
    #expect(tolerant.text.contains("would have raised the radius by less than 0.2"))
    #expect(tolerant.text.contains("1 − 0.001, from at most 2000 samples an input"))
  }

  @Test func policiesFixThePlan() throws {
    let place = try Workplace()
    let policy = try place.write(
      "version: 1\ndecide: [0.1]\nsimultaneous: true\nrequirements:\n  - certified-accuracy(0.1) >= 0.1\n",
      to: "certify.yml")
    let fixed = ["--policy", policy, "--samples", "3000"]
    let answer = try Certify.run(Digits.run(out: place.path("out"), Self.smoothed + fixed))
    #expect(answer.status == 0, "\(answer.errors)\(answer.output)")
    let plan = try place.results("out").results.manifest.plan
    #expect(plan?.decide == [0.1] && plan?.simultaneous == true && plan?.aggregate == false)
    let other = try Certify.run(
      Digits.run(out: place.path("other"), Self.smoothed + fixed + ["--decide", "0.2"]))
    #expect(
      other.status == 64
        && other.errors.hasPrefix("error: --decide 0.2: the policy fixes 0.1; leave the option out"))
    // A run without the plan is not the one that the policy fixes.
    _ = try Certify.run(Digits.run(out: place.path("plain"), Self.smoothed))
    let gate = try Certify.run("gate", place.path("plain"), "--policy", policy)
    #expect(gate.status == 2 && gate.output.contains("`decide` is none in the run, 0.1 in the policy"))
  }

  /// The options that share out samples and α, from a policy and from a file of options: each is in force, is compared
  /// with what the command line says, and with the run that is judged.
  @Test func everyOptionOfThePlanCanBeFixed() throws {
    let place = try Workplace()
    let lines = "radius-tolerance: 0.2\nbudget: 30_000\nbest-sigma: true\nsigma: [0.12, 0.25]\n"
    let policy = try place.write("version: 1\n" + lines + "requirements: []\n", to: "certify.yml")
    let options = try place.write(lines, to: "options.yml")
    for (name, source) in [("policy", ["--policy", policy]), ("config", ["--config", options])] {
      let answer = try Certify.run(
        Digits.run(out: place.path(name), Self.smoothed + ["--samples", "5000"] + source))
      #expect(answer.status == 0, "\(answer.errors)")
      let plan = try place.results(name).results.manifest.plan
      #expect(plan?.radiusTolerance == 0.2 && plan?.budget == 30_000 && plan?.bestSigma == true)
    }
    for (arguments, complaint) in [
      (["--radius-tolerance", "0.3"], "--radius-tolerance 0.3: the policy fixes 0.2; leave"),
      (["--budget", "1000"], "--budget 1000: the policy fixes 30000; leave"),
      (["--decide", "0.1"], "--decide and --radius-tolerance exclude each other"),
    ] {
      let answer = try Certify.run(
        Digits.run(out: place.path("other"), Self.smoothed + ["--policy", policy] + arguments))
      #expect(answer.status == 64 && answer.errors.hasPrefix("error: \(complaint)"), "\(answer.errors)")
    }
    let plain = try place.write("version: 1\nbest-sigma: false\nrequirements: []\n", to: "plain.yml")
    let flag = try Certify.run(
      Digits.run(
        out: place.path("other"),
        Self.smoothed + ["--policy", plain, "--best-sigma", "--sigma", "0.1", "0.2"]))
    #expect(flag.status == 64 && flag.errors.hasPrefix("error: --best-sigma: the policy fixes false; leave"))
    // A run without the plan is not the one that the policy fixes.
    _ = try Certify.run(Digits.run(out: place.path("plain"), Self.smoothed))
    let gate = try Certify.run("gate", place.path("plain"), "--policy", policy)
    #expect(gate.status == 2, "\(gate.output)")
    for difference in [
      "`radius-tolerance` is none in the run, 0.2 in the policy",
      "`budget` is none in the run, 30000 in the policy",
      "`best-sigma` is false in the run, true in the policy",
    ] {
      #expect(gate.output.contains(difference), "\(gate.output)")
    }
  }

  @Test(arguments: [
    ["--noise", "splitting", "--norm", "l1", "l2"],
    ["--noise", "laplace-sound", "--norm", "l1", "--decide", "0.05", "0.2"],
    [
      "--radius-tolerance", "0.1", "--budget", "30000", "--sigma", "0.12", "0.25", "--best-sigma",
      "--samples", "5000",
    ],
  ])
  func resultsAreOfThePublishedSchema(_ arguments: [String]) throws {
    let place = try Workplace()
    let answer = try Certify.run(Digits.run(out: place.path("out"), Self.smoothed + arguments))
    #expect(answer.status == 0, "\(answer.errors)")
    let schema = try JSONSchema(
      Data(contentsOf: Fixtures.package.appendingPathComponent("docs/results.schema.json")))
    #expect(try schema.problems(Data(try place.text("out/results.json").utf8)) == [])
  }

  /// Six inputs at α = 0.001: with confidence 0.999 at most one certificate is wrong.
  @Test func aggregateFiguresHaveWrongCertificatesTakenOff() throws {
    let place = try Workplace()
    let requirement = ["--require", "certified-accuracy(0) >= 0.9"]
    let plain = try Certify.run(
      Digits.run(out: place.path("plain"), Self.smoothed + ["--samples", "2000"] + requirement))
    let aggregate = try Certify.run(
      Digits.run(out: place.path("out"), Self.smoothed + ["--samples", "2000", "--aggregate"] + requirement))
    #expect(plain.status == 0 && aggregate.status == 2)
    let outcome = try #require(try place.results("out").verdict?.requirements.first)
    #expect(outcome.found == 5.0 / 6 && outcome.explanation.contains("at most 1 are wrong"))
    #expect(try place.report().contains("certified accuracy of all inputs ≥ (1 taken off)"))
  }

  @Test(arguments: [
    (
      ["--noise", "splitting"],
      "--noise splitting: it needs 8-bit data, and these are floating-point numbers; use uniform"
    ),
    (
      ["--noise", "laplace-sound"],
      "--noise laplace-sound: it needs 8-bit data, and these are floating-point numbers; use laplace"
    ),
  ])
  func eightBitNoiseOnFloatingPointData(_ arguments: [String], _ complaint: String) throws {
    let place = try Workplace()
    let answer = try Certify.run(
      Digits.run(out: place.path("out"), arguments, data: "fixtures/data/digits_test20.csv"))
    #expect(answer.status == 64 && answer.errors == "error: \(complaint)\n")
    #expect(place.files(in: "out") == nil)
  }

  @Test(arguments: [
    (
      ["--noise", "uniform", "--certificate", "gaussian-p-lower"],
      "--certificate gaussian-p-lower: it says nothing about the noise uniform; use uniform-p-lower or uniform-runner-up"
    ),
    (
      ["--certificate", "splitting-exact"],
      "--certificate splitting-exact: it says nothing about the noise gaussian-sound; use gaussian-p-lower or"
    ),
    (
      ["--noise", "splitting", "--aggregate"],
      "--noise splitting: it is exact, with 220 samples an input and no probability of error; leave out what shares "
        + "out samples and α: --decide, --radius-tolerance, --budget, --simultaneous, --aggregate and --best-sigma\n"
    ),
    (["--decide=-0.1"], "--decide -0.1: give finite radii of at least 0"),
    (["--decide", "nan"], "--decide nan: give finite radii"),
    (["--decide", "1"], "--decide 1.0: at α = 0.001 it takes "),
    (["--decide", "9"], "--decide 9.0: no number of samples certifies it in l2 under gaussian-sound noise"),
    (
      ["--decide", "0.1", "--certificate", "gaussian-runner-up"],
      "the certificate gaussian-runner-up does not rest on the probability of one class"
    ),
    (["--decide", "0.1", "--radius-tolerance", "0.1"], "--decide and --radius-tolerance exclude each other"),
    (["--radius-tolerance", "0"], "--radius-tolerance 0.0: give a finite number above 0"),
    (["--budget", "1000"], "--budget 1000: it needs --decide or --radius-tolerance"),
    (["--decide", "0.1", "--budget", "0"], "--budget 0: give a number from 1 to"),
    (
      ["--decide", "0.1", "--certificate", "none"],
      "--certificate none: --decide and --radius-tolerance ask about"
    ),
    (["--best-sigma"], "--best-sigma: there is one --sigma to choose from; give several"),
    (["--simultaneous", "--aggregate"], "--simultaneous and --aggregate exclude each other"),
  ])
  func plansThatCannotBeAreRefused(_ arguments: [String], _ complaint: String) throws {
    let place = try Workplace()
    let answer = try Certify.run(Digits.run(out: place.path("out"), arguments))
    #expect(answer.status == 64 && answer.output == "")
    #expect(answer.errors.hasPrefix("error: \(complaint)"), "\(answer.errors)")
    #expect(answer.errors.split(separator: "\n").count == 1)
    #expect(place.files(in: "out") == nil)
  }

  /// L(9900; 10000, 0.001) = 0.98649: λ(2p − 1) and −λ ln(2(1 − p)) at σ = 0.25.
  @Test(arguments: [("uniform", 0.4213, "uniform-p-lower"), ("laplace-sound", 0.638, "laplace-p-lower")])
  func radiiFromCountsOfOtherNoises(_ noise: String, _ expected: Double, _ method: String) throws {
    let answer = try Certify.run(
      "radius", "--successes", "9900", "--samples", "10000", "--sigma", "0.25", "--noise", noise)
    #expect(answer.status == 0 && answer.output.contains("(\(method), p ≥ 0.986"))
    let radius = try #require(answer.output.split(separator: " ").first.flatMap { Double($0) })
    #expect(abs(radius - expected) < 2e-3, "\(radius)")
    let refused = try Certify.run(
      "radius", "--successes", "9", "--samples", "10", "--sigma", "0.25", "--noise", "splitting")
    #expect(
      refused.status == 64 && refused.errors.hasPrefix("error: --noise splitting: there is no radius from"))
  }

  @Test func aBudgetThatReachesNobodyIsRefused() throws {
    let place = try Workplace()
    let answer = try Certify.run(
      Digits.run(out: place.path("out"), Self.smoothed + ["--decide", "0.1", "--budget", "100"]))
    #expect(answer.status == 64)
    #expect(
      answer.complaints.last
        == "error: --budget 100: one look at each input takes 192 samples; give at least as many, or fewer inputs"
    )
  }
}
