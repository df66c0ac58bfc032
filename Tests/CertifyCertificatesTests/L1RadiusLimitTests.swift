import CertifyCertificates
import CertifySmoothing
import CertifyThreat
import Foundation
import Testing

/// What ever more samples would give under the noises for ℓ₁.
@Suite struct L1RadiusLimitTests {
  typealias Method = L1Certificate.Method

  private static func limit(
    _ counts: [Int], failed: Int = 0, method: Method, norm: Norm = .l1
  ) throws -> RadiusLimit {
    try L1Certificate.limit(
      counts: ClassCounts(counts: counts, failed: failed), candidate: 0, method: method, lambda: 0.5,
      alpha: 0.001, norm: norm, inputCount: 100)
  }

  private static func proof(_ counts: [Int], method: Method, norm: Norm = .l1) throws -> Double {
    try L1Certificate(
      counts: ClassCounts(counts: counts, failed: 0), candidate: 0, method: method, lambda: 0.5,
      alpha: 0.001
    ).radius(norm: norm, inputCount: 100) ?? 0
  }

  /// The radius that the shares p and q themselves give.
  private static func truth(_ method: Method, _ p: Double, _ q: Double) -> Double {
    switch method {
    case .uniformProbabilityLower: 0.5 * (2 * p - 1)
    case .uniformRunnerUp: 0.5 * (p - q)
    case .laplaceProbabilityLower: -0.5 * log(2 * (1 - p))
    case .laplaceRunnerUp: max(0.25 * log(p / q), -0.5 * log(1 - p + q))
    }
  }

  /// The same shares of ever more samples: the proof rises and the limit falls towards what the shares give.
  @Test(arguments: Method.allCases, [Norm.l1, .l2, .linf])
  func proofAndLimitCloseInOnTheTruth(_ method: Method, _ norm: Norm) throws {
    let factor = norm == .l1 ? 1.0 : norm == .l2 ? 10 : 100
    let truth = Self.truth(method, 0.9, 0.06) / factor
    var (lastProof, lastLimit) = (0.0, Double.infinity)
    for samples in [1000, 10_000, 1_000_000, 1_000_000_000] {
      let counts = [0.9, 0.06, 0.04].map { Int($0 * Double(samples)) }
      let proof = try Self.proof(counts, method: method, norm: norm)
      let limit = try Self.limit(counts, method: method, norm: norm).method
      #expect(proof < truth && truth < limit)
      #expect(proof > lastProof && limit < lastLimit)
      (lastProof, lastLimit) = (proof, limit)
    }
    #expect(lastLimit - lastProof < 1e-3)
  }

  /// Beyond the best limit a classifier of two half-spaces answers another class: both ends of its first coordinate,
  /// integrated numerically.
  @Test(arguments: [true, false]) func twoHalfSpacesMeetAtTheBestLimit(_ isUniform: Bool) throws {
    let lambda = 0.5
    func density(_ u: Double) -> Double {
      isUniform ? (abs(u) < lambda ? 1 : 0) : exp(-abs(u) / lambda) / (2 * lambda)
    }
    func mass(above start: Double) -> Double {
      let (end, count) = (start + 20 * lambda, 200_000)
      let width = (end - start) / Double(count)
      return (0..<count).reduce(0) { $0 + density(start + (Double($1) + 0.5) * width) } * width
    }
    func threshold(_ tail: Double) -> Double {
      var (low, high) = (-10 * lambda, 10 * lambda)
      for _ in 0..<40 {
        let middle = (low + high) / 2
        if mass(above: middle) > tail { low = middle } else { high = middle }
      }
      return low
    }
    let samples = 100_000_000
    for (p, q) in [(0.9, 0.06), (0.6, 0.4), (0.45, 0.3)] {
      let method = isUniform ? Method.uniformRunnerUp : .laplaceRunnerUp
      let rest = 1 - p - q
      let best = try Self.limit(
        [p, q, rest].map { Int(($0 * Double(samples)).rounded()) }, method: method
      ).best
      let (top, bottom) = (threshold(1 - p), threshold(q))
      // The class where u ≤ top, the rival where u ≥ bottom; x moves by the limit.
      let own = 1 - mass(above: top - best)
      let rival = mass(above: bottom - best)
      #expect(rival >= own - 1e-3, "\(p) \(q): \(own) \(rival) at \(best)")
      #expect(mass(above: bottom - 0.9 * best) < 1 - mass(above: top - 0.9 * best))
    }
  }

  /// No proof of either method passes the best limit, in any norm; with two classes there is none better.
  @Test(arguments: [true, false], [Norm.l1, .l2, .linf])
  func noProofPassesTheBestLimit(_ isUniform: Bool, _ norm: Norm) throws {
    let methods = Method.allCases.filter { $0.isUniform == isUniform }
    for counts in [[900, 100, 0], [500, 300, 200], [997, 2, 1], [999, 1, 0], [450, 300, 250]] {
      for method in methods {
        let limit = try Self.limit(counts, method: method, norm: norm)
        #expect(limit.best >= limit.method)
        for other in methods { #expect(try Self.proof(counts, method: other, norm: norm) <= limit.best) }
      }
    }
    for hits in [600, 900, 990] {
      for method in methods where !method.boundsRunnerUp {
        let limit = try Self.limit([hits, 1000 - hits], method: method)
        #expect(abs(limit.best - limit.method) < 1e-9 * limit.best)
      }
    }
  }

  /// Uniform noise certifies no more than λ; Laplace's has no such end.
  @Test func equalAnswers() throws {
    for method in Method.allCases {
      let limit = try Self.limit([990, 0, 0], failed: 10, method: method)
      #expect(limit == (try Self.limit([1000, 0, 0], method: method)))
      if method.isUniform {
        #expect(abs(limit.best - 0.5) < 1e-9 && abs(limit.method - 0.5) < 1e-9)
      } else {
        #expect(limit == RadiusLimit(method: .infinity, best: .infinity))
      }
    }
    #expect(throws: CertificateError.self) {
      try L1Certificate.limit(
        counts: ClassCounts(counts: [5, 1], failed: 0), candidate: 0, method: .uniformRunnerUp, lambda: 0,
        alpha: 0.001, norm: .l1, inputCount: 3)
    }
  }
}
