import CertifyData
import CertifyEngine
import CertifyModel
import CertifySmoothing
import Foundation

/// One smoothed classifier at one input, ready to be timed.
final class SamplingBenchmark {
  struct Description: Encodable {
    var inputCount: Int
    var multiplyAdds: Double
    var batchSize: Int
    var sampler: String
    var openSeconds: Double
  }

  /// What an open command asks for.
  struct Request: Decodable {
    var model: String
    var data: String
    var noise: String
    var sampler: String
    var sigma: Double
    /// 0 for the preferred size.
    var batchSize: Int
    var threads: Int
  }

  let description: Description
  private let team: SmoothedTeam
  private let classifier: any Classifier
  private let generator: NoiseGenerator
  private let input: SmoothingInput
  private var next = 0

  init(_ request: Request) throws {
    guard let noise = NoiseFamily(rawValue: request.noise), let sampler = Sampler(rawValue: request.sampler)
    else { throw BenchmarkError.badRequest("\(request.noise), \(request.sampler)") }
    let dataset = try Dataset.load(path: request.data)
    let source = try LoadedClassifier(model: .load(path: request.model))
    let inputs = try dataset.reshaped(to: source.inputShape)
    let batchSize = request.batchSize > 0 ? request.batchSize : source.preferredBatchSize
    let smoothing = Smoothing(noise: noise, sigma: request.sigma)
    let dimension = source.inputShape.reduce(1, *)
    let generator = try NoiseGenerator(smoothing: smoothing, dimension: dimension, seed: 0)
    let linear =
      sampler == .exactLinear
      ? try source.leadingLayer.flatMap { try LinearNoise(layer: $0, smoothing: smoothing, seed: 0) } : nil
    func member(_ classifier: any Classifier) throws -> SmoothedClassifier {
      let sampling = try linear.map { linear in
        let made = try source.makeOffsetClassifier(
          matrix: linear.factor, inputCount: linear.rank, batchSize: batchSize)
        return LinearSampling(classifier: made, offset: made.offset, noise: linear)
      }
      return try SmoothedClassifier(classifier: classifier, generator: generator, linear: sampling)
    }
    var leader: SmoothedClassifier?
    var classifier: (any Classifier)?
    let opened = try Stopwatch.measure {
      let made = try source.makeSamplingClassifier(batchSize: batchSize)
      classifier = made
      leader = try member(made)
    }
    guard let leader, let classifier else { throw BenchmarkError.badRequest(request.model) }
    let helpers = try (1..<max(request.threads, 1)).map { _ in
      try member(source.makeSamplingClassifier(batchSize: batchSize))
    }
    self.generator = generator
    self.classifier = classifier
    team = SmoothedTeam(leader: leader, helpers: helpers)
    input = inputs.gridInput(0).map { .grid($0) } ?? .real(inputs.input(0))
    description = Description(
      inputCount: dimension, multiplyAdds: try source.graph(batchSize: 1).multiplyAdds, batchSize: batchSize,
      sampler: leader.sampler.rawValue, openSeconds: opened.wall)
  }

  /// Counts `samples` samples that no earlier call has counted.
  func sample(_ samples: Int) throws -> Stopwatch.Reading {
    let range = next..<next + samples
    next = range.upperBound
    return try Stopwatch.measure {
      let counts = try team.counts(at: input, input: 0, purpose: .estimation, samples: range)
      guard counts.samples == samples else { throw BenchmarkError.badRequest("samples were lost") }
    }
  }

  struct Split: Encodable {
    var noise: Double
    var forward: Double
    var counting: Double
  }

  /// The processor time of the three parts of `samples` directly drawn samples, each on its own.
  func split(_ samples: Int) throws -> Split {
    let dimension = generator.dimension
    let batches = max(samples / classifier.batchSize, 1)
    func row(_ index: Int) -> UnsafeMutableBufferPointer<Float> {
      UnsafeMutableBufferPointer(
        rebasing: classifier.inputs[index * dimension..<(index + 1) * dimension])
    }
    let noise = Stopwatch.measure {
      for sample in 0..<batches * classifier.batchSize {
        _ = generator.write(
          input, input: 0, purpose: .search(round: 1), sample: sample,
          into: row(sample % classifier.batchSize))
      }
    }
    let forward = try Stopwatch.measure {
      for _ in 0..<batches { try classifier.forward(count: classifier.batchSize) }
    }
    var total = 0
    let counting = Stopwatch.measure {
      for _ in 0..<batches {
        for index in 0..<classifier.batchSize { total &+= classifier.decision(row: index) }
      }
    }
    guard total >= 0 else { throw BenchmarkError.badRequest("the decisions overflowed") }
    return Split(noise: noise.cpu, forward: forward.cpu, counting: counting.cpu)
  }
}

enum BenchmarkError: Error {
  case badRequest(String)
}
