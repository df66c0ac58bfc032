import Foundation
import Testing
import _CertifyTestSupport

/// `certify train`.
@Suite struct TrainTests {
  static let training = "fixtures/data/digits_train.npz"

  static func command(_ out: String, _ more: [String]) -> [String] {
    ["train", "--data", training, "--out", out, "--epochs", "2"] + more
  }

  @Test func writesAModelThatRunsAndSaysHowItWasMade() throws {
    let place = try Workplace()
    let model = place.path("model.onnx")
    let answer = try Certify.run(
      Self.command(model, ["--architecture", "mlp", "--hidden", "32", "--learning-rate", "0.01"]))
    #expect(answer.status == 0, "\(answer.errors)")
    #expect(answer.output.contains("model: \(model) (epoch 2)"))
    #expect(answer.errors.contains("epoch 2/2: loss "))
    let record = try place.text("model.onnx.training.json")
    #expect(record.contains("\"objective\""))
    #expect(record.contains("\"sha256\""))

    let inspected = try Certify.run("inspect", model)
    #expect(inspected.status == 0)
    let run = try Certify.run(
      Digits.run(out: place.path("run"), ["--classifier", "base", "--first", "5"], model: model))
    #expect(run.status == 0, "\(run.errors)")
  }

  @Test func resumingGivesTheBytesOfAnUninterruptedTraining() throws {
    let place = try Workplace()
    let options = ["--architecture", "logistic", "--objective", "pgd", "--epsilon", "0.1", "--steps", "2"]
    let whole = try Certify.run(Self.command(place.path("whole.onnx"), options))
    #expect(whole.status == 0, "\(whole.errors)")
    // Interrupted: a checkpoint after the first epoch is put in the place of the last one.
    let process = try Certify.start(Self.command(place.path("part.onnx"), options + ["--epochs", "60"]))
    let checkpoint = place.path("part.onnx.checkpoint")
    let deadline = Date(timeIntervalSinceNow: 30)
    while !FileManager.default.fileExists(atPath: checkpoint), Date() < deadline { usleep(2000) }
    process.process.interrupt()
    let stopped = try process.answer(within: 30)
    guard stopped.status == 130 else {
      #expect(stopped.status == 0, "\(stopped.errors)")
      return
    }
    #expect(!FileManager.default.fileExists(atPath: place.path("part.onnx")))
    let again = try Certify.run(Self.command(place.path("part.onnx"), options + ["--epochs", "60"]))
    #expect(again.status == 64)
    #expect(again.complaints.contains { $0.contains("--resume") })
    let resumed = try Certify.run(
      Self.command(place.path("part.onnx"), options + ["--epochs", "60", "--resume"]))
    #expect(resumed.status == 0, "\(resumed.errors)")
    let direct = try Certify.run(Self.command(place.path("direct.onnx"), options + ["--epochs", "60"]))
    #expect(direct.status == 0)
    func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: place.path(name))) }
    #expect(try bytes("part.onnx") == bytes("direct.onnx"))
    #expect(try bytes("part.onnx") != bytes("whole.onnx"))
  }

  @Test func aGivenModelIsTrainedOn() throws {
    let place = try Workplace()
    let answer = try Certify.run(
      Self.command(
        place.path("tuned.onnx"),
        ["--model", Digits.perceptron, "--objective", "gaussian", "--sigma", "0.25"]))
    #expect(answer.status == 0, "\(answer.errors)")
    #expect(try Certify.run("predict", place.path("tuned.onnx"), "--data", Digits.data).status == 0)
  }

  struct Complaint: CustomTestStringConvertible, Sendable {
    var options: [String]
    var status: Int32
    var says: String
    var testDescription: String { options.joined(separator: " ") }
  }

  @Test(arguments: [
    Complaint(
      options: ["--objective", "magic"], status: 64,
      says: "--objective magic: there is no such objective; give"),
    Complaint(options: ["--objective", "pgd"], status: 64, says: "--epsilon 0.0: give a budget above 0"),
    Complaint(
      options: ["--objective", "ibp", "--epsilon", "0.1", "--norm", "l2"], status: 64,
      says: "--norm l2: give linf"),
    Complaint(
      options: ["--architecture", "vgg"], status: 64, says: "'vgg': give one of logistic, mlp, cnn, resnet8"),
    Complaint(
      options: ["--model", Digits.logistic, "--architecture", "mlp"], status: 64,
      says: "--model and --architecture exclude each other"),
    Complaint(
      options: ["--bounds", "0.5,1", "--epsilon", "0.1"], status: 65,
      says: "input 0, coordinate 0 is 0.0, outside [0.5, 1.0]"),
    Complaint(options: ["--holdout", "1437"], status: 65, says: "0 training inputs are left, and at least"),
    Complaint(options: ["--resume"], status: 66, says: "no training to resume"),
    Complaint(options: ["--learning-rate", "1e36"], status: 1, says: "the training has diverged"),
    Complaint(
      options: ["--objective", "ibp", "--epsilon", "0.1", "--architecture", "mlp", "--activation", "gelu"],
      status: 64, says: "objective ibp: node 'gelu1': there is no interval rule for gelu"),
    Complaint(
      options: ["--architecture", "cnn", "--activation", "gelu"], status: 64,
      says: "--activation gelu: give relu, or choose --architecture mlp"),
    Complaint(
      options: ["--model", "fixtures/models/operators/add_two_variables.onnx"], status: 65,
      says: "inputs of shape [1, 8, 8] do not fit a model of input shape [3, 4]"),
    Complaint(options: ["--first", "0"], status: 64, says: "--first 0: give a number from 1 on"),
    Complaint(
      options: ["--schedule", "zigzag"], status: 64, says: "The value 'zigzag' is invalid for '--schedule"),
    Complaint(
      options: ["--architecture", "mlp", "--hidden", "65536", "65536"], status: 64,
      says:
        "--hidden 65536 65536: give fewer units: with 64 inputs there would be more than 268435456 weights"),
    Complaint(
      options: ["--validation", "fixtures/data/digits_test.npz", "--holdout", "5"], status: 64,
      says: "--validation and --holdout exclude each other"),
  ])
  func complainsAbout(_ complaint: Complaint) throws {
    let place = try Workplace()
    let answer = try Certify.run(Self.command(place.path("model.onnx"), complaint.options))
    #expect(answer.status == complaint.status, "\(answer.errors)")
    #expect(answer.complaints.contains { $0.contains(complaint.says) }, "\(answer.errors)")
    #expect(!FileManager.default.fileExists(atPath: place.path("model.onnx")))
  }

  @Test(arguments: [
    ("0,0.5,1\n2,0.1,0.2\n0,0.3,0.3\n", "no input has the label 1"),
    ("1,0.5,1\n2,0.1,0.2\n1,0.3,0.3\n", "no input has the label 0"),
    ("0,0.5,1\n-1,0.1,0.2\n1,0.3,0.3\n", "there is the label -1"),
  ])
  func labelsThatDoNotCountFromZeroAreRefused(_ rows: String, _ says: String) throws {
    let place = try Workplace()
    try place.write("label,a,b\n" + rows, to: "gap.csv")
    let answer = try Certify.run(["train", "--data", place.path("gap.csv"), "--out", place.path("m.onnx")])
    #expect(answer.status == 65)
    #expect(answer.complaints.contains { $0.contains("gap.csv") && $0.contains(says) }, "\(answer.errors)")
    #expect(!FileManager.default.fileExists(atPath: place.path("m.onnx")))
  }

  @Test func convolutionsOfVectorsAreRefused() throws {
    let place = try Workplace()
    try place.write("label,a,b\n0,0.5,1\n1,0.1,0.2\n", to: "two.csv")
    let answer = try Certify.run([
      "train", "--data", place.path("two.csv"), "--out", place.path("m.onnx"), "--architecture", "cnn",
    ])
    #expect(answer.status == 65)
    #expect(answer.complaints.contains { $0.contains("architecture cnn") && $0.contains("choose mlp") })
  }

  /// The weights of the first epochs are finite; then the rate that grows throws them off.
  @Test func aDivergenceKeepsTheLastGoodCheckpoint() throws {
    let place = try Workplace()
    let options = [
      "train", "--data", Self.training, "--out", place.path("m.onnx"), "--architecture", "logistic",
      "--learning-rate", "3e37", "--schedule", "one-cycle", "--epochs", "10",
    ]
    let answer = try Certify.run(options)
    #expect(answer.status == 1)
    let complaint = try #require(answer.complaints.last { $0.contains("diverged") })
    let found = try #require(
      complaint.firstMatch(of: /at step (\d+) of epoch (\d+): .* the checkpoint after epoch (\d+) is kept/))
    let (epoch, kept) = (try #require(Int(found.2)), try #require(Int(found.3)))
    #expect(kept >= 1 && kept == epoch - 1)
    #expect(!FileManager.default.fileExists(atPath: place.path("m.onnx")))
    // What is kept is whole: going on from it comes to the same step.
    let again = try Certify.run(options + ["--resume"])
    #expect(again.status == 1)
    #expect(again.complaints.contains(complaint))
    #expect(!again.errors.contains("epoch \(kept)/10"))
  }

  @Test func aRunOnTheTrainingDataIsWarnedOf() throws {
    let place = try Workplace()
    let model = place.path("model.onnx")
    #expect(try Certify.run(Self.command(model, ["--architecture", "logistic"])).status == 0)
    // Training the model on with other data does not make it forget.
    let tuned = place.path("tuned.onnx")
    let tuning = ["train", "--data", Digits.data, "--model", model, "--epochs", "1", "--out", tuned]
    #expect(try Certify.run(tuning).status == 0)
    func run(_ model: String, on data: String, _ name: String) throws -> (warns: Bool, report: String) {
      let options = ["--classifier", "base", "--first", "2", "--attack", "none"]
      let answer = try Certify.run(Digits.run(out: place.path(name), options, model: model, data: data))
      #expect(answer.status == 0, "\(answer.errors)")
      return (
        answer.warnings.contains { $0.contains(data) && $0.contains("was trained on this file") },
        try place.text("\(name)/report.md")
      )
    }
    let words = "The model was trained on these data"
    for (index, (model, data)) in [(model, Self.training), (tuned, Self.training), (tuned, Digits.data)]
      .enumerated()
    {
      let found = try run(model, on: data, "own\(index)")
      #expect(found.warns)
      #expect(found.report.contains(words))
    }
    let other = try run(model, on: Digits.data, "other")
    #expect(!other.warns)
    #expect(!other.report.contains(words))
  }

  @Test func whatIsReadIsNotWrittenOver() throws {
    let place = try Workplace()
    try place.write("label,a,b\n0,0.5,1\n1,0.1,0.2\n", to: "two.csv")
    let before = try place.text("two.csv")
    let command = ["train", "--data", place.path("two.csv"), "--epochs", "1", "--out"]
    let answer = try Certify.run(command + [place.path("x/../two.csv")])
    #expect(answer.status == 64)
    #expect(answer.complaints.contains { $0.contains("would write over") && $0.contains("two.csv") })
    #expect(try place.text("two.csv") == before)
    // A model is not trained on in its own place.
    let model = place.path("m.onnx")
    #expect(try Certify.run(command + [model]).status == 0)
    #expect(try Certify.run(command + [model, "--model", model]).status == 64)
    #expect(
      place.files(in: "")?.sorted() == ["m.onnx", "m.onnx.checkpoint", "m.onnx.training.json", "two.csv"])
  }

  @Test func optionsWithoutAnEffectAreWarnedOf() throws {
    let place = try Workplace()
    let common = ["--architecture", "logistic", "--epochs", "1"]
    let idle = try Certify.run(
      Self.command(place.path("a.onnx"), common + ["--sigma", "0.3", "--beta", "2", "--momentum", "0.5"]))
    #expect(idle.status == 0)
    #expect(idle.warnings.count == 3)
    for option in [
      "--sigma: the objective standard", "--beta: the objective", "--momentum: the optimiser adam",
    ] {
      #expect(idle.warnings.contains { $0.contains(option) }, "\(idle.errors)")
    }
    let used = try Certify.run(
      Self.command(
        place.path("b.onnx"),
        common + [
          "--objective", "gaussian", "--sigma", "0.3", "--optimiser", "sgd", "--momentum", "0.5",
        ]))
    #expect(used.status == 0 && used.warnings.isEmpty, "\(used.errors)")
  }

  @Test func validationOfAnotherShapeIsNamed() throws {
    let place = try Workplace()
    try place.write("label,a,b\n0,0.5,1\n1,0.1,0.2\n", to: "two.csv")
    let answer = try Certify.run(
      Self.command(place.path("m.onnx"), ["--validation", place.path("two.csv")]))
    #expect(answer.status == 65)
    #expect(answer.complaints.contains { $0.contains("two.csv") && $0.contains("[1, 8, 8]") })
  }

  @Test func trainingDataAsValidationIsWarnedOf() throws {
    let place = try Workplace()
    let answer = try Certify.run(
      Self.command(place.path("m.onnx"), ["--architecture", "logistic", "--validation", Self.training]))
    #expect(answer.status == 0)
    #expect(answer.warnings.contains { $0.contains("it is the file that is trained on") })
  }
}
