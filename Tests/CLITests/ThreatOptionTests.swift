import CertifyData
import CertifyResults
import CertifyThreat
import Foundation
import Testing
import _CertifyTestSupport

/// Targets, limits of single features, a second model and the paths of flows, from the option to the report.
@Suite struct ThreatOptionTests {
  private static let moons = [
    "run", "fixtures/models/moons_mlp.onnx", "--data", "fixtures/data/moons_test40.csv", "--classifier",
    "base",
  ]

  private static func run(_ place: Workplace, _ more: [String]) throws -> (RunResults, String) {
    let answer = try Certify.run(moons + ["--out", place.path("out"), "--overwrite"] + more)
    #expect(answer.status == 0, "\(answer.errors)")
    return (try place.results("out").results, try place.text("out/report.md"))
  }

  @Test func aTargetIsReachedAndSaid() throws {
    let place = try Workplace()
    let answer = try Certify.run(
      Digits.run(
        out: place.path("out"),
        ["--first", "6", "--classifier", "base", "smoothed", "--target", "3", "--attack-queries", "20000"]))
    #expect(answer.status == 0, "\(answer.errors)")
    let results = try place.results("out").results
    #expect(results.manifest.target == "3")
    var witnesses = 0
    for input in results.inputs {
      for bracket in input.brackets {
        let targets = try #require(bracket.targets)
        #expect(targets.map(\.target) == (input.label == 3 ? [] : [3]))
        guard input.label != 3 else {
          #expect(bracket.attack == nil && bracket.upper == nil)
          continue
        }
        guard let upper = bracket.upper else { continue }
        witnesses += 1
        #expect(upper.witnessClass == 3 && upper.radius == targets[0].radius)
        #expect(!bracket.isContradictory)
      }
    }
    #expect(witnesses >= 6)
    #expect(try place.text("out/report.md").contains("**Target**: class `3`, for inputs of other labels."))
  }

  @Test func allTargetsGiveTheNearest() throws {
    let place = try Workplace()
    let answer = try Certify.run(
      Digits.run(out: place.path("out"), ["--first", "2", "--classifier", "base", "--target", "all"]))
    #expect(answer.status == 0, "\(answer.errors)")
    for input in try place.results("out").results.inputs {
      let bracket = input.brackets[0]
      let targets = try #require(bracket.targets)
      #expect(targets.map(\.target) == (0..<10).filter { $0 != input.label })
      #expect(bracket.upper?.radius == targets.compactMap(\.radius).min())
    }
    let csv = try place.text("out/results.csv")
    #expect(csv.contains(",targets,target_radii") && csv.contains(",0 1 3 4 5 6 7 8 9,"))
  }

  @Test func limitsOfNamedFeaturesHold() throws {
    let place = try Workplace()
    let threat = try place.write(
      "version: 1\nimmutable: [east]\nscale: standard-deviation\nfeatures: {north: {lower: -3, upper: 3}}\n",
      to: "threat.yml")
    let (results, report) = try Self.run(
      place, ["--threat", threat, "--first", "8", "--certificate", "crown"])
    let features = try #require(results.manifest.space.features)
    #expect(features.immutable == [0] && features.lower?[1] == -3)
    #expect(results.manifest.threatFile?.path == threat)
    // ‖(0, δ)/s‖₂ of the plain ℓ₂ run with the same feature fixed is |δ|/s.
    let scale = try #require(features.scale)
    #expect(scale[0] == 1 && scale[1] > 0.3 && scale[1] < 0.8)
    let plain = try place.write("version: 1\nimmutable: [0]\n", to: "plain.yml")
    let (unscaled, _) = try Self.run(place, ["--threat", plain, "--first", "8", "--certificate", "crown"])
    var compared = 0
    for (one, other) in zip(results.inputs, unscaled.inputs) {
      let (a, b) = (one.brackets[0], other.brackets[0])
      #expect(!a.isContradictory && !b.isContradictory)
      if let a = a.lower, let b = b.lower, b.radius > 0 {
        #expect(abs(a.radius - b.radius / Double(scale[1])) < 1e-6 * a.radius)
        compared += 1
      }
      if let a = a.upper, let b = b.upper, b.radius > 0 {
        #expect(abs(a.radius - b.radius / Double(scale[1])) < 0.01 * a.radius)
        compared += 1
      }
    }
    #expect(compared >= 8)
    #expect(report.contains("1 of 2 features do not change"))
    #expect(report.contains("changes are measured in units of each feature's scale"))
    #expect(report.contains("threat file, SHA-256"))
  }

  @Test func masksOfImages() throws {
    let place = try Workplace()
    try Data(NpyFile.bytes(of: (0..<64).map { $0 < 32 ? 0 : 1 }, shape: [8, 8]))
      .write(to: place.url.appendingPathComponent("mask.npy"))
    let threat = try place.write("version: 1\nmask: mask.npy\n", to: "threat.yml")
    let answer = try Certify.run(
      Digits.run(
        out: place.path("out"),
        ["--first", "3", "--classifier", "base", "smoothed", "--threat", threat, "--norm", "linf", "l2"]))
    #expect(answer.status == 0, "\(answer.errors)")
    let masked = try place.results("out").results
    #expect(masked.manifest.space.features?.immutable == Array(0..<32))
    let whole = try Certify.run(
      Digits.run(
        out: place.path("whole"),
        ["--first", "3", "--classifier", "base", "smoothed", "--norm", "linf", "l2"]))
    #expect(whole.status == 0)
    for (one, other) in zip(masked.inputs, try place.results("whole").results.inputs) {
      for (a, b) in zip(one.brackets, other.brackets) where a.classifier == .base {
        guard let narrow = a.upper, let wide = b.upper else { continue }
        #expect(narrow.radius >= 0.99 * wide.radius)
      }
    }
  }

  @Test(arguments: [
    (["--target", "third"], "--target third: give a class from 0 to 1, `second`, `least-likely` or `all`"),
    (["--target", "2"], "--target 2: the model has the classes 0 to 1"),
    (["--threat", "missing.yml"], "missing.yml: no such file; check the path of the threat file"),
    (["--threat", "BAD"], "line 2: there is no feature `south`; did you mean `north`?"),
    (["--threat", "TIGHT"], "feature north, outside the bounds; widen them"),
    (
      ["--surrogate", "fixtures/models/digits_mlp.onnx"],
      "--surrogate fixtures/models/digits_mlp.onnx: it takes"
    ),
    (["--attack", "transfer"], "--attack transfer: it needs a second model; name it with --surrogate"),
    (["--step-norm", "l2"], "--step-norm: it is for the attacks flow and minimizing-movement"),
    (["--attack", "flow"], "attack 'flow' cannot be used here: it needs an ε"),
  ])
  func whatDoesNotFitIsRefused(_ arguments: [String], _ complaint: String) throws {
    let place = try Workplace()
    let bad = try place.write("version: 1\nimmutable: [south]\n", to: "bad.yml")
    let tight = try place.write("version: 1\nfeatures: {north: {lower: 5, upper: 6}}\n", to: "tight.yml")
    let given = arguments.map { $0 == "BAD" ? bad : $0 == "TIGHT" ? tight : $0 }
    let answer = try Certify.run(Self.moons + ["--bounds", "none", "--out", place.path("out")] + given)
    #expect([1, 64, 66].contains(answer.status))
    #expect(answer.complaints.last?.contains(complaint) == true, "\(answer.errors)")
    #expect(place.files(in: "out") == nil)
  }

  @Test func witnessesTransferFromASecondModel() throws {
    let place = try Workplace()
    let surrogate = "fixtures/models/moons_wide.onnx"
    let (results, report) = try Self.run(
      place, ["--bounds", "none", "--surrogate", surrogate, "--attack", "transfer", "--first", "10"])
    #expect(results.manifest.surrogate?.path == surrogate)
    let witnesses = results.inputs.compactMap { $0.brackets[0].upper }
    #expect(witnesses.count >= 8 && witnesses.allSatisfy { $0.attack == "transfer" })
    #expect(results.inputs.allSatisfy { $0.brackets[0].attack?.gradients == 0 })
    let check = try #require(results.diagnosis?.checks.first { $0.name == "transfer-beats-white-box" })
    #expect(check.seen == false)
    #expect(report.contains("surrogate, SHA-256"))
    let best = try Self.run(place, ["--bounds", "none", "--surrogate", surrogate, "--first", "10"]).0
    for (one, other) in zip(best.inputs, results.inputs) {
      guard let a = one.brackets[0].upper, let b = other.brackets[0].upper else { continue }
      // Of two points on the boundary the bisection in the end may take either: it stops at 1e-6 of the way.
      #expect(a.radius <= b.radius * (1 + 2e-6))
    }
  }

  @Test(arguments: ["flow", "minimizing-movement"], ["l1", "l2", "linf"])
  func pathsOfFlowsAreKeptAndDrawn(_ attack: String, _ step: String) throws {
    let place = try Workplace()
    let (results, report) = try Self.run(
      place,
      [
        "--bounds", "none", "--norm", "l2", "--step-norm", step, "--attack", attack, "--epsilon", "0.6",
        "--steps",
        "12", "--first", "4", "--trajectories",
      ])
    #expect(results.manifest.parameters["step-norm"] == step)
    for input in results.inputs {
      let path = try #require(input.brackets[0].trajectory)
      #expect(path.count > 1 && path.allSatisfy { $0.count == 2 })
      let start = try #require(path.first)
      #expect(path.allSatisfy { Norm.l2.distance($0, start) <= 0.6 * (1 + 1e-5) })
    }
    #expect(report.contains("](figures/trajectories-base-l2.svg)"))
    let svg = try place.text("out/figures/trajectories-base-l2.svg")
    #expect(svg.contains("4 paths, each from its input") && svg.components(separatedBy: "<path").count >= 5)
    #expect(try !Self.run(place, ["--bounds", "none", "--first", "1"]).1.contains("trajectories-"))
  }
}
