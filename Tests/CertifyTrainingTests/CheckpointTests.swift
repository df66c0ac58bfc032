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
