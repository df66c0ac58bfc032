import CertifyAttacks
import CertifySmoothing
import CertifyThreat
import Testing
import _CertifyTestSupport

@Suite struct AttackErrorTests {
  let threat = BaseAttackTests.threat(.l2, box: true)

  @Test func unknownNamesListWhatExists() {
    let error = #expect(throws: AttackError.self) { try AttackName(name: "pdg") }
    let text = error.map { "\($0)" } ?? ""
    for name in AttackName.names { #expect(text.contains(name)) }
    #expect(text.contains("'pdg'"))
  }

  @Test(arguments: [
    (AttackName.smoothadv, AttackGoal.smallestNorm), (.best, .epsilons([0.1])), (.auto, .smallestNorm),
    (.square, .smallestNorm), (.apgdTargeted, .smallestNorm), (.momentum, .smallestNorm),
  ]) func unsupportedForTheBaseClassifier(_ name: AttackName, _ goal: AttackGoal) throws {
    let error = #expect(throws: AttackError.self) {
      try BaseAttack(name: name, goal: goal, threat: threat, seed: 0)
    }
    #expect("\(try #require(error))".contains("pgd"))
  }

  @Test func unsupportedForTheSmoothedClassifier() throws {
    let noise = try NoiseGenerator(smoothing: Smoothing(noise: .gaussian, sigma: 0.25), dimension: 4, seed: 0)
    let error = #expect(throws: AttackError.self) {
      try SmoothedAttack(name: .pgd, goal: .smallestNorm, threat: threat, noise: noise)
    }
    #expect("\(try #require(error))".contains("smoothadv"))
  }

  @Test func gradientsAreNeeded() throws {
    let problem = LinearProblem(shape: [4], classCount: 3, seed: 1)
    let attack = try BaseAttack(name: .pgd, goal: .smallestNorm, threat: threat, seed: 0)
    let error = #expect(throws: AttackError.self) {
      try attack.run(on: problem.input(), reference: problem.classifier(batchSize: 2), gradients: nil)
    }
    #expect("\(try #require(error))".contains("random-search"))
    let best = try BaseAttack(name: .best, goal: .smallestNorm, threat: threat, seed: 0)
    let outcome = try best.run(
      on: problem.input(), reference: problem.classifier(batchSize: 2), gradients: nil)
    #expect(["random-search", "hopskipjump"].contains(outcome.witness?.attack))
  }

  @Test(arguments: [[], [0], [-1], [Double.nan], [0.1, .infinity]]) func epsilonsArePositive(
    _ epsilons: [Double]
  ) {
    #expect(throws: AttackError.self) {
      try BaseAttack(name: .pgd, goal: .epsilons(epsilons), threat: threat, seed: 0)
    }
  }

  @Test func parametersAreChecked() throws {
    let changes: [(inout AttackParameters) -> Void] = [
      { $0.steps = 0 }, { $0.restarts = -1 }, { $0.maximumQueries = 0 }, { $0.maximumSmoothedQueries = 0 },
      { $0.smoothedSteps = 0 }, { $0.noiseSamples = 0 }, { $0.beta = 0 }, { $0.beta = .nan },
      { $0.beta = 0.7 },
      { $0.maximumCandidates = 0 }, { $0.flipSelectionSamples = 0 }, { $0.flipMaximumSamples = 0 },
    ]
    for change in changes {
      var parameters = AttackParameters()
      change(&parameters)
      #expect(throws: AttackError.self) { try parameters.validate() }
      #expect(throws: AttackError.self) {
        try BaseAttack(name: .pgd, goal: .smallestNorm, threat: threat, parameters: parameters, seed: 0)
      }
    }
    try AttackParameters().validate()
  }

  @Test func inputsAreChecked() throws {
    let problem = LinearProblem(shape: [4], classCount: 3, seed: 1)
    let attack = try BaseAttack(name: .fgsm, goal: .smallestNorm, threat: threat, seed: 0)
    var wrongSize = problem.input(index: 7)
    wrongSize.point.removeLast()
    var wrongLabel = problem.input(index: 7)
    wrongLabel.label = 3
    var outside = problem.input(index: 7)
    outside.point[2] = 1.5
    var missing = problem.input(index: 7)
    missing.point[1] = .nan
    for input in [wrongSize, wrongLabel, outside, missing] {
      let error = #expect(throws: AttackError.self) {
        try attack.run(
          on: input, reference: problem.classifier(batchSize: 2), gradients: problem.classifier(batchSize: 2))
      }
      #expect("\(try #require(error))".contains("input 7"))
    }
  }
}
