import Foundation
import Testing
import _CertifyTestSupport

/// `certify verify`: properties of the digits MLP around its first test image.
@Suite struct VerifyTests {
  let files: Workplace

  init() throws { files = try Workplace() }

  private func property(epsilon: Double) throws -> String {
    try files.write(DigitsProperty().text(epsilon: epsilon), to: "p\(epsilon).vnnlib")
  }

  @Test func aSmallBoxIsProven() throws {
    let answer = try Certify.run("verify", Digits.perceptron, try property(epsilon: 0.005))
    #expect(answer.status == 0)
    #expect(answer.output == "unsat\n")
    #expect(answer.errors == "")
  }

  /// The counterexample has a line a variable, lies in the box and is what it says.
  @Test func aLargeBoxIsRefuted() throws {
    let epsilon = 0.3
    let answer = try Certify.run("verify", Digits.perceptron, try property(epsilon: epsilon))
    #expect(answer.status == 0)
    #expect(answer.output.hasPrefix("sat\n((X_0 "))
    let words = answer.output.split { " ()\n".contains($0) }.dropFirst().map(String.init)
    try #require(words.count == 2 * 74)
    let names = (0..<64).map { "X_\($0)" } + (0..<10).map { "Y_\($0)" }
    #expect(stride(from: 0, to: words.count, by: 2).map { words[$0] } == names)
    let values = stride(from: 1, to: words.count, by: 2).compactMap { Double(words[$0]) }
    try #require(values.count == 74)
    let image = try DigitsProperty()
    for (value, pixel) in zip(values, image.pixels) { #expect(abs(value - pixel) <= epsilon + 1e-12) }
    let logits = values.suffix(10).map { $0 }
    #expect(logits.indices.contains { $0 != image.label && logits[$0] >= logits[image.label] })
  }

  @Test func timeRunsOut() throws {
    let answer = try Certify.run(
      "verify", "fixtures/models/digits_cnn.onnx", try property(epsilon: 0.03), "--timeout", "1e-9")
    #expect(answer.status == 0)
    #expect(answer.output == "unknown\n")
    #expect(answer.errors == "unknown: the time is over\n")
  }

  /// What is wrong, and where, on one line, with the exit code of its kind.
  @Test func mistakesAreNamed() throws {
    let fit = try property(epsilon: 0.01)
    let small = try files.write(
      """
      (declare-const X_0 Real) (declare-const Y_0 Real)
      (assert (<= X_0 1)) (assert (>= X_0 0)) (assert (<= Y_0 0))
      """, to: "small.vnnlib")
    let empty = try files.write(
      """
      (declare-const X_0 Real) (declare-const Y_0 Real)
      (assert (<= X_0 0)) (assert (>= X_0 1)) (assert (<= Y_0 0))
      """, to: "empty.vnnlib")
    for (arguments, status, message) in [
      ([Digits.perceptron, small], 65, "declares 1 inputs and 1 outputs, and the model has 64 and 10"),
      ([Digits.perceptron, empty], 65, "X_0 must be at least 1.0 and at most 0.0: the region is empty"),
      ([Digits.perceptron, "/nowhere.vnnlib"], 66, "/nowhere.vnnlib: no such file"),
      (["/nowhere.onnx", fit], 66, "/nowhere.onnx"),
      ([Digits.perceptron, fit, "--timeout", "0"], 64, "--timeout 0.0: give a number of seconds"),
      ([Digits.perceptron, fit, "--timeout", "-3"], 64, "--timeout -3.0: give a number of seconds"),
    ] as [([String], Int32, String)] {
      let answer = try Certify.run(["verify"] + arguments)
      #expect(answer.status == status, "\(answer.errors)")
      #expect(answer.errors.contains(message), "\(answer.errors)")
      #expect(answer.errors.split(separator: "\n").count == 1)
      #expect(answer.output == "")
    }
  }

  /// Where the errors of sigmoid and tanh are not proven for the kernels that run, neither `verify` nor a report claims
  /// that they are; instruction sets that nobody has tried are such kernels.
  @Test(arguments: ["tanh", "sigmoid"]) func unprovenKernelsAreNamed(function: String) throws {
    let model = "fixtures/models/operators/\(function)_opset13.onnx"
    let point = (0..<12).map { $0 == 4 ? 0.9 : 0.05 * Double($0) }
    var lines = point.indices.flatMap { i in
      [
        "(declare-const X_\(i) Real) (declare-const Y_\(i) Real)",
        "(assert (>= X_\(i) \(point[i] - 0.01))) (assert (<= X_\(i) \(point[i] + 0.01)))",
      ]
    }
    lines.append(
      "(assert (or " + (0..<12).filter { $0 != 4 }.map { "(and (>= Y_\($0) Y_4))" }.joined() + "))")
    let property = try files.write(lines.joined(separator: "\n"), to: "p.vnnlib")
    let columns = (0..<12).map { "x\($0)" }.joined(separator: ",")
    let data = try files.write(
      "label,\(columns)\n4,\(point.map { "\($0)" }.joined(separator: ","))\n", to: "data.csv")
    let unproven = ["DNNL_MAX_CPU_ISA": "SSE41"]
    let verdict = try Certify.run(["verify", model, property], environment: unproven)
    #expect(verdict.status == 0 && verdict.output == "unsat\n", "\(verdict.errors)")
    #expect(
      verdict.errors
        == "not float-sound: the errors of sigmoid and tanh with these kernels are measured, not proven\n")
    // A run takes the logits before a sigmoid at the end, so that none is left.
    guard function == "tanh" else { return }
    let run = try Certify.run(
      [
        "run", model, "--data", data, "--out", files.path("out"), "--classifier", "base", "--attack", "none",
        "--certificate", "crown", "--norm", "linf",
      ], environment: unproven)
    #expect(run.status == 0, "\(run.errors)")
    let lower = try #require(try files.results("out").results.inputs.first?.brackets.first?.lower)
    #expect(lower.radius > 0.1 && !lower.floatSound)
    #expect(
      try files.text("out/report.md").contains(
        "| `crown` | Base classifier, ℓ∞ | real arithmetic only: **not float-sound** |"))
  }

  /// Published properties with known verdicts, where the environment names their directory: none is contradicted.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["CERTIFY_EXTERNAL_PROPERTIES"] != nil))
  func knownVerdictsAreNotContradicted() throws {
    let directory = try #require(ProcessInfo.processInfo.environment["CERTIFY_EXTERNAL_PROPERTIES"])
    let table = try String(contentsOfFile: directory + "/verdicts.csv", encoding: .utf8)
    for line in table.split(separator: "\n").dropFirst() {
      let fields = line.split(separator: ",").map(String.init)
      try #require(fields.count == 3)
      let answer = try Certify.run(
        "verify", directory + "/" + fields[0], directory + "/" + fields[1], "--timeout", "10")
      #expect(answer.status == 0, "\(fields): \(answer.errors)")
      let verdict = String(answer.output.prefix { !$0.isWhitespace })
      #expect(["sat", "unsat", "unknown"].contains(verdict))
      let isContradicted = Set([verdict, fields[2]]) == ["sat", "unsat"]
      #expect(!isContradicted, "\(fields): \(verdict)")
    }
  }
}
