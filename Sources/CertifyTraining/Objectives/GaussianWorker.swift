import CertifySmoothing

/// Cross-entropy at x + ση, with fresh noise for every input in every epoch.
final class GaussianWorker: ObjectiveWorker {
  private let rows: NetworkRows
  private let noise: TrainingNoise
  var gradient: [Float] { rows.gradient }

  init(_ model: TrainableModel, rows: Int, sigma: Double, draws: Draws) throws {
    self.rows = try NetworkRows(model, rows: rows)
    noise = try TrainingNoise(sigma: sigma, dimension: self.rows.dimension, draws: draws)
  }

  func load(_ parameters: [Float]) throws { try rows.load(parameters) }

  func run(_ part: BatchPart) throws -> PartResult {
    rows.reset()
    for row in 0..<part.count {
      noise.write(part.data.point(part.index(row)), part: part, row: row, sample: 0, into: rows.row(row))
    }
    return try rows.learn(part)
  }
}

/// The noise of a training: a sample is addressed by the input, the epoch and its number.
struct TrainingNoise {
  private let generator: NoiseGenerator

  init(sigma: Double, dimension: Int, draws: Draws) throws {
    generator = try NoiseGenerator(
      smoothing: Smoothing(noise: .gaussian, sigma: sigma), dimension: dimension, seed: draws.seed)
  }

  /// Writes point + ση.
  func write(
    _ point: some Sequence<Float>, part: BatchPart, row: Int, sample: Int,
    into target: UnsafeMutableBufferPointer<Float>
  ) {
    _ = generator.write(
      .real(Array(point)), input: part.index(row),
      purpose: .search(round: UInt16(truncatingIfNeeded: part.epoch)), sample: sample, into: target)
  }
}
