/// A real number as `high + low`, about 32 digits.
protocol ExactReal {
  var high: Double { get }
  var low: Double { get }
}

extension ExactReal {
  /// Whether x ≤ high + low.
  func isAtLeast(_ x: Double) -> Bool { x < high || (x == high && low >= 0) }
  /// Whether x ≥ high + low.
  func isAtMost(_ x: Double) -> Bool { x > high || (x == high && low <= 0) }
  /// |x − (high + low)|.
  func distance(to x: Double) -> Double { abs((x - high) - low) }
}

struct Exact: ExactReal {
  let high: Double
  let low: Double
}

/// The bounds of k of n at level alpha.
struct ClopperPearsonConstant {
  let successes: Int
  let trials: Int
  let alpha: Double
  let lower: Exact
  let upper: Exact

  init(_ k: Int, _ n: Int, _ alpha: Double, _ a: Double, _ b: Double, _ c: Double, _ d: Double) {
    (successes, trials, self.alpha) = (k, n, alpha)
    lower = Exact(high: a, low: b)
    upper = Exact(high: c, low: d)
  }
}

/// A function's value at `argument`.
struct RealConstant: ExactReal {
  let argument: Double
  let high: Double
  let low: Double

  init(_ argument: Double, _ high: Double, _ low: Double) {
    (self.argument, self.high, self.low) = (argument, high, low)
  }
}

/// ⌊2⁶⁰ P[cell k]⌋ and ⌊2⁶⁰ P[cell k or beyond]⌋.
struct CellConstant {
  let sigma: Double
  let cell: Int
  let mass: UInt64
  let tail: UInt64

  init(_ sigma: Double, _ cell: Int, _ mass: UInt64, _ tail: UInt64) {
    (self.sigma, self.cell, self.mass, self.tail) = (sigma, cell, mass, tail)
  }
}

struct BettingConstant: ExactReal {
  let hits: Int
  let misses: Int
  let threshold: Double
  let high: Double
  let low: Double

  init(_ hits: Int, _ misses: Int, _ threshold: Double, _ high: Double, _ low: Double) {
    (self.hits, self.misses, self.threshold, self.high, self.low) = (hits, misses, threshold, high, low)
  }
}

/// P[X ≥ k] and P[X ≤ k].
struct BinomialConstant {
  let successes: Int
  let trials: Int
  let probability: Double
  let upper: Exact
  let lower: Exact

  init(_ k: Int, _ n: Int, _ p: Double, _ a: Double, _ b: Double, _ c: Double, _ d: Double) {
    (successes, trials, probability) = (k, n, p)
    upper = Exact(high: a, low: b)
    lower = Exact(high: c, low: d)
  }
}
