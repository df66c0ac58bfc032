import CertifyAttacks
import CertifyThreat
import Foundation
import Testing

@testable import CertifyTraining

/// Where the objectives look at a network.
struct AttackedPointTests {
  static let rows = 16
  static let draws = Draws(seed: 9)

  static func part(_ data: TrainingSet, epoch: Int = 1, progress: Double = 0.9) -> BatchPart {
    BatchPart(
      data: data, indices: Array(20..<20 + rows)[...], epoch: epoch, progress: progress,
      scale: 1 / Float(rows))
  }

  private static func loss(
    _ objective: Objective, _ threat: ThreatSetting, epoch: Int = 1, progress: Double = 0.9
  )
    throws -> Double
  {
    let worker = try objective.makeWorker(DigitsTraining.model(), rows: rows, threat: threat, draws: draws)
    try worker.load(DigitsTraining.model().parameters)
    return try worker.run(part(DigitsTraining.data(), epoch: epoch, progress: progress)).loss / Double(rows)
  }

  /// Steps have the length that was asked for in multiples of ε: cross-entropy where one long step and several short ones
  /// from the random starts end.
  @Test(arguments: [(Objective.fgsm(length: 1.25), 1, 1.25), (.pgd(steps: 4, length: 0.5), 4, 0.5)])
  func attackedLossIsThatAtTheEndOfTheSteps(_ objective: Objective, _ steps: Int, _ length: Double) throws {
    let threat = DigitsTraining.threat(0.1)
    let (model, data) = (try DigitsTraining.model(), try DigitsTraining.data())
    let network = try NetworkRows(model, rows: Self.rows)
    try network.load(model.parameters)
    let part = Self.part(data)
    var expected = 0.0
    let bounds: ClosedRange<Float> = 0...1
    for row in 0..<Self.rows {
      let x = Array(data.point(part.index(row)))
      var set = FeasibleSet(norm: .linf, bounds: threat.bounds, dimension: x.count)
      try set.move(to: x, radius: 0.1)
      var generator = Self.draws.generator(.start, epoch: 1, index: part.index(row))
      var point = x
      point.withUnsafeMutableBufferPointer { set.randomPoint(into: $0, using: &generator) }
      #expect(point != x)
      for _ in 0..<steps {
        _ = network.row(0).update(fromContentsOf: point)
        try network.classifier.forward(count: 1)
        _ = network.crossEntropy(count: 1, scale: 1) { _ in data.labels[part.index(row)] }
        try network.classifier.backward(count: 1)
        for i in point.indices {
          let slope = network.inputGradient(0)[i]
          let moved = point[i] + Float(length * 0.1) * (slope > 0 ? 1 : slope < 0 ? -1 : 0)
          let near = min(max(moved, x[i] - 0.1), x[i] + 0.1)
          point[i] = min(max(near, bounds.lowerBound), bounds.upperBound)
        }
      }
      _ = network.row(0).update(fromContentsOf: point)
      try network.classifier.forward(count: 1)
      expected += network.crossEntropy(count: 1, scale: 1) { _ in data.labels[part.index(row)] }.loss
    }
    let found = try Self.loss(objective, threat)
    #expect(abs(found - expected / Double(Self.rows)) < 1e-4 * found)
    // Each epoch starts elsewhere.
    #expect(try Self.loss(objective, threat, epoch: 2) != found)
    #expect(try found > Self.loss(.standard, threat) + 0.02)
  }

  /// The divergence rises along TRADES' steps, and the objective is the clean loss for β = 0.
  @Test(arguments: [Norm.linf, .l2]) func tradesAscendsTheDivergence(_ norm: Norm) throws {
    let threat = DigitsTraining.threat(norm == .linf ? 0.1 : 0.6, norm)
    func value(_ length: Double, beta: Double = 6) throws -> Double {
      try Self.loss(.trades(beta: beta, steps: 5, length: length), threat)
    }
    let (clean, still, moved) = (try value(0.5, beta: 0), try value(1e-6), try value(0.5))
    #expect(abs(clean - (try Self.loss(.standard, threat))) < 1e-6)
    #expect(still > clean)
    #expect(moved - clean > 1.5 * (still - clean))
    // Long steps may grow it from either side; a short one grows it uphill alone.
    #expect(try value(0.02) - clean > 1.02 * (still - clean))
  }

  /// SmoothAdv's step follows −log of the mean probability, not the mean of the logarithms: on a smooth network a short
  /// step raises it by the length times the norm of its gradient, taken by differences with the same noise.
  @Test func smoothAdvAscendsTheLogarithmOfTheMean() throws {
    let model = try DigitsTraining.model(.mlp(hidden: [24], activation: .gelu))
    let data = try DigitsTraining.data()
    let (sigma, samples) = (1.0, 3)
    let network = try NetworkRows(model, rows: samples)
    // Sharper answers, so that the two means differ.
    let parameters = model.parameters.map { 2 * $0 }
    try network.load(parameters)
    let noise = try TrainingNoise(sigma: sigma, dimension: network.dimension, draws: Self.draws)
    let part = BatchPart(data: data, indices: [33], epoch: 1, progress: 0, scale: 1)
    let label = data.labels[33]
    /// −log (1/m) Σ p, and the mean of −log p, at a point with the samples of the noise.
    func losses(_ point: [Float]) throws -> (smooth: Double, mean: Double) {
      for sample in 0..<samples {
        noise.write(point, part: part, row: 0, sample: sample, into: network.row(sample))
      }
      try network.classifier.forward(count: samples)
      let each = (0..<samples).map { sample -> Double in
        let z = network.logits(sample).map(Double.init)
        let largest = z.max() ?? 0
        return largest + log(z.reduce(0) { $0 + exp($1 - largest) }) - z[label]
      }
      let probability = each.reduce(0) { $0 + exp(-$1) } / Double(samples)
      return (-log(probability), each.reduce(0, +) / Double(samples))
    }
    let x = Array(data.point(33))
    let h: Float = 1e-2
    var (smooth, mean) = ([Double](), [Double]())
    for i in x.indices {
      var (up, down) = (x, x)
      up[i] += h
      down[i] -= h
      let (a, b) = (try losses(up), try losses(down))
      smooth.append((a.smooth - b.smooth) / Double(2 * h))
      mean.append((a.mean - b.mean) / Double(2 * h))
    }
    func norm(_ v: [Double]) -> Double { v.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    func cosine(_ v: [Double], _ w: [Double]) -> Double {
      zip(v, w).reduce(0) { $0 + $1.0 * $1.1 } / (norm(v) * norm(w))
    }
    // Only then the test tells them apart.
    #expect(cosine(smooth, mean) < 0.98)
    // The objective is the mean loss at the attacked point: its rise is ε times its slope along the step.
    let worker = try SmoothAdvWorker(
      model, rows: 1, threat: ThreatSetting(norm: .l2, epsilon: 0.02, bounds: nil), sigma: sigma,
      samples: samples,
      steps: 1, length: 1, draws: Self.draws)
    try worker.load(parameters)
    let rise = try worker.run(part).loss - losses(x).mean
    let slope = norm(mean) * cosine(smooth, mean)
    #expect(
      abs(rise / 0.02 - slope) < 0.05 * slope, "rise \(rise / 0.02), slope \(slope), steepest \(norm(mean))")
  }

  /// Noise is drawn anew in every epoch.
  @Test func noiseDependsOnTheEpoch() throws {
    let none = DigitsTraining.noThreat
    let first = try Self.loss(.gaussian(sigma: 0.5), none)
    #expect(try Self.loss(.gaussian(sigma: 0.5), none) == first)
    #expect(try Self.loss(.gaussian(sigma: 0.5), none, epoch: 2) != first)
  }

  /// Over the ramp ε grows from 0 and κ falls from 1: the objective begins as cross-entropy.
  @Test func intervalsGrowOverTheRamp() throws {
    let threat = DigitsTraining.threat(0.05)
    let clean = try Self.loss(.standard, threat)
    func value(_ progress: Double) throws -> Double {
      try Self.loss(.ibp(ramp: 0.5), threat, progress: progress)
    }
    #expect(abs(try value(0) - clean) < 1e-6)
    let (early, late, end) = (try value(0.1), try value(0.4), try value(0.5))
    #expect(clean < early && early < late && late < end)
    #expect(try value(0.9) == end)
    // Halfway ε is half of itself and κ three quarters.
    let half = try Self.loss(.ibp(ramp: 0), DigitsTraining.threat(0.025), progress: 0)
    #expect(abs(try value(0.25) - (0.75 * clean + 0.25 * (2 * half - clean))) < 1e-5)
    // Half the clean loss and half the bound at the whole ε.
    #expect(abs(try Self.loss(.ibp(ramp: 0), threat, progress: 0) - end) < 1e-6)
  }
}
