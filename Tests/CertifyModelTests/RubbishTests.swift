import Foundation
import Testing

@testable import CertifyModel

/// Files that must be refused, each by a typed error in one line.
struct RubbishTests {
  static let cases: [(file: String, expected: String)] = {
    let table =
      (try? String(contentsOfFile: Fixtures.path("models/rubbish/index.csv"), encoding: .utf8)) ?? ""
    return table.split(separator: "\n").dropFirst().map { line in
      let fields = line.split(separator: ",")
      return (String(fields[0]), String(fields[1]))
    }
  }()

  @Test func allAreThere() {
    #expect(Self.cases.count >= 60)
  }

  @Test(arguments: cases)
  func refuses(file: String, expected: String) throws {
    let path = Fixtures.path("models/rubbish/\(file)")
    switch expected {
    case "refuse":
      #expect {
        try OnnxModel.load(path: path)
      } throws: { error in
        guard let error = error as? ModelError else { return false }
        return !error.description.isEmpty && !error.description.contains("\n")
      }
    case "warning": #expect(try !OnnxModel.load(path: path).warnings.isEmpty)
    default: _ = try OnnxModel.load(path: path)
    }
  }

  @Test(arguments: [
    ("nan_weights", "'w'"), ("infinite_bias", "index 1"), ("unsupported_operator", "opset 17"),
    ("custom_domain", "com.example"), ("control_flow", "If"), ("symbolic_extent", "features"),
    ("training_batch_norm", "eval()"), ("training_dropout", "eval()"), ("two_inputs", "'z'"),
    ("not_onnx_zip", "torch.onnx.export"), ("truncated", "truncated"), ("integer_output", "logits"),
    ("cyclic", "cycle"), ("missing_initializer", "'w'"), ("double_input", "float32"),
    ("external_data_escapes", "outside"), ("no_opset", "opset"),
  ])
  func saysWhat(file: String, word: String) {
    #expect {
      try OnnxModel.load(path: Fixtures.path("models/rubbish/\(file).onnx"))
    } throws: { error in
      "\(error)".contains(word)
    }
  }
}
