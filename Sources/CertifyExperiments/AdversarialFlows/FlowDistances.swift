import Foundation

/// How far two schemes are apart, from each of some starts, as their steps τ shrink.
struct FlowDistances {
  /// For each τ, from the longest on, a distance for each start.
  private(set) var rows: [(tau: Double, distances: [Double])] = []

  /// 4√u = 2⁻¹⁰ with u = 2⁻²⁴, the unit roundoff of single precision: below it distances say nothing of the schemes.
  ///
  /// A smooth function that is known to a relative error u is flat to the search within about √u of its maximum, so that
  /// its maximiser is not known better (Brent 1973, "Algorithms for Minimization without Derivatives", ch. 5).
  static let floor = 4 * (0x1p-24).squareRoot()

  mutating func append(_ distances: [Double], tau: Double) { rows.append((tau, distances)) }

  /// The mean over the starts, for each τ.
  var means: [(tau: Double, distance: Double)] {
    rows.map { ($0.tau, $0.distances.reduce(0, +) / Double($0.distances.count)) }
  }

  /// The lower median over the starts, for each τ.
  var medians: [(tau: Double, distance: Double)] {
    rows.map { ($0.tau, Spread($0.distances).quantile(0.5)) }
  }

  /// How many starts are farther apart than a distance at the smallest τ.
  func apart(by distance: Double) -> Int { rows.last?.distances.count { $0 > distance } ?? 0 }

  /// The slope of log distance over log τ by least squares, over the distances above ``floor``; `nil` for fewer than
  /// three of them.
  static func order(_ distances: [(tau: Double, distance: Double)]) -> Double? {
    let points = distances.filter { $0.distance > floor }.map { (log($0.tau), log($0.distance)) }
    guard points.count >= 3 else { return nil }
    let count = Double(points.count)
    let middle = (points.reduce(0) { $0 + $1.0 } / count, points.reduce(0) { $0 + $1.1 } / count)
    let products = points.reduce(0) { $0 + ($1.0 - middle.0) * ($1.1 - middle.1) }
    let squares = points.reduce(0) { $0 + ($1.0 - middle.0) * ($1.0 - middle.0) }
    return products / squares
  }
}
