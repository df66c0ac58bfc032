/// A linear map as the list of its terms, by output for forward sums and by input for transposed ones.
struct TermMatrix: Sendable {
  let byOutput: TermList
  let byInput: TermList

  init(byOutput: TermList, byInput: TermList) {
    self.byOutput = byOutput
    self.byInput = byInput
  }

  /// A matrix that is stored whole, [rows, columns]; `nil` where most of it is zero, so that a list of its terms is shorter.
  init?(dense weights: [Float], rows: Int, columns: Int) {
    guard weights.count == rows * columns, weights.count(where: { $0 == 0 }) * 2 < weights.count else {
      return nil
    }
    let transposed = [Double](unsafeUninitializedCapacity: weights.count) { buffer, count in
      for row in 0..<rows {
        for column in 0..<columns { buffer[column * rows + row] = Double(weights[row * columns + column]) }
      }
      count = weights.count
    }
    byOutput = TermList(
      TermList.Pattern(rows: rows, columns: columns, weights: weights.map(Double.init)))
    byInput = TermList(TermList.Pattern(rows: columns, columns: rows, weights: transposed))
  }

  /// The terms of each operand of an affine map; terms of weight 0 are left out.
  static func operands(
    of map: AffineMap, outputCount: Int, inputCounts: [Int]
  ) -> [TermMatrix] {
    var byOutput = inputCounts.map { _ in TermSorter(elementCount: outputCount) }
    var byInput = inputCounts.map { TermSorter(elementCount: $0) }
    map.forEachTerm { operand, output, input, weight in
      guard weight != 0 else { return }
      byOutput[operand].count(output)
      byInput[operand].count(input)
    }
    for operand in inputCounts.indices {
      byOutput[operand].allocate()
      byInput[operand].allocate()
    }
    map.forEachTerm { operand, output, input, weight in
      guard weight != 0 else { return }
      byOutput[operand].put(output, input, weight)
      byInput[operand].put(input, output, weight)
    }
    return zip(byOutput, byInput).map {
      TermMatrix(byOutput: TermList($0.pattern), byInput: TermList($1.pattern))
    }
  }
}

/// Sorts terms that come in any order by the element on one side: they are counted first and put in place then.
private struct TermSorter {
  private var starts: [Int64] = [0]
  private var places: [Int32] = []
  private var weights: [Double] = []
  private var next: [Int]

  init(elementCount: Int) { next = [Int](repeating: 0, count: elementCount) }

  var pattern: TermList.Pattern { TermList.Pattern(starts: starts, places: places, weights: weights) }

  mutating func count(_ element: Int) { next[element] += 1 }

  mutating func allocate() {
    var total = 0
    starts.reserveCapacity(next.count + 1)
    for element in next.indices {
      let count = next[element]
      next[element] = total
      total += count
      starts.append(Int64(total))
    }
    places = [Int32](repeating: 0, count: total)
    weights = [Double](repeating: 0, count: total)
  }

  mutating func put(_ element: Int, _ place: Int, _ weight: Double) {
    let position = next[element]
    places[position] = Int32(truncatingIfNeeded: place)
    weights[position] = weight
    next[element] = position + 1
  }
}
