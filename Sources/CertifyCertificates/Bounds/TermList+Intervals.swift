import CertifyKernels

extension TermList {
  /// A block of consecutive elements whose terms are at the same consecutive places.
  struct DenseRows {
    let elements: Range<Int>
    let places: Range<Int>
    /// [elements, places].
    let weights: [Double]
  }

  /// The block as a matrix, if it is stored whole.
  func denseRows(of block: Block) -> DenseRows? {
    let pattern = patterns[block.pattern]
    guard stride == 1, let first = pattern.firstOfRun else { return nil }
    let place = block.base + first
    return DenseRows(
      elements: block.first..<block.first + pattern.rowCount,
      places: place..<place + pattern.row(0).places.count, weights: pattern.weights)
  }

  /// Adds the intervals of Σ weight · value, each value anywhere in its own, and the largest Σ |weight · value|.
  func addIntervals(
    _ lower: [Double], _ upper: [Double], low: inout [Double], high: inout [Double], size: inout [Double]
  ) {
    let magnitude = zip(lower, upper).map { max(abs($0), abs($1)) }
    for block in blocks {
      if let rows = denseRows(of: block) {
        rows.addIntervals(lower, upper, magnitude, &low, &high, &size)
      } else {
        addIntervals(block, lower, upper, magnitude, &low, &high, &size)
      }
    }
  }

  private func addIntervals(
    _ block: Block, _ lower: [Double], _ upper: [Double], _ magnitude: [Double], _ low: inout [Double],
    _ high: inout [Double], _ size: inout [Double]
  ) {
    let pattern = patterns[block.pattern]
    pattern.places.withUnsafeBufferPointer { places in
      pattern.weights.withUnsafeBufferPointer { weights in
        for k in 0..<pattern.rowCount {
          let element = block.first + k * stride
          var (a, b, s) = (low[element], high[element], size[element])
          let (first, end) = (Int(pattern.starts[k]), Int(pattern.starts[k + 1]))
          let firstPlace = pattern.firstPlace(ofRow: k) - first
          for term in first..<end {
            let (weight, place) = (weights[term], block.base + Int(places[firstPlace + term]))
            let (p, q) = (weight * lower[place], weight * upper[place])
            a += min(p, q)
            b += max(p, q)
            s += abs(weight) * magnitude[place]
          }
          (low[element], high[element], size[element]) = (a, b, s)
        }
      }
    }
  }

  /// What each element is made of at the points of a ball around `center`, each value center + scale · δ ± slack:
  /// Σ weight · center, the same of absolute terms, Σ (weight · scale)², the largest |weight · scale|, Σ |weight| slack.
  struct BallSum: Equatable {
    var middle = 0.0
    var size = 0.0
    var squares = 0.0
    var largest = 0.0
    var slack = 0.0
    /// How many terms there are.
    var count = 0
  }

  /// The sums of all elements; 0 for one without terms.
  func ballSums(center: [Double], scale: [Double], slack: [Double], count: Int) -> [BallSum] {
    var sums = [BallSum](repeating: BallSum(), count: count)
    for block in blocks {
      if let rows = denseRows(of: block) {
        for (element, sum) in zip(rows.elements, rows.ballSums(center, scale, slack)) { sums[element] = sum }
        continue
      }
      forEachRow(of: block) { row in
        var sum = BallSum(count: row.weights.count)
        row.forEach { place, weight in
          let (product, reach) = (weight * center[place], abs(weight * scale[place]))
          sum.middle += product
          sum.size += abs(product)
          sum.squares += reach * reach
          sum.largest = max(sum.largest, reach)
          sum.slack += abs(weight) * slack[place]
        }
        sums[row.element] = sum
      }
    }
    return sums
  }
}

extension TermList.DenseRows {
  fileprivate func addIntervals(
    _ lower: [Double], _ upper: [Double], _ magnitude: [Double], _ low: inout [Double],
    _ high: inout [Double], _ size: inout [Double]
  ) {
    let (lower, upper, magnitude) = (lower[places], upper[places], magnitude[places])
    lower.withUnsafeBufferPointer { lower in
      upper.withUnsafeBufferPointer { upper in
        magnitude.withUnsafeBufferPointer { magnitude in
          low[elements].withUnsafeMutableBufferPointer { low in
            high[elements].withUnsafeMutableBufferPointer { high in
              size[elements].withUnsafeMutableBufferPointer { size in
                certify_interval_rows(
                  TermList.path, weights, places.count, lower.baseAddress, upper.baseAddress,
                  magnitude.baseAddress, low.baseAddress, high.baseAddress, size.baseAddress, elements.count)
              }
            }
          }
        }
      }
    }
  }

  fileprivate func ballSums(_ center: [Double], _ scale: [Double], _ slack: [Double]) -> [TermList.BallSum] {
    var numbers = [Double](repeating: 0, count: 5 * elements.count)
    center[places].withUnsafeBufferPointer { center in
      scale[places].withUnsafeBufferPointer { scale in
        slack[places].withUnsafeBufferPointer { slack in
          certify_ball_rows(
            TermList.path, weights, places.count, center.baseAddress, scale.baseAddress, slack.baseAddress,
            &numbers, elements.count)
        }
      }
    }
    return stride(from: 0, to: numbers.count, by: 5).map { k in
      TermList.BallSum(
        middle: numbers[k], size: numbers[k + 1], squares: numbers[k + 2], largest: numbers[k + 3],
        slack: numbers[k + 4], count: places.count)
    }
  }
}
