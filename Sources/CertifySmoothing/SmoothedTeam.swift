import Foundation
import Synchronization

/// Smoothed classifiers that count the samples of one input together, each on a thread of its own.
///
/// Counts of disjoint ranges of samples add up to those of their union, so the size of a team changes nothing.
public final class SmoothedTeam {
  /// The members are alike; the first one works on the caller's thread.
  public let leader: SmoothedClassifier
  private let helpers: [SmoothedClassifier]

  /// Creates a team of classifiers that are alike; `helpers` work on threads of their own.
  ///
  /// - Parameters:
  ///   - leader: The one that tests flips, and counts where it is alone.
  ///   - helpers: Others of the same f and noise, which share its counting.
  public init(leader: SmoothedClassifier, helpers: [SmoothedClassifier]) {
    self.leader = leader
    self.helpers = helpers
  }

  /// Counts what f answers on the noise samples `samples` of (input, purpose).
  ///
  /// - Parameters:
  ///   - x: The clean input; on the grid for `gaussian-sound`.
  ///   - input: The index that addresses the noise, 0 ..< 2³².
  ///   - purpose: What the samples are for.
  ///   - samples: Sample numbers, within 0 ..< 2³².
  /// - Throws: What ``SmoothedClassifier/counts(at:input:purpose:samples:)`` throws; where several ranges fail,
  ///   the error of the first one.
  public func counts(
    at x: SmoothingInput, input: Int, purpose: SamplePurpose, samples: Range<Int>
  ) throws -> ClassCounts {
    // Below that, starting threads takes longer than counting.
    guard !helpers.isEmpty, samples.count >= 1024 else {
      return try leader.counts(at: x, input: input, purpose: purpose, samples: samples)
    }
    let parts = Self.split(samples, into: helpers.count + 1)
    let results = Mutex<[Int: Result<ClassCounts, any Error>]>([:])
    let finished = DispatchSemaphore(value: 0)
    for (index, helper) in helpers.enumerated() {
      let member = Member(classifier: helper)
      let part = parts[index + 1]
      let thread = Thread {
        let result = Result {
          try member.classifier.counts(at: x, input: input, purpose: purpose, samples: part)
        }
        results.withLock { $0[index] = result }
        finished.signal()
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    let own = Result { try leader.counts(at: x, input: input, purpose: purpose, samples: parts[0]) }
    for _ in helpers { finished.wait() }
    var total = try own.get()
    let others = results.withLock { $0 }
    for index in helpers.indices {
      if let part = try others[index]?.get() { total += part }
    }
    return total
  }

  /// Counts what f answers on all samples that g has; `nil` where g is a matter of sampling.
  public func exactCounts(at x: SmoothingInput) throws -> ClassCounts? {
    guard let splits = leader.smoothing.splits else { return nil }
    return try counts(at: x, input: 0, purpose: .estimation, samples: 0..<splits)
  }

  /// Consecutive ranges whose lengths differ by at most 1.
  static func split(_ range: Range<Int>, into count: Int) -> [Range<Int>] {
    (0..<count).map { part in
      range.lowerBound + range.count * part / count..<range.lowerBound + range.count * (part + 1) / count
    }
  }

  /// A classifier that one thread uses at a time: the caller waits for the helpers.
  private struct Member: @unchecked Sendable {
    let classifier: SmoothedClassifier
  }
}
