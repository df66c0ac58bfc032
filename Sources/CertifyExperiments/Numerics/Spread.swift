/// What repeated runs spread over.
struct Spread {
  private let sorted: [Double]

  /// - Parameter values: At least one.
  init(_ values: [Double]) { sorted = values.sorted() }

  var mean: Double { sorted.reduce(0, +) / Double(sorted.count) }

  /// √(variance / count), the error of the mean.
  var standardError: Double {
    let mean = mean
    let square = sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (square / Double(max(sorted.count - 1, 1)) / Double(sorted.count)).squareRoot()
  }

  /// The smallest value that at least this part of all does not exceed.
  func quantile(_ part: Double) -> Double {
    sorted[min(max(Int((part * Double(sorted.count)).rounded(.up)) - 1, 0), sorted.count - 1)]
  }

  /// The part of the values below `value`, those equal to it counted half.
  func rank(of value: Double) -> Double {
    let (below, equal) = (sorted.count { $0 < value }, sorted.count { $0 == value })
    return (Double(below) + Double(equal) / 2) / Double(sorted.count)
  }

  /// Counts in bins of a width, centred on its multiples.
  func histogram(width: Double) -> [(from: Double, to: Double, height: Double)] {
    var counts: [Int: Int] = [:]
    for value in sorted { counts[Int((value / width).rounded()), default: 0] += 1 }
    return counts.sorted { $0.key < $1.key }.map { bin, count in
      ((Double(bin) - 0.5) * width, (Double(bin) + 0.5) * width, Double(count))
    }
  }
}
