import Foundation
import Testing
import _CertifyTestSupport

@testable import CertifyModel

/// Damaged models give a graph that can be run, or an error that says what is wrong: never a crash, a hang or a flood
/// of memory.
///
/// A case is a model and a seed. `CERTIFY_MUTANT="operators/conv_groups.onnx 17"` makes one case alone, and leaves its
/// file behind.
@Suite(.serialized)
struct MutationTests {
  static let environment = ProcessInfo.processInfo.environment
  /// 100 000 cases in all when long.
  static let (portions, casesPerPortion) =
    environment["CERTIFY_LONG_TESTS"] == nil ? (4, 500) : (40, 2500)
  /// Processor time of one case.
  static let longest = 5.0
  /// A damaged file of a few kilobytes may ask for the arrays that a sound one of its size can.
  static let mostMebibytes = 1024

  /// Relative to `fixtures/models`, sorted, so that a case is the same everywhere.
  static let models = ["operators", "rubbish", "."].flatMap { folder in
    Fixtures.models(in: folder).map { "\(folder)/\($0).onnx" }
  }

  static func bytes(_ model: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("models/\(model)")))
  }

  static func mutant(_ model: String, seed: UInt64) throws -> Data {
    var mutator = Mutator(seed: seed &* 0x9E37_79B9 &+ model.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) })
    let donor = try bytes(models[mutator.below(models.count)])
    return mutator.damaged(try bytes(model), donor: donor)
  }

  @Test(.enabled(if: environment["CERTIFY_MUTANT"] == nil), arguments: 0..<portions)
  func survives(portion: Int) throws {
    let worker = try ModelWorker()
    var counts: [ModelWorker.Outcome.Kind: Int] = [:]
    var slowest = (seconds: 0.0, what: "")
    var peak = 0
    for index in (portion * Self.casesPerPortion)..<((portion + 1) * Self.casesPerPortion) {
      let model = Self.models[index % Self.models.count]
      let seed = UInt64(index / Self.models.count)
      let outcome = try worker.outcome(of: Self.mutant(model, seed: seed), runs: index.isMultiple(of: 4))
      counts[outcome.kind, default: 0] += 1
      check(outcome, "\(model) \(seed)", peak: &peak)
      if outcome.seconds > slowest.seconds { slowest = (outcome.seconds, "\(model) \(seed)") }
    }
    // The damage is neither so heavy that nothing loads nor so light that all does.
    #expect(counts[.refused, default: 0] > Self.casesPerPortion / 4, "\(counts)")
    #expect(counts[.loaded, default: 0] + counts[.ran, default: 0] > Self.casesPerPortion / 20, "\(counts)")
    #expect(counts[.ran, default: 0] > 0, "\(counts)")
    print("mutants \(portion): \(counts), slowest \(slowest), peak \(peak) MiB")
  }

  @Test(.enabled(if: environment["CERTIFY_MUTANT"] != nil))
  func makesOneCase() throws {
    let fields = Self.environment["CERTIFY_MUTANT", default: ""].split(separator: " ")
    let (model, seed) = (String(fields[0]), try #require(UInt64(fields[1])))
    let bytes = try Self.mutant(model, seed: seed)
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("mutant.onnx")
    try bytes.write(to: file)
    var peak = 0
    let outcome = try ModelWorker().outcome(of: bytes, runs: true)
    print("\(file.path): \(outcome)")
    check(outcome, "\(model) \(seed)", peak: &peak)
  }

  /// Otherwise nothing above could fail.
  @Test func crashesAreNoticed() throws {
    let worker = try ModelWorker()
    let bytes = LoadTests.classifier().bytes
    #expect(try worker.outcome(of: bytes, runs: true).kind == .ran)
    worker.crash()
    let outcome = try worker.outcome(of: bytes, runs: true)
    #expect(outcome.kind == .died && outcome.message.contains(" \(SIGKILL): "), "\(outcome)")
    #expect(try worker.outcome(of: bytes, runs: true).kind == .ran)
  }

  private func check(_ outcome: ModelWorker.Outcome, _ what: String, peak: inout Int) {
    switch outcome.kind {
    case .died, .broken: Issue.record("\(what): \(outcome.kind), \(outcome.message)")
    case .refused:
      #expect((10..<3000).contains(outcome.message.count), "\(what): \(outcome.message.prefix(200))")
    case .loaded, .ran: break
    }
    #expect(outcome.seconds < Self.longest, "\(what): \(outcome.seconds) s")
    // The peak only rises, so that what raised it is known.
    if outcome.peakMebibytes > peak {
      peak = outcome.peakMebibytes
      #expect(peak < Self.mostMebibytes, "\(what): \(peak) MiB, \(outcome.message.prefix(200))")
    }
  }

  @Test(arguments: [
    "operators/conv_groups.onnx", "operators/torch_attention_old_opset17.onnx", "./digits_mlp.onnx",
  ])
  func truncationIsNoticed(model: String) throws {
    let whole = try Self.bytes(model)
    for length in stride(from: 0, to: whole.count, by: max(1, whole.count / 100)) {
      #expect(throws: ModelError.self) { try OnnxModel(bytes: whole.prefix(length)) }
    }
  }
}
