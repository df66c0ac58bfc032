import CertifyThreat

/// Cross-entropy at x′ + ηᵢ, averaged over m samples of the noise, where x′ ascends −log (1/m) Σᵢ softmax(z(x′ + ηᵢ))_y
/// with the same samples (Salman et al. 2019, arXiv 1906.04584, algorithm 1).
final class SmoothAdvWorker: ObjectiveWorker {
  private let rows: NetworkRows
  private let attack: RowAttack
  private let noise: TrainingNoise
  private let epsilon: Double
  private let samples: Int
  private let steps: Int
  private let length: Double
  /// x′ of each input, and the mean of its copies' gradients.
  private let points: [UnsafeMutableBufferPointer<Float>]
  private let mean: UnsafeMutableBufferPointer<Float>
  private let probabilities: UnsafeMutableBufferPointer<Float>
  var gradient: [Float] { rows.gradient }

  init(
    _ model: TrainableModel, rows count: Int, threat: ThreatSetting, sigma: Double, samples: Int, steps: Int,
    length: Double, draws: Draws
  ) throws {
    rows = try NetworkRows(model, rows: count * samples)
    attack = RowAttack(rows, capacity: count, threat: threat, draws: draws)
    noise = try TrainingNoise(sigma: sigma, dimension: rows.dimension, draws: draws)
    epsilon = threat.epsilon
    self.samples = samples
    self.steps = steps
    self.length = length * threat.epsilon
    let dimension = rows.dimension
    func buffer(_ count: Int) -> UnsafeMutableBufferPointer<Float> {
      let made = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
      made.initialize(repeating: 0)
      return made
    }
    points = (0..<count).map { _ in buffer(dimension) }
    mean = buffer(dimension)
    probabilities = buffer(rows.classCount * samples)
  }

  deinit {
    for point in points { point.deallocate() }
    mean.deallocate()
    probabilities.deallocate()
  }

  func load(_ parameters: [Float]) throws { try rows.load(parameters) }

  func run(_ part: BatchPart) throws -> PartResult {
    rows.reset()
    try attack.move(to: part, epsilon: epsilon)
    for row in 0..<part.count {
      _ = points[row].update(fromContentsOf: part.data.point(part.index(row)))
    }
    for _ in 0..<steps {
      try evaluate(part)
      for row in 0..<part.count { writeGradient(of: row, label: part.label(row)) }
      try rows.classifier.backward(count: part.count * samples)
      for row in 0..<part.count {
        average(row)
        attack.ascend(row, points[row], along: UnsafeBufferPointer(mean), length: length)
      }
    }
    try evaluate(part)
    let result = rows.crossEntropy(count: part.count * samples, scale: part.scale / Float(samples)) {
      part.label($0 / samples)
    }
    try rows.addGradient()
    return PartResult(loss: result.loss / Double(samples), correct: result.correct / samples)
  }

  /// Evaluates every copy of every point.
  private func evaluate(_ part: BatchPart) throws {
    for row in 0..<part.count {
      for sample in 0..<samples {
        noise.write(points[row], part: part, row: row, sample: sample, into: rows.row(row * samples + sample))
      }
    }
    try rows.classifier.forward(count: part.count * samples)
  }

  /// ∂(−log Σᵢ pᵢ)/∂zᵢ = −(pᵢ/Σp)(e_y − softmax(zᵢ)), pᵢ = softmax(zᵢ)_y.
  private func writeGradient(of row: Int, label: Int) {
    let k = rows.classCount
    var total: Float = 0
    for sample in 0..<samples {
      let share = UnsafeMutableBufferPointer(rebasing: probabilities[sample * k..<(sample + 1) * k])
      CrossEntropy.softmax(rows.logits(row * samples + sample), into: share)
      total += share[label]
    }
    for sample in 0..<samples {
      let gradient = rows.logitGradient(row * samples + sample)
      let weight =
        total > 0 ? probabilities[sample * k + label] / total : 1 / Float(samples)
      for c in 0..<k { gradient[c] = weight * (probabilities[sample * k + c] - (c == label ? 1 : 0)) }
    }
  }

  private func average(_ row: Int) {
    mean.update(repeating: 0)
    for sample in 0..<samples {
      let gradient = rows.inputGradient(row * samples + sample)
      for i in mean.indices { mean[i] += gradient[i] }
    }
  }
}
