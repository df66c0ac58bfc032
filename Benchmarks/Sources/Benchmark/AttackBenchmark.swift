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
    let gradients = try source.makeDifferentiableClassifier(batchSize: min(source.preferredBatchSize, 64))
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
      for index in 0..<count {
        let input = AttackInput(
          index: index, point: dataset.input(index), grid: nil, label: labels[index])
        let outcome = try attack.run(on: input, reference: reference, gradients: gradients)
        if outcome.witness == nil { robust += 1 }
      }
    }
    return Result(time: time, accuracy: Double(robust) / Double(count))
  }
}
