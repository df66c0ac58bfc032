import Foundation
import Testing

@testable import CertifyTraining

struct CheckpointTests {
  static func bytes() throws -> (Checkpoint, Data) {
    let checkpoint = Checkpoint(
      model: try DigitsTraining.model(.logistic), configuration: DigitsTraining.configuration())
    return (checkpoint, try checkpoint.bytes(identity: "data"))
  }

  @Test func comesBackAsItWas() throws {
    let (checkpoint, bytes) = try Self.bytes()
    #expect(try Checkpoint(bytes: bytes, identity: "data") == checkpoint)
  }

  @Test func damageIsFound() throws {
    let (_, bytes) = try Self.bytes()
    for position in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 40)) {
      var damaged = bytes
      damaged[position] ^= UInt8(1) << UInt8(position % 8)
      #expect(throws: TrainingError.self) { try Checkpoint(bytes: damaged, identity: "data") }
    }
    for length in [0, 1, 29, 31, 70, bytes.count / 2, bytes.count - 1] {
      #expect(throws: TrainingError.self) { try Checkpoint(bytes: bytes.prefix(length), identity: "data") }
    }
  }

  @Test func ofOtherDataOrAnotherTrainingIsRefused() throws {
    let (checkpoint, bytes) = try Self.bytes()
    #expect(throws: TrainingError.self) { try Checkpoint(bytes: bytes, identity: "other") }
    // Every part of a configuration makes another training, and is named.
    let same = DigitsTraining.configuration()
    let changes: [(String, (inout TrainingConfiguration) -> Void)] = [
      ("objective fgsm", { $0.objective = .fgsm(length: 1) }), ("norm l2", { $0.threat.norm = .l2 }),
      ("epsilon 0.5 instead of 0.0", { $0.threat.epsilon = 0.5 }),
      ("bounds 0.0 to 1.0 instead of none", { $0.threat.bounds = DigitsTraining.threat(0).bounds }),
      ("optimiser sgd", { $0.optimiser = .sgd(momentum: 0.5) }),
      ("schedule step instead of oneCycle", { $0.schedule = .step }),
      ("learning rate 1.0", { $0.learningRate = 1 }), ("weight decay 2.0", { $0.weightDecay = 2 }),
      ("epochs 9 instead of 4", { $0.epochs = 9 }), ("batch size 7", { $0.batchSize = 7 }),
      ("seed 9 instead of 1", { $0.seed = 9 }), ("monitor steps 3", { $0.monitorSteps = 3 }),
      ("stop on overfitting true", { $0.stopsOnOverfitting = true }),
    ]
    #expect(same.differences(from: same).isEmpty)
    for (words, change) in changes {
      var changed = same
      change(&changed)
      let found = changed.differences(from: same)
      #expect(found.count == 1 && found[0].hasPrefix(words), "\(found)")
    }
    let other = DigitsTraining.configuration(seed: 9)
    #expect(throws: TrainingError.self) {
      try DigitsTraining.trainer(other, architecture: .logistic).run(from: checkpoint)
    }
    #expect(throws: TrainingError.self) {
      try DigitsTraining.trainer(DigitsTraining.configuration(), architecture: .mlp(hidden: [4])).run(
        from: checkpoint)
    }
  }
}
