import CertifyThreat
import Foundation

/// Descent from x on the Lagrangian of the smallest ℓ₁ perturbation, on the way to a start of a walk.
///
/// L(u) = ρ‖u − x‖₁ + log(1 + e^{c(u)}), c the margin of the label over its largest rival in units of the spread of the
/// logits, see ``AttackLoss/differenceOfLogitsRatio``. A coordinate with the mean slope m and the mean square v of its
/// slopes so far goes by −αm/√v, and then back towards x by αρ/√v but not past it: it moves as long as its slope is worth
/// the price ρ. α starts at `rate` times the largest move of a coordinate of the nearest witness, and ρ at a hundredth of
/// the steepest slope at x, so that nearly all coordinates move; it rises at points that flip and falls at others, by e^θ. α falls by a
/// hundred and θ by ten. So coordinates that only matter far from x are tried too, and dropped late.
///
/// The method is primal-dual proximal gradient descent (Matyasko & Chau 2021, arXiv 2106.01538) with the exact proximal
/// point, which is in closed form for ℓ₁, and with a margin, a first price and a length that depend on no units.
struct PrimalDualDescent {
  /// Queries that a descent costs.
  let steps: Int
  /// The length of the first step of a coordinate, over the largest move of the nearest witness.
  let rate: Double

  /// Descends from x, and starts a walk at the nearest point that flipped.
  ///
  /// - Returns: A walk without tracks when no point flipped; `nil` when nothing is known, or the budget or the lack of
  ///   gradients ended it.
  func walk(_ oracle: Oracle) throws -> BoundaryWalk? {
    guard let witness = oracle.nearest else { return nil }
    let reach = Norm.linf.distance(witness.point, oracle.input.point)
    var path = PrimalDualPath(oracle, steps: steps, length: rate * reach)
    guard try path.run() else { return nil }
    return path.nearest.walk(oracle)
  }
}

/// What a descent remembers from step to step.
private struct PrimalDualPath {
  private static let lastRate = 0.01
  /// θ at the start.
  private static let priceRate = 0.2
  private static let lastPriceRate = 0.1
  /// ρ at the start, over the steepest slope at x.
  private static let firstPrice = 0.01
  /// How far ln ρ may go from where it starts.
  private static let priceRange = log(1e6)
  /// How much of the share of the length in ρ is kept from step to step.
  private static let shareMemory = 0.9
  private static let memory: (slope: Float, square: Float) = (0.9, 0.999)

  private let oracle: Oracle
  private let steps: Int
  /// α at the start.
  private let length: Double
  private(set) var nearest = NearestFlip(metric: .l1)
  private var slopes: [Float]
  private var squares: [Float]
  /// ln ρ, of which ρ is a running mean.
  private var logPrice: (first: Double, now: Double) = (0, 0)
  /// ρ/(1 + ρ) of that mean.
  private var share = 0.5

  init(_ oracle: Oracle, steps: Int, length: Double) {
    (self.oracle, self.steps, self.length) = (oracle, steps, length)
    slopes = [Float](repeating: 0, count: oracle.dimension)
    squares = slopes
  }

  /// - Returns: `false` when the budget or the lack of gradients ended it.
  mutating func run() throws -> Bool {
    let points = PointStore(count: 1, dimension: oracle.dimension)
    points.set(0, to: oracle.input.point)
    for step in 0..<steps {
      let answered = try oracle.ask(
        points, [0], attack: BoundaryWalk.name, loss: { _ in .margin },
        visit: { _, answer in
          nearest.remember(answer, oracle)
          advance(points[0], answer, step)
        })
      guard answered else { return false }
    }
    return true
  }

  private mutating func advance(
    _ next: UnsafeMutableBufferPointer<Float>, _ answer: Oracle.Answer, _ step: Int
  ) {
    let spread = AttackLoss.differenceOfLogitsRatio.denominator(logits: answer.logits)
    let margin = -AttackLoss.margin.value(logits: answer.logits, label: oracle.input.label) / spread
    if step == 0 {
      let steepest = answer.gradient.reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 }
      let first = log(max(Self.firstPrice * Double(steepest) / spread, .leastNormalMagnitude))
      logPrice = (first, first)
      share = Self.share(first)
    }
    // Gradients are those of minus the margin.
    let weight = Float(-1 / (1 + exp(-margin)) / spread)
    let part = Double(step) / Double(steps)
    let length = Float(length * pow(Self.lastRate, part))
    let price = Float(share / (1 - share))
    let corrections = (
      slope: 1 - pow(Self.memory.slope, Float(step + 1)), square: 1 - pow(Self.memory.square, Float(step + 1))
    )
    let x = oracle.input.point
    for i in next.indices {
      let slope = answer.gradient[i].isFinite ? weight * answer.gradient[i] : 0
      slopes[i] += (1 - Self.memory.slope) * (slope - slopes[i])
      squares[i] += (1 - Self.memory.square) * (slope * slope - squares[i])
      guard squares[i] > 0 else { continue }
      let scale = length / (squares[i] / corrections.square).squareRoot()
      let moved = answer.point[i] - x[i] - scale * slopes[i] / corrections.slope
      let kept = max(abs(moved) - scale * price, 0)
      next[i] = x[i] + (moved < 0 ? -kept : kept)
    }
    oracle.neighbourhood.clip(next)
    pay(margin, part: Double(step) / Double(max(steps - 1, 1)))
  }

  /// Raises the price after a point that flips, and lowers it after another.
  private mutating func pay(_ margin: Double, part: Double) {
    let rate = Self.priceRate * (1 - part * (1 - Self.lastPriceRate))
    let range = logPrice.first - Self.priceRange...logPrice.first + Self.priceRange
    let next = logPrice.now + (margin > 0 ? -rate : margin < 0 ? rate : 0)
    logPrice.now = min(max(next, range.lowerBound), range.upperBound)
    share = Self.shareMemory * share + (1 - Self.shareMemory) * Self.share(logPrice.now)
  }

  private static func share(_ logPrice: Double) -> Double { 1 / (1 + exp(-logPrice)) }
}
