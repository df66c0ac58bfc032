import CertifyEngine
import CertifyModel
import CertifyThreat
import Testing
import _CertifyTestSupport

@testable import CertifyTraining

/// The gradient that an objective returns against central differences of the loss that it returns, along random
/// directions of θ.
struct ObjectiveGradientTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var objective: Objective
    var threat = DigitsTraining.noThreat
    /// `nil` for a given network with tanh.
    var architecture: Architecture? = .mlp(hidden: [24])
    /// The length of the differences.
    var h: Float = 1e-3
    var testDescription: String { "\(objective), \(threat.norm), \(architecture?.description ?? "tanh")" }

    func model() throws -> TrainableModel {
      if let architecture { return try DigitsTraining.model(architecture) }
      return try TrainableModel(
        fineTuning: LoadedClassifier(
          model: OnnxModel.load(path: Fixtures.path("models/training/mlp.onnx"))))
    }
  }

  /// Attacks by signs end in the same point for θ ± hu; other attacks are held to tiny steps from their random starts.
  /// The norm of a gradient is smooth where the network is.
  static let cases: [Case] = [
    Case(objective: .standard), Case(objective: .standard, architecture: .cnn),
    Case(objective: .standard, architecture: .resnet8),
    Case(objective: .standard, architecture: .mlp(hidden: [24], activation: .gelu)),
    Case(objective: .gaussian(sigma: 0.25)),
    Case(objective: .fgsm(length: 1.25), threat: DigitsTraining.threat(0.1), architecture: .logistic),
    Case(objective: .pgd(steps: 5, length: 0.5), threat: DigitsTraining.threat(0.1), architecture: .logistic),
    Case(objective: .pgd(steps: 2, length: 1e-7), threat: DigitsTraining.threat(0.5, .l2)),
    Case(
      objective: .gradientPenalty(weight: 0.5, step: 0.02), threat: DigitsTraining.threat(0, .l2),
      architecture: nil),
    Case(
      objective: .gradientPenalty(weight: 0.5, step: 0.01), threat: DigitsTraining.threat(0, .linf),
      architecture: .logistic),
    Case(
      objective: .smoothAdv(sigma: 0.25, samples: 3, steps: 2, length: 1e-7),
      threat: DigitsTraining.threat(0.5, .l2)),
    Case(objective: .trades(beta: 6, steps: 2, length: 1e-7), threat: DigitsTraining.threat(0.2)),
    Case(objective: .trades(beta: 2, steps: 1, length: 1e-7), threat: DigitsTraining.threat(1, .l2)),
    Case(objective: .ibp(ramp: 0.5), threat: DigitsTraining.threat(0.05)),
    Case(objective: .ibp(ramp: 0), threat: DigitsTraining.threat(0.02), architecture: .cnn),
    Case(
      objective: .ibp(ramp: 0.5), threat: DigitsTraining.threat(0.01), architecture: .resnet8,
      h: 1e-4),
  ]

  @Test(arguments: cases)
  func isThatOfTheLoss(_ testCase: Case) throws {
    let model = try testCase.model()
    let data = try DigitsTraining.data()
    let rows = 20
    let worker = try testCase.objective.makeWorker(
      model, rows: rows + 3, threat: testCase.threat, draws: Draws(seed: 3))
    var random = SplitMix(seed: 4)
    // Scales and shifts start at 0; elsewhere they do something.
    let parameters = zip(0..., model.parameters).map { index, number in
      number + Float(0.2 * (random.unit() - 0.5))
    }
    func part(scale: Float) -> BatchPart {
      BatchPart(data: data, indices: Array(40..<40 + rows)[...], epoch: 1, progress: 0.7, scale: scale)
    }
    func loss(_ parameters: [Float]) throws -> Double {
      try worker.load(parameters)
      return try worker.run(part(scale: 1 / Float(rows))).loss / Double(rows)
    }
    _ = try loss(parameters)
    let gradient = worker.gradient
    #expect(gradient.count == parameters.count)
    for _ in 0..<3 {
      // A direction near the gradient's, so that the slope is not lost in rounding errors.
      let noise = Float(0.5 * gradient.map(abs).reduce(0, +) / Float(gradient.count))
      var direction = gradient.map { $0 + noise * Float(2 * random.unit() - 1) }
      let length = direction.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      direction = direction.map { Float(Double($0) / length) }
      let h = testCase.h
      let up = try loss(zip(parameters, direction).map { $0 + h * $1 })
      let down = try loss(zip(parameters, direction).map { $0 - h * $1 })
      let slope = (up - down) / (2 * Double(h))
      let expected = zip(gradient, direction).reduce(0) { $0 + Double($1.0) * Double($1.1) }
      #expect(abs(slope - expected) <= 0.02 * abs(expected), "slope \(slope), gradient \(expected)")
    }
  }

  /// A gradient is a sum over inputs: two parts give what the whole gives.
  @Test(arguments: [Objective.standard, .trades(beta: 3, steps: 1, length: 0.5), .ibp(ramp: 0.5)])
  func partsAddUp(_ objective: Objective) throws {
    let model = try DigitsTraining.model()
    let data = try DigitsTraining.data()
    let worker = try objective.makeWorker(
      model, rows: 12, threat: DigitsTraining.threat(0.1), draws: Draws(seed: 3))
    try worker.load(model.parameters)
    func gradient(_ indices: Range<Int>) throws -> [Float] {
      let part = BatchPart(
        data: data, indices: Array(indices)[...], epoch: 2, progress: 0.3, scale: 1.0 / 12)
      _ = try worker.run(part)
      return worker.gradient
    }
    let (whole, first, second) = (try gradient(0..<12), try gradient(0..<5), try gradient(5..<12))
    let largest = whole.map(abs).max() ?? 0
    for index in whole.indices {
      #expect(abs(first[index] + second[index] - whole[index]) <= 1e-5 * largest)
    }
  }

  @Test(arguments: [Norm.linf, .l2, .l1])
  func attackedPointsStayInTheBallAndHurt(_ norm: Norm) throws {
    let model = try DigitsTraining.model()
    let data = try DigitsTraining.data()
    let epsilon = norm == .linf ? 0.15 : norm == .l2 ? 0.8 : 3
    let rows = try NetworkRows(model, rows: 16)
    let attack = RowAttack(
      rows, capacity: 16, threat: DigitsTraining.threat(epsilon, norm), draws: Draws(seed: 1))
    let part = BatchPart(data: data, indices: Array(0..<16)[...], epoch: 1, progress: 0, scale: 1)
    rows.write(part)
    try rows.classifier.forward(count: 16)
    let before = rows.crossEntropy(count: 16, scale: 1) { part.label($0) }
    try attack.move(to: part, epsilon: epsilon)
    try attack.run(part, steps: 10, length: 0.25 * epsilon)
    try rows.classifier.forward(count: 16)
    let after = rows.crossEntropy(count: 16, scale: 1) { part.label($0) }
    #expect(after.loss > before.loss + 16 * 0.05)
    for row in 0..<16 {
      let set = try FeasibleSet(
        norm: norm, bounds: InputSpace.Bounds(lower: 0, upper: 1), center: Array(data.point(row)),
        radius: epsilon)
      #expect(set.contains(UnsafeBufferPointer(rows.row(row))))
    }
  }
}
