/// A linear function below and one above each maximum over a window.
///
/// Below: the element with the largest lower bound. Above, for any t: t + Σ max(0, xᵢ − t), each term below its
/// chord, with t the largest lower bound; or the largest upper bound, where that is smaller in the middle.
struct MaximumLines: Sendable {
  /// The input element below each output.
  var winners: [Int]
  /// Whether the output is that element.
  var isSettled: [Bool]
  /// A slope for each place of ``MaximumStep/places``, and an intercept an output, for the function above.
  var slopes: [Double]
  var intercepts: [Double]

  init(_ step: MaximumStep, lower: [Double], upper: [Double]) {
    winners = []
    isSettled = []
    slopes = [Double](repeating: 0, count: step.places.count)
    intercepts = []
    for k in 0..<(step.starts.count - 1) {
      let range = step.starts[k]..<step.starts[k + 1]
      var winner = step.places[range.lowerBound]
      for place in step.places[range] where lower[place] > lower[winner] { winner = place }
      let threshold = lower[winner]
      let settled = step.places[range].allSatisfy { $0 == winner || upper[$0] <= threshold }
      winners.append(winner)
      isSettled.append(settled)
      var (intercept, middle, size) = (threshold, threshold, abs(threshold))
      var highest = -Double.infinity
      for position in range {
        let (low, high) = (lower[step.places[position]], upper[step.places[position]])
        highest = max(highest, high)
        guard high > threshold else { continue }
        let slope = high > low ? (high - threshold) / (high - low) : 1
        // The chord of max(0, x − t) from (low, 0) to (high, high − t), or above it by rounding.
        let start = max(-slope * low, high - threshold - slope * high)
        slopes[position] = slope
        intercept += start
        middle += slope * (low + high) / 2 + start
        size += abs(slope * low) + abs(slope * high) + abs(high)
      }
      if highest < middle {
        for position in range { slopes[position] = 0 }
        intercepts.append(highest)
      } else {
        intercepts.append(intercept + size * Double(range.count + 8) * 0x1p-50)
      }
    }
  }
}
