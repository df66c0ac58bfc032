import CertifyAttacks
import CertifyCertificates
import CertifyEngine
import CertifyThreat
import CertifyTraining

/// The demonstration once: 400 samples, 60 % to train on; a logistic regression; another one on the training samples
/// and what FGSM makes of them.
struct LinearDemoTrial {
  static let epsilon = 1.0

  let training: [TwoGaussians.Sample]
  let test: [TwoGaussians.Sample]
  let plain: Line
  let defended: Line

  init(seed: UInt64, index: Int) {
    var generator = SplitMix64(seed: seed, input: index, stage: 0x6C69_6E64)
    let samples = TwoGaussians.draw(400, using: &generator).shuffled(using: &generator)
    training = Array(samples[..<240])
    let plain = Line.logisticRegression(training)
    defended = Line.logisticRegression(
      training + training.map { plain.attacked($0, epsilon: Self.epsilon) })
    self.plain = plain
    test = Array(samples[240...])
  }

  /// Clean and attacked accuracy on the test samples, plain first, then defended; each is attacked by its own gradient.
  var accuracies: [Double] {
    [
      plain.accuracy(on: test), plain.accuracy(on: test, epsilon: Self.epsilon),
      defended.accuracy(on: test), defended.accuracy(on: test, epsilon: Self.epsilon),
    ]
  }

  /// The test samples that the plain classifier gets right, bracketed between the exact certificate and an attack.
  func brackets(norm: Norm, first count: Int) throws -> [LinearBracket] {
    let model = try TrainableModel(architecture: .logistic, inputShape: [2], classCount: 2, seed: 0)
    // z₁ − z₀ = w·x + b; the rows are ±½.
    var parameters = model.parameters
    for view in model.views {
      let halves =
        view.role == .weight
        ? [-plain.weights.0, -plain.weights.1, plain.weights.0, plain.weights.1]
        : [-plain.offset, plain.offset]
      for (place, half) in zip(view.range, halves) { parameters[place] = Float(half / 2) }
    }
    let graph = try model.graph(batchSize: 64, parameters: parameters)
    let linear = try LinearModel(graph: try model.graph(batchSize: 1, parameters: parameters))
    let reference = try GraphClassifier(graph: graph, gradients: false)
    let gradients = try GraphClassifier(graph: graph, gradients: true)
    let threat = ThreatModel(norm: norm, space: InputSpace(bounds: nil, gridSteps: nil))
    // FGSM's direction is that of the nearest witness of a linear model.
    let attacks = try [AttackName.fgsm, .best].map {
      try BaseAttack(name: $0, goal: .smallestNorm, threat: threat, seed: 0)
    }
    let right = test.enumerated().filter { $0.element.y * plain.value($0.element.x) > 0 }.prefix(count)
    return try right.map { index, sample in
      let point = [Float(sample.x.0), Float(sample.x.1)]
      let label = sample.y > 0 ? 1 : 0
      let input = AttackInput(index: index, point: point, grid: nil, label: label)
      let found = try attacks.compactMap {
        try $0.run(on: input, reference: reference, gradients: gradients).witness?.distance
      }
      let certificate = try linear.certificate(input: point, label: label, norm: norm)
      return LinearBracket(
        lower: certificate.radius, upper: found.min() ?? .infinity,
        exact: certificate.realRadius)
    }
  }
}

/// What is proven of one input, and what an attack found.
struct LinearBracket {
  var lower: Double
  var upper: Double
  /// The radius in real arithmetic.
  var exact: Double

  /// Negative for a contradiction.
  var width: Double { upper - lower }
  /// What the certificate gives up for the rounding errors of the program that evaluates the model.
  var allowance: Double { exact - lower }
}
