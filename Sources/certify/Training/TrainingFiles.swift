import CertifyResults
import CertifyTraining
import Foundation

/// The files of a training: the model, the checkpoint beside it, and the record of how it was made.
struct TrainingFiles {
  let model: String
  var checkpoint: String { model + ".checkpoint" }
  var record: String { model + ".training.json" }

  /// - Parameter inputs: files that are read, and must not be written over.
  /// - Throws: ``CommandError`` when they cannot be written.
  init(model: String, inputs: [String] = []) throws {
    self.model = model
    func place(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
    let written = [model, model + ".checkpoint", model + ".training.json"].map(place)
    if let input = inputs.first(where: { written.contains(place($0)) }) {
      throw CommandError.usage("--out \(model): it would write over \(input), which is read; name another")
    }
    var isDirectory: ObjCBool = false
    let parent = URL(fileURLWithPath: model).deletingLastPathComponent().path
    guard FileManager.default.fileExists(atPath: parent, isDirectory: &isDirectory), isDirectory.boolValue,
      FileManager.default.isWritableFile(atPath: parent)
    else {
      throw CommandError(
        code: .runtime,
        description: "--out \(model): there is no directory \(parent) to write to; make it, or name another")
    }
    if FileManager.default.fileExists(atPath: model, isDirectory: &isDirectory), isDirectory.boolValue {
      throw CommandError(
        code: .runtime, description: "--out \(model): it is a directory; name the .onnx file to write")
    }
  }

  /// The checkpoint to go on from.
  ///
  /// - Throws: ``CommandError`` when there is none to resume, or one that would be lost.
  func begin(resume: Bool, identity: String) throws -> Checkpoint? {
    let exists = FileManager.default.fileExists(atPath: checkpoint)
    guard resume else {
      guard !exists || isFinished(identity: identity) else {
        throw CommandError.usage(
          "\(checkpoint): a training was begun and not finished; go on with --resume, or remove the file")
      }
      return nil
    }
    guard exists else {
      throw CommandError(
        code: .fileNotFound, description: "\(checkpoint): no such file; there is no training to resume")
    }
    do {
      return try Checkpoint(bytes: readFile(checkpoint, what: "checkpoint of a training"), identity: identity)
    } catch let error as TrainingError {
      throw CommandError(code: .badInput, description: "\(checkpoint): \(error)")
    }
  }

  private func isFinished(identity: String) -> Bool {
    guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: checkpoint)),
      let found = try? Checkpoint(bytes: bytes, identity: identity)
    else { return false }
    return found.epoch >= found.configuration.epochs
  }

  /// Writes a file beside its place first and then moves it there.
  func write(_ bytes: Data, to path: String) throws {
    do {
      try bytes.write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw CommandError(
        code: .runtime,
        description:
          "\(path): cannot be written; check the permissions of its directory and the space left, or name another"
      )
    }
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
