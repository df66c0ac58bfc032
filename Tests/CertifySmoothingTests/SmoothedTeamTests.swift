import CertifyEngine
import Testing

@testable import CertifySmoothing

/// Threads that share the samples of one input count what one would.
struct SmoothedTeamTests {
  @Test(arguments: [1, 2, 3, 7], [0..<0, 0..<5, 10..<1023, 7..<5000])
  func partsCoverTheRange(_ count: Int, _ range: Range<Int>) {
    let parts = SmoothedTeam.split(range, into: count)
    #expect(parts.count == count)
    #expect(parts.flatMap { Array($0) } == Array(range))
    let lengths = parts.map(\.count)
    #expect((lengths.max() ?? 0) - (lengths.min() ?? 0) <= 1)
  }

  /// The first range's error is reported, whichever thread meets its own first.
  @Test func firstErrorIsReported() throws {
    struct Failure: Error, Equatable { let member: Int }
    func member(_ number: Int, fails: Bool) throws -> SmoothedClassifier {
      let failing = FailingClassifier(error: fails ? Failure(member: number) : nil)
      return try SmoothedClassifier(
        classifier: failing, smoothing: Smoothing(noise: .gaussian, sigma: 1), seed: 0)
    }
    let team = try SmoothedTeam(
      leader: member(0, fails: false), helpers: [member(1, fails: true), member(2, fails: true)])
    #expect(throws: Failure(member: 1)) {
      _ = try team.counts(at: .real([0]), input: 0, purpose: .estimation, samples: 0..<4000)
    }
  }
}

private final class FailingClassifier: Classifier {
  let inputShape = [1]
  let classCount = 2
  let batchSize = 8
  let inputs: UnsafeMutableBufferPointer<Float>
  let logits: UnsafeBufferPointer<Float>
  private let error: (any Error)?

  init(error: (any Error)?) {
    self.error = error
    inputs = .allocate(capacity: 8)
    inputs.initialize(repeating: 0)
    let output = UnsafeMutableBufferPointer<Float>.allocate(capacity: 16)
    output.initialize(repeating: 0)
    logits = UnsafeBufferPointer(output)
  }

  deinit {
    inputs.deallocate()
    logits.deallocate()
  }

  func forward(count: Int) throws {
    if let error { throw error }
  }
}
