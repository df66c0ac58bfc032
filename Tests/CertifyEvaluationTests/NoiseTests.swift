import CertifyAttacks
import CertifyCertificates
import CertifyEvaluation
import CertifyResults
import CertifySmoothing
import CertifyThreat
import Testing

/// Brackets under every family of noise.
struct NoiseTests {
  static func run(_ noise: NoiseFamily, sigma: Double) throws -> DigitsRun {
    var run = try DigitsRun()
    run.configuration.norms = [.l1, .l2, .linf]
    run.configuration.smoothings = [Smoothing(noise: noise, sigma: sigma)]
    run.configuration.smoothedCertificate = SmoothedCertificates.applying(to: noise).first
    return run
  }

  @Test(arguments: NoiseFamily.allCases.filter { !["gaussian", "gaussian-sound"].contains($0.rawValue) })
  func endsAreInOrder(noise: NoiseFamily) throws {
    let run = try Self.run(noise, sigma: 0.25)
    let brackets = try run.run(Array(0..<8)).inputs.flatMap(\.brackets)
    var both = 0
    for bracket in brackets {
      #expect(!bracket.isContradictory && bracket.contradiction == nil, "\(bracket)")
      #expect(bracket.abstained == (bracket.lower == nil))
      guard bracket.correct, let lower = bracket.lower else { continue }
      #expect(lower.floatSound == noise.isFloatSound)
      #expect(lower.confidence == (noise.isDeterministic ? 1 : 1 - run.configuration.alpha))
      if let upper = bracket.upper {
        both += 1
        if !noise.isDeterministic {
          let parts = try #require(bracket.gapParts)
          #expect(abs(try #require(parts.total) - (upper.radius - lower.radius)) <= 1e-12)
          #expect([parts.sampling, parts.method, parts.attack].allSatisfy { $0 ?? -1 >= 0 })
        }
        #expect(upper.confidence == (noise.isDeterministic ? 1 : 1 - run.configuration.attackParameters.beta))
        #expect(upper.flipTest?.outcome == .flipped)
      }
    }
    #expect(brackets.count == 24)
    #expect(both >= 12, "most brackets must have both ends, \(both) do")
    // Radii are ordered as the norms are.
    for start in stride(from: 0, to: brackets.count, by: 3) {
      let radii = brackets[start..<start + 3].map { $0.lower?.radius ?? 0 }
      #expect(radii[0] >= radii[1] && radii[1] >= radii[2])
    }
  }

  /// Counts in the record give the radius again, with λ and M as recorded.
  @Test(arguments: NoiseFamily.allCases)
  func recordsGiveTheRadiusAgain(noise: NoiseFamily) throws {
    var run = try Self.run(noise, sigma: 0.25)
    run.configuration.smoothedAttack = .none
    var seen = 0
    for certificate in SmoothedCertificates.applying(to: noise) {
      run.configuration.smoothedCertificate = certificate
      for bracket in try run.run([3, 4, 5]).inputs.flatMap(\.brackets) where bracket.correct {
        let lower = try #require(bracket.lower)
        let sampling = try #require(lower.sampling)
        let norm = try #require(bracket.norm.norm)
        let again = try SmoothedCertificates.named(lower.method)?.lowerBound(
          from: sampling, smoothing: #require(bracket.smoothing), norm: norm, dimension: 64)
        #expect(again == lower)
        #expect(
          (bracket.smoothing?.lambda == nil)
            == (noise == .gaussian || noise == .gaussianSound || noise.isDeterministic))
        #expect(bracket.smoothing?.splits == (noise.isDeterministic ? 220 : nil))
        seen += 1
      }
    }
    #expect(seen >= 6)
  }

  /// The splitting classifier is exact: every bracket is decided, each attack's witness is recomputed by hand.
  @Test func splittingIsExact() throws {
    let run = try Self.run(.splitting, sigma: 0.25)
    let source = run.classifier
    let smoothed = try SmoothedClassifier(
      classifier: source.makeSamplingClassifier(batchSize: 64), smoothing: run.configuration.smoothings[0],
      seed: run.configuration.seed)
    for input in try run.run(Array(0..<10)).inputs {
      let grid = try #require(run.dataset.gridInput(input.index))
      let counts = try #require(try smoothed.exactCounts(at: .grid(grid)))
      let certificate = try SplittingCertificate(counts: counts)
      for bracket in input.brackets {
        #expect(!bracket.abstained && bracket.predicted == certificate.predicted)
        let (lower, norm) = (try #require(bracket.lower), try #require(bracket.norm.norm))
        #expect(
          lower.sampling?.counts == counts.counts && lower.sampling?.samples == 220
            && lower.sampling?.alpha == 0)
        #expect(
          lower.radius == (bracket.correct ? certificate.radius(norm: norm, inputCount: 64) ?? -1 : 0)
        )
      }
    }
  }

  /// Other samplings of the same seed are the same, whatever the threads.
  @Test(arguments: [NoiseFamily.laplaceSound, .uniform, .splitting])
  func jobsDoNotMatter(noise: NoiseFamily) throws {
    let run = try Self.run(noise, sigma: 0.1)
    let alone = try run.run([1, 2, 3], jobs: 1)
    #expect(try run.run([1, 2, 3], jobs: 5).inputs == alone.inputs)
  }
}
