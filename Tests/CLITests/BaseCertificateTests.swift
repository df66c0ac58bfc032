import Foundation
import Testing
import _CertifyTestSupport

/// Certificates of the base classifier, as a run asks for them.
@Suite struct BaseCertificateTests {
  /// One input of a model with GELU, for which there are no bounds.
  static let gelu = "fixtures/models/operators/gelu_pattern_after_gemm.onnx"

  private func run(_ arguments: [String], model: String, data: String) throws -> (Answer, Workplace) {
    let place = try Workplace()
    let answer = try Certify.run(
      ["run", model, "--data", data, "--out", place.path("out"), "--classifier", "base"] + arguments)
    return (answer, place)
  }

  private func lower(_ place: Workplace, input: Int = 0) throws -> [String: Any] {
    let bracket = try bracket(place, input: input)
    return try #require(bracket["lower"] as? [String: Any])
  }

  private func bracket(_ place: Workplace, input: Int) throws -> [String: Any] {
    let results = try #require(
      try JSONSerialization.jsonObject(with: Data(place.text("out/results.json").utf8)) as? [String: Any])
    let inputs = try #require(results["inputs"] as? [[String: Any]])
    return try #require((inputs[input]["brackets"] as? [[String: Any]])?.first)
  }

  /// Whoever names no certificate gets one where it is cheap, and is told why it is this one.
  @Test(arguments: [
    ("digits_logistic", "linear-exact", "the model is an affine map"),
    ("digits_mlp", "crown", "the model is small"),
  ])
  func defaults(model: String, method: String, reason: String) throws {
    let (answer, place) = try run(
      ["--first", "1", "--attack", "none"], model: "fixtures/models/\(model).onnx", data: Digits.data)
    #expect(answer.status == 0)
    let lower = try lower(place)
    #expect(lower["method"] as? String == method)
    #expect(lower["radius"] as? Double ?? 0 > 0)
    #expect(try place.report().contains("Of f, by default: \(reason)."))
  }

  /// Nothing is chosen, and nothing said, for a classifier that is left out.
  @Test(arguments: [["smoothed"], ["base", "smoothed"]])
  func defaultsAreForTheBaseClassifier(classifiers: [String]) throws {
    let place = try Workplace()
    let answer = try Certify.run(
      ["run", "fixtures/models/digits_mlp.onnx", "--data", Digits.data, "--out", place.path("out")]
        + classifiers.flatMap { ["--classifier", $0] }
        + ["--first", "1", "--samples", "100", "--attack", "none"])
    #expect(answer.status == 0, "\(answer.errors)")
    let isTold = try place.text("out/results.json").contains("base-certificate-reason")
    #expect(isTold == classifiers.contains("base"))
    #expect(try place.report().contains("Of f, by default") == isTold)
  }

  /// Without a certificate that applies, the report names the operator in the way; asked for one, the run does.
  @Test func operatorsWithoutBoundsAreNamed() throws {
    let place = try Workplace()
    let data = try place.write("label,a,b,c,d\n0,0.1,0.2,0.3,0.4\n1,0.5,0.6,0.7,0.8\n", to: "data.csv")
    let (answer, out) = try run(["--attack", "none"], model: Self.gelu, data: data)
    #expect(answer.status == 0)
    let report = try out.text("out/report.md")
    #expect(report.contains("no certificate of f applies: node "))
    #expect(report.contains("there is no bound for gelu"))
    for certificate in ["ibp", "crown", "alpha-crown", "lipschitz", "branch-and-bound"] {
      let (asked, _) = try run(["--certificate", certificate], model: Self.gelu, data: data)
      #expect(asked.status == 64, "\(certificate): \(asked.errors)")
      #expect(asked.errors.contains("there is no bound for gelu"), "\(certificate): \(asked.errors)")
    }
  }

  /// Proof and witness meet, neither of them moved to the other, and the report says so. On the grid of 8-bit data they
  /// meet at a distance of the grid.
  @Test func branchAndBoundMeetsTheWitness() throws {
    let (answer, place) = try run(
      ["--first", "2", "--norm", "linf", "--certificate", "branch-and-bound", "--timeout", "20"],
      model: Digits.logistic, data: Digits.data)
    #expect(answer.status == 0, "\(answer.errors)")
    for input in 0..<2 {
      let bracket = try bracket(place, input: input)
      let lower = try #require((bracket["lower"] as? [String: Any])?["radius"] as? Double)
      let upper = try #require((bracket["upper"] as? [String: Any])?["radius"] as? Double)
      #expect(lower <= upper && lower >= upper * (1 - 1e-12), "\(lower), \(upper)")
    }
    #expect(try place.report().contains(", exact |"))
    #expect(try place.report().contains("radius known exactly for 2"))
    #expect(try place.text("out/results.json").contains(#""branch-and-bound-timeout" : "20.0""#))
  }

  @Test(arguments: ["0", "-1", "nan", "inf"])
  func timeoutsAreChecked(_ timeout: String) throws {
    let (answer, _) = try run(
      ["--certificate", "branch-and-bound", "--timeout=\(timeout)"], model: Digits.perceptron,
      data: Digits.data)
    #expect(answer.status == 64)
    #expect(answer.errors.contains(": give a number of seconds above 0"), "\(answer.errors)")
  }
}
