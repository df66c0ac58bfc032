import CertifyAttacks
import CertifyEngine
import CertifyThreat
import _CertifyTestSupport

/// A generator for tests alone.
struct TestGenerator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    var x = state
    x ^= x >> 33
    x = x &* 0xFF51_AFD7_ED55_8CCD
    x ^= x >> 33
    return x
  }
}

/// A random linear model and inputs, with the exact robust radius by means independent of the attacks.
struct LinearProblem {
  var shape: [Int]
  var classCount: Int
  var weights: [Float]
  var bias: [Float]
  var x: [Float]

  var d: Int { x.count }

  init(
    shape: [Int], classCount: Int, seed: UInt64, onGrid: Bool = false, sparse: Bool = false,
    margin: Float = 0.02
  ) {
    var generator = TestGenerator(state: seed)
    let d = shape.reduce(1, *)
    self.shape = shape
    self.classCount = classCount
    weights = (0..<classCount * d).map { _ in Float.random(in: -1...1, using: &generator) }
    // A two-logit model of one output: the first logit is 0.
    if classCount == 2 { for i in 0..<d { weights[i] = 0 } }
    bias = (0..<classCount).map { _ in 0 }
    x = (0..<d).map { _ in
      if onGrid { return Float(Int.random(in: 80...170, using: &generator)) / 255 }
      if sparse, Int.random(in: 0..<3, using: &generator) > 0 { return 0 }
      return Float.random(in: 0.35...0.65, using: &generator)
    }
    // Centre the logits at x, so that the radius is a small part of the box.
    let spread = Float(d).squareRoot() * margin
    for k in 0..<classCount {
      var z: Float = 0
      for i in 0..<d { z += weights[k * d + i] * x[i] }
      bias[k] = (classCount == 2 && k == 0) ? 0 : -z + Float.random(in: 0.5...1, using: &generator) * spread
    }
  }

  var label: Int { LinearProblem.argmax(logits(x)) }

  func classifier(batchSize: Int) -> LinearClassifier {
    LinearClassifier(inputShape: shape, weights: weights, bias: bias, batchSize: batchSize)
  }

  func logits(_ point: [Float]) -> [Double] {
    (0..<classCount).map { k in
      point.indices.reduce(Double(bias[k])) { $0 + Double(weights[k * d + $1]) * Double(point[$1]) }
    }
  }

  /// The class that the float program gives one point.
  func decision(_ point: [Float]) throws -> Int {
    let classifier = classifier(batchSize: 1)
    for i in point.indices { classifier.inputs[i] = point[i] }
    try classifier.forward(count: 1)
    return classifier.decision(row: 0)
  }

  static func argmax(_ values: [Double]) -> Int {
    values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }
  }

  /// max over ball ∩ box of (w_c − w_y)·δ, for real data.
  func gain(_ c: Int, norm: Norm, epsilon: Double, box: Bool) -> Double {
    let y = label
    let parts = (0..<d).map { i -> (slope: Double, room: Double) in
      let g = Double(weights[c * d + i]) - Double(weights[y * d + i])
      let room = box ? (g > 0 ? 1 - Double(x[i]) : Double(x[i])) : .infinity
      return (abs(g), room)
    }
    switch norm {
    case .linf: return parts.reduce(0) { $0 + $1.slope * min(epsilon, $1.room) }
    case .l1:
      var left = epsilon
      return parts.sorted { $0.slope > $1.slope }.reduce(0) { sum, part in
        let spent = min(left, part.room)
        left -= spent
        return sum + part.slope * spent
      }
    case .l2:
      var low = 0.0
      var high = 1e9
      for _ in 0..<200 {
        let middle = (low + high) / 2
        let square = parts.reduce(0) {
          let step = min($1.slope * middle, $1.room)
          return $0 + step * step
        }
        if square.squareRoot() < epsilon { low = middle } else { high = middle }
      }
      return parts.reduce(0) { $0 + $1.slope * min($1.slope * low, $1.room) }
    }
  }

  /// The exact robust radius over the real box.
  func radius(norm: Norm, box: Bool) -> Double {
    let y = label
    let z = logits(x)
    return (0..<classCount).filter { $0 != y }.map { c in
      let margin = z[y] - z[c]
      var low = 0.0
      var high = norm == .l1 ? Double(d) : norm == .l2 ? Double(d).squareRoot() : 1
      guard gain(c, norm: norm, epsilon: high, box: box) >= margin else { return Double.infinity }
      for _ in 0..<100 {
        let middle = (low + high) / 2
        if gain(c, norm: norm, epsilon: middle, box: box) < margin { low = middle } else { high = middle }
      }
      return low
    }.min() ?? .infinity
  }

  /// The best of one sensible way to a witness on the grid k/255: unit steps in the order of their worth.
  ///
  /// For ℓ∞ and ℓ₁ it is within one step of the optimum, for ℓ₂ within the worth of one.
  func greedyGridRadius(norm: Norm) -> Double {
    let y = label
    let z = logits(x)
    return (0..<classCount).filter { $0 != y }.map { c in
      let slopes = (0..<d).map { Double(weights[c * d + $0]) - Double(weights[y * d + $0]) }
      let rooms = (0..<d).map { i in
        let k = Int((Double(x[i]) * 255).rounded())
        return slopes[i] > 0 ? 255 - k : k
      }
      var steps = [Int](repeating: 0, count: d)
      var left = (z[y] - z[c]) * 255 * (1 + 1e-6)
      while left > 0 {
        func worth(_ i: Int) -> Double {
          guard steps[i] < rooms[i] else { return -1 }
          return norm == .l1 ? abs(slopes[i]) : abs(slopes[i]) / Double(2 * steps[i] + 1)
        }
        if norm == .linf {
          for i in 0..<d where steps[i] < rooms[i] {
            steps[i] += 1
            left -= abs(slopes[i])
          }
        } else {
          let i = (0..<d).max { worth($0) < worth($1) } ?? 0
          guard worth(i) > 0 else { return .infinity }
          steps[i] += 1
          left -= abs(slopes[i])
        }
      }
      let lengths = steps.map { Double($0) }
      switch norm {
      case .l1: return lengths.reduce(0, +) / 255
      case .l2: return lengths.reduce(0) { $0 + $1 * $1 }.squareRoot() / 255
      case .linf: return (lengths.max() ?? 0) / 255
      }
    }.min() ?? .infinity
  }

  func input(index: Int = 0, steps: Int? = nil) -> AttackInput {
    AttackInput(
      index: index, point: x, grid: steps.map { s in x.map { UInt8(($0 * Float(s)).rounded()) } },
      label: label)
  }
}
