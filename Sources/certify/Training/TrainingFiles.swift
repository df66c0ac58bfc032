import CertifyResults
import CertifyTraining
import Foundation

/// The files of a training: the model, the checkpoint beside it, and the record of how it was made.
struct TrainingFiles {
  let model: OutputFile
  let checkpoint: OutputFile
  let record: OutputFile

  /// - Parameter inputs: files that are read, and must not be written over.
  /// - Throws: ``CommandError`` when they cannot be written.
  init(model path: String, inputs: [String] = []) throws {
    func file(_ ending: String, _ kind: String) throws -> OutputFile {
      try OutputFile(path + ending, option: "--out", kind: kind, inputs: inputs)
    }
    model = try file("", "the .onnx file")
    checkpoint = try file(".checkpoint", "another .onnx file, whose checkpoint lies beside it,")
    record = try file(".training.json", "another .onnx file, whose record lies beside it,")
  }

  /// The checkpoint to go on from.
  ///
  /// - Throws: ``CommandError`` when there is none to resume, or one that would be lost.
  func begin(resume: Bool, identity: String) throws -> Checkpoint? {
    let exists = FileManager.default.fileExists(atPath: checkpoint.path)
    guard resume else {
      guard !exists || isFinished(identity: identity) else {
        throw CommandError.usage(
          "\(checkpoint.path): a training was begun and not finished; go on with --resume, or remove the file"
        )
      }
      return nil
    }
    guard exists else {
      throw CommandError(
        code: .fileNotFound, description: "\(checkpoint.path): no such file; there is no training to resume")
    }
    do {
      return try Checkpoint(
        bytes: readFile(checkpoint.path, what: "checkpoint of a training"), identity: identity)
    } catch let error as TrainingError {
      throw CommandError(code: .badInput, description: "\(checkpoint.path): \(error)")
    }
  }

  private func isFinished(identity: String) -> Bool {
    guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: checkpoint.path)),
      let found = try? Checkpoint(bytes: bytes, identity: identity)
    else { return false }
    return found.epoch >= found.configuration.epochs
  }
}

/// How a model was made: all that is needed to make it again.
struct TrainingRecord: Codable {
  var toolVersion: String
  /// The data file, its labels' file and the given model, as far as there are such.
  var files: [FileRecord]
  /// The architecture, or `given`.
  var network: String
  var parameters: Int
  var trainingInputs: Int
  var configuration: TrainingConfiguration
  var history: [EpochReport]
  /// `finished`, `interrupted` or `overfitted`.
  var ending: String
  /// The epoch whose parameters the model has.
  var epoch: Int
}
