import CertifyKernels

/// The terms of a linear map grouped by the element on one side.
///
/// Rows of terms that are the same but for where they begin, as those of a convolution are at most places, are kept
/// once: a block says which pattern its elements have and by how much it is moved.
struct TermList: Sendable {
  /// The terms of the elements of a block, row by row.
  struct Pattern: Sendable {
    /// The terms of row k are at `starts[k]..<starts[k + 1]`.
    private(set) var starts: [Int64] = [0]
    /// The element on the other side, counted from the block's base; those of one row only, where all rows have the same.
    private(set) var places: [Int32] = []
    private(set) var weights: [Double] = []
    /// Whether all rows have the same places.
    private(set) var isShared = false
    /// The first place, where all rows have the same places and these are consecutive.
    private(set) var firstOfRun: Int?

    init() {}

    init(starts: [Int64], places: [Int32], weights: [Double]) {
      self.starts = starts
      self.places = places
      self.weights = weights
    }

    /// A matrix that is stored whole, row by row.
    init(rows: Int, columns: Int, weights: [Double]) {
      self.init(
        starts: (0...rows).map { Int64($0 * columns) }, places: (0..<columns).map { Int32($0) },
        weights: weights)
      isShared = true
    }

    var rowCount: Int { starts.count - 1 }

    mutating func put(_ place: Int, _ weight: Double) {
      places.append(Int32(truncatingIfNeeded: place))
      weights.append(weight)
    }

    /// Ends the row of the terms put in last.
    mutating func endRow() { starts.append(Int64(weights.count)) }

    /// The places and the weights of a row.
    func row(_ k: Int) -> (places: ArraySlice<Int32>, weights: ArraySlice<Double>) {
      let range = Int(starts[k])..<Int(starts[k + 1])
      return (isShared ? places[...] : places[range], weights[range])
    }

    /// Where the places of a row begin.
    func firstPlace(ofRow k: Int) -> Int { isShared ? 0 : Int(starts[k]) }

    /// Keeps the places of one row where all have the same.
    func sharing() -> Pattern {
      var result = self
      let first = row(0).places
      if rowCount > 1, !isShared, !first.isEmpty,
        (1..<rowCount).allSatisfy({ row($0).places.elementsEqual(first) })
      {
        result.places = Array(first)
        result.isShared = true
      }
      if result.isShared || rowCount == 1, let start = first.first,
        first.enumerated().allSatisfy({ Int($1) == Int(start) + $0 })
      {
        result.firstOfRun = Int(start)
      }
      return result
    }
  }

  struct Block: Sendable {
    let pattern: Int
    /// What is added to the places.
    let base: Int
    /// The first element; the others follow at distances of ``TermList/stride``.
    let first: Int
  }

  let patterns: [Pattern]
  let blocks: [Block]
  let stride: Int

  init(patterns: [Pattern], blocks: [Block], stride: Int) {
    self.patterns = patterns.map { $0.rowCount > 0 ? $0.sharing() : $0 }
    self.blocks = blocks
    self.stride = stride
  }

  /// One block of all elements.
  init(_ pattern: Pattern) {
    self.init(patterns: [pattern], blocks: [Block(pattern: 0, base: 0, first: 0)], stride: 1)
  }

  /// The terms of one element.
  struct Row {
    let element: Int
    let base: Int
    let places: ArraySlice<Int32>
    let weights: ArraySlice<Double>

    /// Calls `body(element on the other side, weight)` for every term.
    @inline(__always)
    func forEach(_ body: (_ place: Int, _ weight: Double) -> Void) {
      for (place, weight) in zip(places, weights) { body(base + Int(place), weight) }
    }
  }

  /// Calls `body` with the terms of every element that has a row.
  @inline(__always)
  func forEachRow(_ body: (Row) -> Void) {
    for block in blocks { forEachRow(of: block, body) }
  }

  /// Calls `body` with the terms of every element of a block.
  @inline(__always)
  func forEachRow(of block: Block, _ body: (Row) -> Void) {
    let pattern = patterns[block.pattern]
    for k in 0..<pattern.rowCount {
      let (places, weights) = pattern.row(k)
      body(Row(element: block.first + k * stride, base: block.base, places: places, weights: weights))
    }
  }

  /// The rows by element; `nil` where an element has none.
  func rows(count: Int) -> [Row?] {
    var rows = [Row?](repeating: nil, count: count)
    forEachRow { rows[$0.element] = $0 }
    return rows
  }

  /// The number of terms.
  var termCount: Int { blocks.reduce(0) { $0 + patterns[$1.pattern].weights.count } }

  /// The number of terms that are stored.
  var storedCount: Int { patterns.reduce(0) { $0 + $1.weights.count } }

  /// The largest number of terms of an element.
  var longest: Int {
    patterns.reduce(0) { longest, pattern in
      zip(pattern.starts.dropFirst(), pattern.starts).reduce(longest) { max($0, Int($1.0 - $1.1)) }
    }
  }
}

extension TermList {
  /// results[k] += Σ weight · values[place] over the terms of each element k.
  func gather(_ values: UnsafeBufferPointer<Lanes>, into results: UnsafeMutableBufferPointer<Lanes>) {
    guard values.count > 0 else { return }
    if stride == 1 {
      for block in blocks {
        gather(block, values, into: UnsafeMutableBufferPointer(rebasing: results[block.first...]))
      }
      return
    }
    let most = patterns.reduce(0) { max($0, $1.rowCount) }
    withUnsafeTemporaryAllocation(of: Lanes.self, capacity: most) { sums in
      for block in blocks {
        let count = patterns[block.pattern].rowCount
        sums.initialize(repeating: .zero)
        gather(block, values, into: sums)
        for k in 0..<count { results[block.first + k * stride] += sums[k] }
      }
    }
  }

  private func gather(
    _ block: Block, _ values: UnsafeBufferPointer<Lanes>, into results: UnsafeMutableBufferPointer<Lanes>
  ) {
    let pattern = patterns[block.pattern]
    guard !pattern.weights.isEmpty else { return }
    values.withMemoryRebound(to: Double.self) { values in
      results.withMemoryRebound(to: Double.self) { results in
        guard let values = values.baseAddress, let results = results.baseAddress else { return }
        let origin = values + Lanes.scalarCount * block.base
        if pattern.isShared {
          certify_gather_shared(
            Self.path, pattern.places, pattern.weights, pattern.places.count, origin, results,
            pattern.rowCount)
        } else {
          certify_gather_rows(
            Self.path, pattern.starts, pattern.places, pattern.weights, origin, results, pattern.rowCount)
        }
      }
    }
  }

  /// results[place] += weight · values[k] over the terms of each element k whose value is not 0 in every lane.
  func scatter(_ values: UnsafeBufferPointer<Lanes>, into results: UnsafeMutableBufferPointer<Lanes>) {
    values.withMemoryRebound(to: Double.self) { numbers in
      results.withMemoryRebound(to: Double.self) { results in
        guard let numbers = numbers.baseAddress, let results = results.baseAddress else { return }
        for block in blocks {
          let pattern = patterns[block.pattern]
          pattern.places.withUnsafeBufferPointer { places in
            pattern.weights.withUnsafeBufferPointer { weights in
              guard let places = places.baseAddress, let weights = weights.baseAddress else { return }
              for k in 0..<pattern.rowCount {
                let element = block.first + k * stride
                if values[element] == .zero { continue }
                let (first, end) = (Int(pattern.starts[k]), Int(pattern.starts[k + 1]))
                certify_scatter_row(
                  Self.path, places + pattern.firstPlace(ofRow: k), weights + first, end - first,
                  numbers + Lanes.scalarCount * element, results + Lanes.scalarCount * block.base)
              }
            }
          }
        }
      }
    }
  }

  static let path = certify_best_path()
}
