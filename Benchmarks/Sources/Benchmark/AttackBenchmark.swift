import CertifyAttacks
import CertifyData
import CertifyEngine
import CertifyModel
import CertifyThreat

/// PGD with a fixed ε on the first inputs of a data set.
struct AttackBenchmark: Decodable {
  var model: String
  var data: String
  var count: Int
  var norm: Norm
  var epsilon: Double
  var steps: Int
  var restarts: Int

  struct Result: Encodable {
    var time: Stopwatch.Reading
    /// The share of inputs that keep their label.
    var accuracy: Double
  }

  func run() throws -> Result {
    let source = try LoadedClassifier(model: .load(path: model))
    let dataset = try Dataset.load(path: data).reshaped(to: source.inputShape)
    let labels = try dataset.requiredLabels()
    let reference = try source.makeClassifier(batchSize: 1)
    guard let gradients = try source.makeDifferentiableClassifier(batchSize: 24) else {
      throw BenchmarkError.badRequest("\(model) has no gradients")
    }
    let shared = try source.makeSharedClassifier()
    var parameters = AttackParameters()
    parameters.steps = steps
    parameters.restarts = restarts
    // Real-valued perturbations, as the peer's.
    let space = InputSpace(bounds: .init(lower: 0, upper: 1), gridSteps: nil)
    let attack = try BaseAttack(
      name: .pgd, goal: .epsilons([epsilon]), threat: ThreatModel(norm: norm, space: space),
      parameters: parameters, seed: 0)
    var robust = 0
    let time = try Stopwatch.measure {
      let inputs = (0..<count).map {
        AttackInput(index: $0, point: dataset.input($0), grid: nil, label: labels[$0])
      }
      let outcomes =
        try shared.map {
          try attack.run(on: inputs, reference: reference, gradients: gradients, shared: $0)
        } ?? inputs.map { try attack.run(on: $0, reference: reference, gradients: gradients) }
      robust = outcomes.count { $0.witness == nil }
    }
    return Result(time: time, accuracy: Double(robust) / Double(count))
  }
}
