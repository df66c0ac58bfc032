import CertifyData
import Foundation
import Testing
import _CertifyTestSupport

/// `certify inspect` and `certify predict`.
@Suite struct ModelCommandTests {
  @Test func inspectSaysWhatTheModelIs() throws {
    let model = "fixtures/models/digits_cnn.onnx"
    let answer = try Certify.run("inspect", model)
    #expect(answer.status == 0)
    #expect(answer.errors == "")
    var lines = answer.output.split(separator: "\n").map(String.init)
    let kernels = lines.removeLast()
    #expect(kernels.hasPrefix("kernels       oneDNN "))
    lines.removeAll { $0.hasPrefix("batch size ") }
    #expect(
      lines == [
        "file          \(model)",
        "producer      pytorch 2.15.0, opset 17",
        "input         1 × 8 × 8, any batch",
        "scaling       (x − 0.3056) / 0.3761, usual for inputs in [0, 1]",
        "classes       10",
        "ends in       linear output",
        "parameters    19204",
        "FLOPs/input   1051104",
        "operators     Conv × 6, Relu × 5, BatchNormalization × 3, Add × 2, Div × 1, Flatten × 1, Gemm × 1,"
          + " GlobalAveragePool × 1, Sub × 1",
        "computed as   convolution × 6, relu × 5, affine × 4, add × 2, linear × 1, mean × 1, reshape × 1",
        "fused         affine + relu × 3, convolution + add × 2, convolution + relu × 2",
        "gradients     available",
      ])
  }

  /// Whoever runs attacks on rounded values is told what their gradients are.
  @Test func runSaysThatGradientsAreApproximate() throws {
    let place = try Workplace()
    let model = "fixtures/models/quantised/digits_mlp.onnx"
    let answer = try Certify.run(
      Digits.run(out: place.path("out"), ["--first", "1", "--classifier", "base"], model: model))
    #expect(answer.status == 0)
    #expect(answer.errors.contains("warning: \(model): gradients: approximate, as if '"))
    let results = try String(contentsOfFile: place.path("out/results.json"), encoding: .utf8)
    #expect(results.contains(#""gradients" : "approximate, as if '"#))
  }

  @Test func inspectWritesJSON() throws {
    let answer = try Certify.run("inspect", "fixtures/models/digits_mlp.onnx", "--format", "json")
    #expect(answer.status == 0)
    let fields = try #require(
      try JSONSerialization.jsonObject(with: Data(answer.output.utf8)) as? [String: Any])
    #expect(fields["isSupported"] as? Bool == true)
    #expect(fields["inputShape"] as? [Int] == [1, 8, 8])
    #expect(fields["classes"] as? Int == 10)
    #expect(fields["flopsPerInput"] as? Double == 2 * Double(64 * 64 + 64 * 32 + 32 * 10))
    let operators = try #require(fields["operators"] as? [[String: Any]])
    #expect(operators.contains { $0["name"] as? String == "Gemm" && $0["count"] as? Int == 3 })
    let scaling = try #require(fields["inputScaling"] as? [String: [Double]])
    #expect(scaling["usualRange"] == [0, 1])
  }

  /// All nodes that are in the way, on a line each, and what would help.
  @Test func inspectNamesEveryUnsupportedNode() throws {
    let model = "fixtures/models/rubbish/several_unsupported.onnx"
    let answer = try Certify.run("inspect", model)
    #expect(answer.status == 65)
    #expect(answer.output == "")
    let lines = answer.errors.split(separator: "\n")
    #expect(lines.map { $0.split(separator: "'")[1] } == ["the_nonzero", "the_unique", "the_gather"])
    #expect(lines.allSatisfy { $0.hasPrefix("error: \(model): node '") && $0.contains("; ") })

    let json = try Certify.run("inspect", model, "--format", "json")
    #expect(json.status == 65)
    let fields = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect(fields["isSupported"] as? Bool == false)
    #expect((fields["problems"] as? [String])?.count == 3)
  }

  @Test func inspectSaysHowOneOutputIsRead() throws {
    let answer = try Certify.run("inspect", "fixtures/models/digits_binary_sigmoid.onnx")
    #expect(answer.status == 0)
    #expect(answer.output.contains("classes       2 (one output z, read as the logits 0, z)\n"))
    #expect(answer.output.contains("ends in       sigmoid\n"))
    #expect(answer.output.contains("warning       the model ends in a sigmoid;"))
  }

  @Test func predictPrintsClassesWithLabels() throws {
    let answer = try Certify.run("predict", Digits.logistic, "--data", Digits.data, "--every", "90")
    #expect(answer.status == 0)
    #expect(answer.errors == "")
    let labels = try NamedArrays(npz: Fixtures.path("data/digits_test.npz")).entries["labels"]
    let expected = try #require(labels).numbers
    let rows = answer.output.split(separator: "\n").map { $0.split(separator: ",").compactMap { Int($0) } }
    #expect(answer.output.hasPrefix("index,label,predicted\n"))
    #expect(rows.dropFirst().map { $0[0] } == [0, 90, 180, 270])
    #expect(rows.dropFirst().map { $0[1] } == [0, 90, 180, 270].map { Int(expected[$0]) })
  }

  @Test(arguments: ["digits_logistic", "digits_mlp", "digits_cnn"])
  func predictWritesTheReferencesLogitsAndGradients(_ name: String) throws {
    let place = try Workplace()
    let reference = try NamedArrays(npz: Fixtures.path("golden/digits/\(name).npz"))
    let inputs = try #require(reference.entries["x"])
    try Data(NpyFile.bytes(of: inputs.numbers, shape: inputs.shape)).write(
      to: place.url.appendingPathComponent("x.npy"))
    let answer = try Certify.run(
      "predict", "fixtures/models/\(name).onnx", "--data", place.path("x.npy"),
      "--logits", place.path("logits.npy"), "--input-gradients", place.path("gradients.npy"))
    #expect(answer.status == 0)
    #expect(answer.errors == "")

    let expected = try #require(reference.entries["y"])
    let logits = try ArrayFile(place.path("logits.npy"))
    #expect(logits.shape == expected.shape)
    let scale = expected.numbers.map(abs).max() ?? 0
    for (found, wanted) in zip(logits.numbers, expected.numbers) {
      #expect(abs(found - wanted) <= 1e-5 * max(1, scale))
    }
    let classes = expected.shape[1]
    let rows = (0..<expected.shape[0]).map { row in
      let logits = expected.numbers[(row * classes)..<((row + 1) * classes)]
      return "\(row),\(logits.enumerated().max { $0.element < $1.element }?.offset ?? -1)"
    }
    #expect(answer.output == (["index,predicted"] + rows).joined(separator: "\n") + "\n")

    // Every coordinate of both gradients against a central difference of the predicted class's logit.
    let gradients = try ArrayFile(place.path("gradients.npy"))
    #expect(gradients.shape == inputs.shape)
    let step: Float = 5e-4
    let count = inputs.numbers.count / inputs.shape[0]
    let points = (0..<inputs.numbers.count).flatMap { coordinate in
      let row = coordinate / count
      return [step, -step].flatMap { step in
        var point = Array(inputs.numbers[(row * count)..<((row + 1) * count)])
        point[coordinate % count] += step
        return point
      }
    }
    try Data(NpyFile.bytes(of: points, shape: [points.count / count] + inputs.shape.dropFirst())).write(
      to: place.url.appendingPathComponent("moved.npy"))
    let moved = try Certify.run(
      "predict", "fixtures/models/\(name).onnx", "--data", place.path("moved.npy"),
      "--logits", place.path("moved-logits.npy"))
    #expect(moved.status == 0)
    let ends = try ArrayFile(place.path("moved-logits.npy")).numbers
    let largest = gradients.numbers.map(abs).max() ?? 0
    #expect(largest > 0.1)
    for (coordinate, gradient) in gradients.numbers.enumerated() {
      let predicted = try #require(Int(rows[coordinate / count].dropFirst(2)))
      let (ahead, behind) = (2 * coordinate * classes + predicted, (2 * coordinate + 1) * classes + predicted)
      #expect(abs((ends[ahead] - ends[behind]) / (2 * step) - gradient) <= 0.01 * largest)
    }
  }

  @Test func predictReadsIDXAndCSV() throws {
    let arrays = try Certify.run("predict", Digits.logistic, "--data", Digits.data)
    let idx = try Certify.run(
      "predict", Digits.logistic, "--data", "fixtures/data/digits_test-images-idx3-ubyte.gz",
      "--labels", "fixtures/data/digits_test-labels-idx1-ubyte.gz")
    #expect(arrays.status == 0)
    #expect(idx.output == arrays.output)
    let table = try Certify.run("predict", Digits.logistic, "--data", "fixtures/data/digits_test20.csv")
    #expect(table.status == 0)
    #expect(arrays.output.hasPrefix(table.output))
  }

  @Test(arguments: ["missing/logits.npy", "."])
  func predictFindsAnUnwritableFileBeforeItStarts(_ name: String) throws {
    let place = try Workplace()
    let answer = try Certify.run(
      "predict", Digits.logistic, "--data", Digits.data, "--logits", place.path("first.npy"),
      "--input-gradients", place.path(name))
    #expect(answer.status == 1)
    #expect(answer.output == "")
    #expect(answer.complaints.count == 1)
    #expect(answer.errors.hasPrefix("error: --input-gradients \(place.url.path)"))
    #expect(place.files(in: "") == [])
  }

  /// Neither what is read, nor a device, nor the other of two files.
  @Test func predictWritesOverNothing() throws {
    let place = try Workplace()
    let files = ["model.onnx": Digits.logistic, "data.npz": Digits.data]
    for (name, fixture) in files {
      try FileManager.default.copyItem(
        at: Fixtures.package.appendingPathComponent(fixture), to: place.url.appendingPathComponent(name))
    }
    try FileManager.default.createSymbolicLink(
      atPath: place.path("link.npy"), withDestinationPath: place.path("model.onnx"))
    #expect(mkfifo(place.path("pipe"), 0o600) == 0)
    let before = try files.keys.map { try Data(contentsOf: place.url.appendingPathComponent($0)) }
    let cases: [(arguments: [String], status: Int32, complaint: String)] = [
      (
        ["--logits", place.path("model.onnx")], 64,
        "it would write over \(place.path("model.onnx")), which is read"
      ),
      (
        ["--logits", place.path("x/../data.npz")], 64,
        "it would write over \(place.path("data.npz")), which is"
      ),
      (
        ["--logits", place.path("link.npy")], 64,
        "it would write over \(place.path("model.onnx")), which is read"
      ),
      (["--logits", place.path("pipe")], 1, "it is no regular file; name the .npy file to write"),
      (
        ["--logits", place.path("o.npy"), "--input-gradients", place.path("./o.npy")], 64,
        "--logits writes to it too; name another"
      ),
    ]
    for (arguments, status, complaint) in cases {
      let answer = try Certify.run(
        ["predict", place.path("model.onnx"), "--data", place.path("data.npz"), "--first", "2"] + arguments)
      #expect(answer.status == status, "\(answer.errors)")
      #expect(answer.output == "" && answer.complaints.count == 1)
      #expect(
        answer.errors.hasPrefix(
          "error: \(arguments[arguments.count - 2]) \(arguments[arguments.count - 1]): "))
      #expect(answer.errors.contains(complaint), "\(answer.errors)")
    }
    #expect(try files.keys.map { try Data(contentsOf: place.url.appendingPathComponent($0)) } == before)
    #expect(place.files(in: "")?.sorted() == ["data.npz", "link.npy", "model.onnx", "pipe"])
  }

  @Test func aPipeIsNoModel() throws {
    let place = try Workplace()
    #expect(mkfifo(place.path("pipe"), 0o600) == 0)
    let answer = try Certify.run("inspect", place.path("pipe"))
    #expect(answer.status == 66 && answer.complaints.count == 1)
    #expect(answer.errors.contains("pipe: cannot be read: it is no regular file; write it to one first"))
  }
}

/// The numbers of a .npy file, through the product's own reader of data sets.
struct ArrayFile {
  var shape: [Int]
  var numbers: [Float]

  init(_ path: String) throws {
    let data = try Dataset.load(path: path)
    shape = [data.count] + data.sampleShape
    numbers = (0..<data.count).flatMap { data.input($0) }
  }
}
