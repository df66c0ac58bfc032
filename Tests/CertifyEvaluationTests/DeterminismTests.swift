import CertifyAttacks
import CertifyEngine
import CertifyEvaluation
import CertifyModel
import CertifyResults
import CertifySmoothing
import CertifyThreat
import Testing
import _CertifyTestSupport

/// A bracket depends on its input alone: not on the threads, nor on which inputs are evaluated with it.
struct DeterminismTests {
  @Test func jobsDoNotMatter() throws {
    var run = try BracketTests.wide(method: .runnerUp)
    run.configuration.norms = [.l2, .linf]
    let indices = Array(3..<12)
    let alone = try run.run(indices, jobs: 1)
    #expect(alone.inputs.map(\.index) == indices)
    for jobs in [2, 5] {
      #expect(try run.run(indices, jobs: jobs).inputs == alone.inputs, "\(jobs) jobs")
    }
  }

  /// With fewer inputs than jobs, the samples of an input are shared out.
  @Test(arguments: [Sampler.direct, .exactLinear])
  func jobsDoNotMatterToFewInputs(_ sampler: Sampler) throws {
    var run = try DigitsRun(model: "digits_logistic")
    run.configuration.smoothings = [Smoothing(noise: .gaussian, sigma: 0.25)]
    run.configuration.sampler = sampler
    run.configuration.samples = 3000
    run.configuration.attackParameters.maximumSmoothedQueries = 4000
    for indices in [[4], [4, 5]] {
      let alone = try run.run(indices, jobs: 1)
      for jobs in [2, 5] {
        #expect(try run.run(indices, jobs: jobs).inputs == alone.inputs, "\(jobs) jobs, \(indices)")
      }
    }
  }

  /// The samplers draw the same law: their counts differ, and no more than those of two samples do.
  ///
  /// A difference of 6 standard deviations has probability 2·10⁻⁹; 40 are looked at.
  @Test func samplersAgreeOnTheEngine() throws {
    var run = try DigitsRun(model: "digits_logistic")
    run.configuration.smoothings = [Smoothing(noise: .gaussian, sigma: 0.5)]
    run.configuration.smoothedAttack = .none
    run.configuration.samples = 20_000
    func counts(_ sampler: Sampler) throws -> [[Int]] {
      run.configuration.sampler = sampler
      return try run.run(Array(0..<4)).inputs.flatMap(\.brackets).compactMap(\.lower?.sampling?.counts)
    }
    let (direct, exact) = (try counts(.direct), try counts(.exactLinear))
    #expect(direct.count >= 2 && direct.count == exact.count)
    #expect(direct != exact)
    for (a, b) in zip(direct.joined(), exact.joined()) {
      let p = Double(a + b + 2) / 40_004
      #expect(abs(Double(a - b)) <= 6 * (2 * 20_000 * p * (1 - p)).squareRoot() + 6, "\(a) and \(b)")
    }
  }

  @Test func companyDoesNotMatter() throws {
    var run = try DigitsRun(model: "digits_cnn")
    run.configuration.attackParameters.maximumSmoothedQueries = 4000
    run.configuration.classifiers = [.base, .smoothed]
    let together = try run.run([0, 1, 2, 3, 4, 5, 6, 7]).inputs
    for (subset, jobs) in [([5], 1), ([7, 2], 2), ([6, 5, 4], 1)] {
      let apart = try run.run(subset, jobs: jobs).inputs
      // In the order in which they were asked for.
      #expect(apart == subset.map { together[$0] })
    }
  }

  /// Attacks whose rows share batches: the same brackets on any number of threads and beside any other inputs.
  @Test(arguments: [AttackName.pgd, .momentum], [1, 3])
  func sharedBatchesDoNotMatter(_ attack: AttackName, _ restarts: Int) throws {
    var run = try DigitsRun(model: "digits_mlp")
    run.configuration.classifiers = [.base]
    run.configuration.norms = [.linf, .l2]
    run.configuration.baseAttack = attack
    run.configuration.goal = .epsilons([0.1, 0.3])
    run.configuration.attackParameters.restarts = restarts
    let alone = try run.run(Array(0..<40), jobs: 1).inputs
    #expect(alone.count == 40)
    let found = alone.flatMap(\.brackets).map { $0.upper != nil }
    #expect(found.contains(true) && found.contains(false))
    for jobs in [2, 5] {
      #expect(try run.run(Array(0..<40), jobs: jobs).inputs == alone, "\(jobs) jobs")
    }
    for some in [Array(0..<1), Array(0..<7), [39, 3, 12], Array(20..<40)] {
      #expect(try run.run(some, jobs: 1).inputs == some.map { alone[$0] }, "\(some)")
    }
    // What is certified besides, and how inputs are handed out then, changes nothing either.
    let certificate = FalseBaseCertificate(onlyOnce: true)
    run.configuration.baseCertificates = [certificate]
    let both = try run.run(Array(0..<9), jobs: 2).inputs
    #expect(both.map { $0.brackets.map(\.upper) } == alone.prefix(9).map { $0.brackets.map(\.upper) })
  }

  @Test func seedDecides() throws {
    var run = try DigitsRun()
    run.configuration.smoothedAttack = .none
    func counts() throws -> [[Int]] {
      try run.run(Array(0..<6)).inputs.flatMap(\.brackets).compactMap(\.lower?.sampling?.counts)
    }
    let first = try counts()
    #expect(try counts() == first)
    run.configuration.seed += 1
    #expect(try counts() != first)
  }

  /// The batch size is a matter of speed: the counts are the same as long as f's bits are.
  @Test func batchSizeDoesNotChangeCounts() throws {
    var run = try DigitsRun()
    run.configuration.smoothedAttack = .none
    let expected = try run.run(Array(0..<4)).inputs
    for size in [1, 7, 31] {
      run.configuration.batchSize = size
      #expect(try run.run(Array(0..<4)).inputs == expected, "batches of \(size)")
    }
  }
}
