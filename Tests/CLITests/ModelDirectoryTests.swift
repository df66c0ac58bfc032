import Foundation
import Testing
import _CertifyTestSupport

/// `certify run` on a directory of models.
@Suite struct ModelDirectoryTests {
  private func models(_ names: [(String, String)], in place: Workplace) throws {
    try FileManager.default.createDirectory(
      at: place.url.appendingPathComponent("models"), withIntermediateDirectories: true)
    for (name, fixture) in names {
      try FileManager.default.copyItem(
        atPath: Fixtures.package.appendingPathComponent(fixture).path, toPath: place.path("models/\(name)"))
    }
  }

  @Test func everyModelGetsARowAndAReport() throws {
    let place = try Workplace()
    try models([("b c.onnx", Digits.logistic), ("a.onnx", Digits.perceptron)], in: place)
    try place.write("no model", to: "models/notes.txt")
    let answer = try Certify.run(
      Digits.run(
        out: place.path("out"),
        [
          "--first", "4", "--attack", "none", "--quiet", "--require",
          "certified-accuracy(0.5, classifier: base) >= 0.5",
        ],
        model: place.path("models")))
    // The logistic model is certified there, the perceptron is not.
    #expect(answer.status == 2)
    let table = try place.text("out/comparison.md")
    #expect(answer.output.hasSuffix(table))
    #expect(table.contains("\n| [a](a/report.md) | 4 | "))
    #expect(table.contains("\n| [b c](b%20c/report.md) | 4 | "))
    #expect(table.contains("✅\u{A0}pass") && table.contains("❌\u{A0}**fail**"))
    #expect(try place.results("out/a").results.inputs.count == 4)
    #expect(try place.results("out/b c").results.inputs.count == 4)
  }

  @Test func aModelThatCannotBeReadIsNamedAndTheOthersGoOn() throws {
    let place = try Workplace()
    try models([("good.onnx", Digits.logistic)], in: place)
    try place.write("rubbish", to: "models/bad.onnx")
    let answer = try Certify.run(
      Digits.run(
        out: place.path("out"), ["--first", "1", "--attack", "none", "--classifier", "base"],
        model: place.path("models")))
    #expect(answer.status == 65)
    #expect(answer.errors.contains("bad.onnx"))
    let table = try place.text("out/comparison.md")
    #expect(table.contains("- **bad**: ended with exit code 65"))
    #expect(table.contains("| [good](good/report.md) | 1 |"))
    #expect(place.files(in: "out/bad") == nil)
  }

  @Test func aDirectoryWithoutModelsIsRefused() throws {
    let place = try Workplace()
    let answer = try Certify.run(Digits.run(out: place.path("out"), [], model: place.url.path))
    #expect(answer.status == 66 && answer.errors.contains("it has no .onnx file"))
    #expect(place.files(in: "out") == nil)
  }
}
