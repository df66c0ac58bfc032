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
    Complaint(options: ["--objective", "magic"], status: 64, says: "there is no such objective"),
    Complaint(options: ["--objective", "pgd"], status: 64, says: "--epsilon 0.0: give a budget above 0"),
    Complaint(options: ["--objective", "ibp", "--epsilon", "0.1", "--norm", "l2"], status: 64, says: "linf"),
    Complaint(options: ["--architecture", "vgg"], status: 64, says: "logistic, mlp, cnn, resnet8"),
    Complaint(options: ["--model", Digits.logistic, "--architecture", "mlp"], status: 64, says: "exclude"),
    Complaint(options: ["--bounds", "0.5,1", "--epsilon", "0.1"], status: 65, says: "0.5"),
    Complaint(options: ["--holdout", "1437"], status: 65, says: "training inputs are left"),
    Complaint(options: ["--resume"], status: 66, says: "no training to resume"),
    Complaint(options: ["--learning-rate", "1e36"], status: 1, says: "the training has diverged"),
    Complaint(options: ["--schedule", "zigzag"], status: 64, says: "schedule"),
    Complaint(
      options: ["--validation", "fixtures/data/digits_test.npz", "--holdout", "5"], status: 64,
      says: "exclude"),
  ])
  func complainsAbout(_ complaint: Complaint) throws {
    let place = try Workplace()
    let answer = try Certify.run(Self.command(place.path("model.onnx"), complaint.options))
    #expect(answer.status == complaint.status, "\(answer.errors)")
    #expect(answer.complaints.contains { $0.contains(complaint.says) }, "\(answer.errors)")
    #expect(!FileManager.default.fileExists(atPath: place.path("model.onnx")))
  }

  @Test func labelsThatDoNotCountFromZeroAreRefused() throws {
    let place = try Workplace()
    try place.write("label,a,b\n0,0.5,1\n2,0.1,0.2\n0,0.3,0.3\n", to: "gap.csv")
    let answer = try Certify.run(["train", "--data", place.path("gap.csv"), "--out", place.path("m.onnx")])
    #expect(answer.status == 65)
    #expect(answer.complaints.contains { $0.contains("gap.csv") && $0.contains("no input has the label 1") })
  }

  @Test func trainingDataAsValidationIsWarnedOf() throws {
    let place = try Workplace()
    let answer = try Certify.run(
      Self.command(place.path("m.onnx"), ["--architecture", "logistic", "--validation", Self.training]))
    #expect(answer.status == 0)
    #expect(answer.warnings.contains { $0.contains("it is the file that is trained on") })
  }
}
