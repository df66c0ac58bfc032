import CertifyData
import Foundation
import Testing
import _CertifyTestSupport

/// Every damaged or unusable file of the fixtures, through every command that reads such a file.
@Suite struct RubbishTests {
  struct Row: CustomTestStringConvertible, Sendable {
    var file: String
    var expected: String
    var testDescription: String { file }
  }

  static let models = rows("models/rubbish/index.csv")
  static let data = rows("data/rubbish/index.csv")

  /// The first two columns of an index; without an index, no rows, which `indicesAreComplete` notices.
  private static func rows(_ index: String) -> [Row] {
    let text = (try? String(contentsOfFile: Fixtures.path(index), encoding: .utf8)) ?? ""
    return text.split(whereSeparator: \.isNewline).dropFirst().map { line in
      let fields = line.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
      return Row(file: fields[0], expected: fields.count > 1 ? fields[1] : "")
    }
  }

  /// Two inputs of four features, which is what the small models take.
  private static let fourFeatures = "label,a,b,c,d\n1,0.1,0.2,0.3,0.4\n0,0.5,0.5,0.5,0.5\n"

  @Test func indicesAreComplete() throws {
    for (index, rows) in [("models/rubbish", Self.models), ("data/rubbish", Self.data)] {
      let files = try FileManager.default.contentsOfDirectory(atPath: Fixtures.path(index))
      #expect(Set(rows.map(\.file)) == Set(files).subtracting(["index.csv"]))
      #expect(rows.count > 30)
    }
  }

  @Test(arguments: models)
  func badModels(_ row: Row) throws {
    let place = try Workplace()
    let model = "fixtures/models/rubbish/\(row.file)"
    let data = try place.write(Self.fourFeatures, to: "four.csv")
    let run = try Certify.run(
      [
        "run", model, "--data", data, "--out", place.path("out"), "--samples", "200", "--attack", "none",
        "--quiet",
      ])
    let inspect = try Certify.run("inspect", model)
    let predict = try Certify.run("predict", model, "--data", data, "--logits", place.path("logits.npy"))
    switch row.expected {
    case "refuse":
      for answer in [run, predict] { expectRefused(answer, naming: model) }
      expectRefused(inspect, naming: model, mayListSeveral: true)
      #expect(place.files(in: "") == ["four.csv"])
    case "refuse-when-run":
      #expect(inspect.status == 0)
      expectRefused(predict, naming: model)
      // Each input says what is wrong with it, and the run does not pass.
      #expect(run.status == 1)
      #expect(run.warnings.count == 2)
      for (answer, start) in [(run, "warning: input 0: "), (predict, "input 0: ")] {
        #expect(answer.errors.contains(start))
      }
      #expect(place.files(in: "out")?.contains("results.json") == true)
    case "warning":
      for answer in [run, predict] {
        #expect(answer.status == 0)
        #expect(answer.warnings.count == 1)
        #expect(answer.errors.contains("warning: \(model): "))
      }
      #expect(inspect.status == 0)
      #expect(inspect.output.contains("\nwarning       "))
      #expect(place.files(in: "out")?.contains("results.json") == true)
    default:
      Issue.record("the index expects '\(row.expected)', which this test does not know")
    }
  }

  @Test func unsupportedOperatorsAreNamed() throws {
    let answer = try Certify.run("inspect", "fixtures/models/rubbish/unsupported_operator.onnx")
    #expect(
      answer.errors.hasPrefix(
        "error: fixtures/models/rubbish/unsupported_operator.onnx: node 'the_nonmaxsuppression': "
          + "operator NonMaxSuppression of domain ai.onnx, opset 17, is not supported; "))
  }

  @Test(arguments: data)
  func badData(_ row: Row) throws {
    let place = try Workplace()
    let path = "fixtures/data/rubbish/\(row.file)"
    // Tables have four columns beside the label; a model that takes four features is among the rubbish.
    let model =
      row.file.hasPrefix("csv_") ? "fixtures/models/rubbish/ends_with_softmax.onnx" : Digits.logistic
    #expect(["refuse", "refuse-with-model"].contains(row.expected))
    let answer = try Certify.run(Digits.run(out: place.path("out"), [], model: model, data: path))
    expectRefused(answer, naming: path)
    #expect(place.files(in: "out") == nil)
  }

  @Test(arguments: data.filter { $0.expected == "refuse" })
  func badDataAsLabels(_ row: Row) throws {
    let place = try Workplace()
    let path = "fixtures/data/rubbish/\(row.file)"
    let answer = try Certify.run(Digits.run(out: place.path("out"), ["--labels", path]))
    expectRefused(answer, naming: path)
    #expect(place.files(in: "out") == nil)
  }

  /// The first value that is outside is named, as input and coordinate.
  @Test(arguments: [
    ("float_above_one.npz", "input 1, coordinate 1 is 65.0, outside [0.0, 1.0]"),
    ("float_below_zero.npz", "input 2, coordinate 28 is -0.25, outside [0.0, 1.0]"),
    ("float_nan.npz", "input 0, coordinate 63 is nan"),
    ("infinite.npy", "input 1, coordinate 0 is inf"),
    ("label_too_large.npz", "input 1 has label 10, and the model's classes are 0…9"),
    ("fewer_labels.npz", "2 labels for 3 inputs"),
    ("wrong_image_shape.npz", "inputs of shape [1, 7, 7] do not fit a model of input shape [1, 8, 8]"),
    ("no_labels.npz", "the data hold no labels"),
  ])
  func theFaultIsNamed(_ file: String, _ fault: String) throws {
    let place = try Workplace()
    let path = "fixtures/data/rubbish/\(file)"
    let answer = try Certify.run(Digits.run(out: place.path("out"), [], data: path))
    #expect(answer.errors.hasPrefix("error: \(path): \(fault)"))
  }

  private func expectRefused(
    _ answer: Answer, naming path: String, mayListSeveral: Bool = false,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(answer.status == 65, sourceLocation: sourceLocation)
    #expect(answer.output == "", sourceLocation: sourceLocation)
    #expect(
      mayListSeveral ? !answer.complaints.isEmpty : answer.complaints.count == 1,
      sourceLocation: sourceLocation)
    #expect(answer.complaints.first?.hasPrefix("error: \(path)") == true, sourceLocation: sourceLocation)
    // What is wrong, and behind a semicolon, a colon or a question mark what to do.
    #expect(
      answer.complaints.first?.dropFirst("error: \(path)".count).contains { ";?".contains($0) } == true,
      sourceLocation: sourceLocation)
  }
}
