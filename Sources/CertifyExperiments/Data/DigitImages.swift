import CertifyData
import CertifyResults
import CertifyStore
import CertifyTraining
import Foundation

/// Images of digits to train on and to evaluate: MNIST from the directory of data, or the small ones of the project.
struct DigitImages {
  /// What they are, in a line.
  let description: String
  /// Whether they are MNIST.
  let isMNIST: Bool
  let training: Dataset
  /// Images that are not trained on.
  let evaluation: Dataset
  let files: [FileRecord]

  /// - Parameter usesMNIST: `false` for those of the project in any case.
  /// - Throws: ``ExperimentError/missingData(experiment:file:)`` when neither is there.
  init(_ setting: ExperimentSetting, for experiment: String, usesMNIST: Bool = true) throws {
    func mnist(_ part: String) throws -> (images: String, labels: String)? {
      guard let images = setting.file(["\(part)-images-idx3-ubyte", "\(part)-images-idx3-ubyte.gz"]),
        let labels = setting.file(["\(part)-labels-idx1-ubyte", "\(part)-labels-idx1-ubyte.gz"])
      else { return nil }
      return (images, labels)
    }
    if usesMNIST, let test = try mnist("t10k") {
      let all = try Dataset.load(path: test.images, labelsPath: test.labels)
      isMNIST = true
      if let train = try mnist("train") {
        training = try Dataset.load(path: train.images, labelsPath: train.labels)
        evaluation = all
        files = try [train.images, train.labels, test.images, test.labels].map(Self.record)
        description = "MNIST, \(training.count) images to train on and the \(all.count) of the test part"
      } else {
        let held = min(1000, all.count / 10)
        training = try all.subset(at: Array(0..<all.count - held))
        evaluation = try all.subset(at: Array(all.count - held..<all.count))
        files = try [test.images, test.labels].map(Self.record)
        description =
          "MNIST's test part alone: its first \(training.count) images to train on, the last \(held) to evaluate"
      }
      return
    }
    let names = ["digits_train.npz", "digits_test.npz"]
    let paths = names.compactMap { setting.file([$0]) }
    guard paths.count == 2 else {
      throw ExperimentError.missingData(
        experiment: experiment, file: "t10k-images-idx3-ubyte and no digits_train.npz")
    }
    isMNIST = false
    training = try Dataset.load(path: paths[0])
    evaluation = try Dataset.load(path: paths[1])
    files = try paths.map(Self.record)
    description =
      "the project's digits of 8×8 pixels, not MNIST: \(training.count) images to train on, \(evaluation.count) to evaluate"
  }

  /// As single images of one channel.
  func trainingSet(first count: Int? = nil) throws -> TrainingSet {
    let chosen = try count.map { try training.subset(at: Array(0..<min($0, training.count))) } ?? training
    return try TrainingSet(chosen)
  }

  /// A file by its name: where it lies is no part of what was found.
  private static func record(_ path: String) throws -> FileRecord {
    FileRecord(
      path: URL(fileURLWithPath: path).lastPathComponent, sha256: try FileRecord(path: path).sha256)
  }
}

extension ExperimentSetting {
  /// The first of some files that lies in the directory of data, in a folder `data` or `models` of it, or among the
  /// project's own data below the working directory.
  func file(_ names: [String]) -> String? {
    let folders = (dataDirectory.map { [$0, "\($0)/data", "\($0)/models"] } ?? []) + ["fixtures/data"]
    for folder in folders {
      for name in names where FileManager.default.isReadableFile(atPath: "\(folder)/\(name)") {
        return "\(folder)/\(name)"
      }
    }
    return nil
  }
}
