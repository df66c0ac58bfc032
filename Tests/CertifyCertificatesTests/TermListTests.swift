import CertifyKernels
import CertifyModel
import Testing
import _CertifyTestSupport

@testable import CertifyCertificates

/// Convolutions with their patterns kept once, beside the list of all their terms.
@Suite struct TermListTests {
  struct Case: CustomTestStringConvertible {
    var channels: (input: Int, output: Int)
    var extent: (Int, Int)
    var kernel: (Int, Int)
    var strides = [1, 1]
    var dilations = [1, 1]
    var padsBegin = [0, 0]
    var padsEnd = [0, 0]
    var groups = 1

    var testDescription: String {
      "\(channels) \(extent) \(kernel) \(strides) \(dilations) \(padsBegin) \(groups)"
    }

    /// The convolution, and the shapes that it maps.
    func make(_ numbers: inout Numbers) -> (Convolution, input: [Int], output: [Int]) {
      let sides = [extent.0, extent.1]
      let kernels = [kernel.0, kernel.1]
      let outputs = (0..<2).map { axis in
        let span = (kernels[axis] - 1) * dilations[axis] + 1
        return (sides[axis] + padsBegin[axis] + padsEnd[axis] - span) / strides[axis] + 1
      }
      let convolution = Convolution(
        weights: numbers.tensor([channels.output, channels.input / groups, kernel.0, kernel.1]), bias: nil,
        strides: strides, dilations: dilations, padsBegin: padsBegin, padsEnd: padsEnd, groups: groups)
      return (convolution, [1, channels.input] + sides, [1, channels.output] + outputs)
    }
  }

  @Test(arguments: [
    Case(channels: (3, 5), extent: (6, 7), kernel: (3, 3), padsBegin: [1, 1], padsEnd: [1, 1]),
    Case(
      channels: (2, 4), extent: (9, 8), kernel: (3, 2), strides: [2, 3], padsBegin: [1, 0], padsEnd: [0, 2]),
    Case(
      channels: (4, 6), extent: (8, 8), kernel: (2, 2), dilations: [3, 2], padsBegin: [2, 2], padsEnd: [2, 2]),
    Case(channels: (6, 6), extent: (5, 5), kernel: (3, 3), padsBegin: [1, 1], padsEnd: [1, 1], groups: 3),
    Case(channels: (4, 3), extent: (4, 4), kernel: (4, 4)),
    Case(channels: (2, 2), extent: (5, 5), kernel: (1, 1), strides: [3, 3]),
  ])
  func patternsAreTheTerms(shape: Case) throws {
    var numbers = Numbers(state: 17)
    let (convolution, input, output) = shape.make(&numbers)
    let (inputs, outputs) = (input.reduce(1, *), output.reduce(1, *))
    let terms = try #require(ConvolutionTerms(convolution, input: input, output: output))
    let matrix = try #require(TermMatrix(terms, room: 1 << 20))
    var dense = [Double](repeating: 0, count: inputs * outputs)
    var count = 0
    terms.forEach { o, i, weight in
      dense[o * inputs + i] += weight
      count += 1
    }
    #expect(matrix.byOutput.termCount == count && matrix.byInput.termCount == count)
    for (list, rows, columns, isTransposed) in [
      (matrix.byOutput, outputs, inputs, false), (matrix.byInput, inputs, outputs, true),
    ] {
      func element(_ row: Int, _ column: Int) -> Double {
        isTransposed ? dense[column * inputs + row] : dense[row * inputs + column]
      }
      var values = (0..<columns).map { _ in Lanes(repeating: Double(numbers.next())) }
      for k in values.indices { values[k][5] = Double(numbers.next()) }
      var gathered = [Lanes](repeating: Lanes(repeating: 1), count: rows)
      values.withUnsafeBufferPointer { values in
        gathered.withUnsafeMutableBufferPointer { list.gather(values, into: $0) }
      }
      var coefficients = [Lanes](repeating: .zero, count: rows)
      for k in stride(from: 0, to: rows, by: 3) { coefficients[k] = Lanes(repeating: Double(numbers.next())) }
      var scattered = [Lanes](repeating: .zero, count: columns)
      coefficients.withUnsafeBufferPointer { coefficients in
        scattered.withUnsafeMutableBufferPointer { list.scatter(coefficients, into: $0) }
      }
      for lane in [0, 5, 15] {
        for row in 0..<rows {
          let sum = (0..<columns).reduce(1) { $0 + element(row, $1) * values[$1][lane] }
          #expect(abs(gathered[row][lane] - sum) < 1e-12)
        }
        for column in 0..<columns {
          let sum = (0..<rows).reduce(0) { $0 + element($1, column) * coefficients[$1][lane] }
          #expect(abs(scattered[column][lane] - sum) < 1e-12)
        }
      }
    }
  }

  /// Weights of a convolution are stored for a few patterns only, however many places there are.
  @Test func storageDoesNotGrowWithTheImage() throws {
    var numbers = Numbers(state: 4)
    let stored = try [32, 64].map { extent in
      let (convolution, input, output) = Case(
        channels: (4, 4), extent: (extent, extent), kernel: (3, 3), padsBegin: [1, 1], padsEnd: [1, 1]
      ).make(&numbers)
      let terms = try #require(ConvolutionTerms(convolution, input: input, output: output))
      return try #require(TermMatrix(terms, room: 1 << 20)).byOutput.storedCount
    }
    #expect(stored[0] == stored[1] && stored[0] <= 9 * 4 * 4 * 9)
    let (convolution, input, output) = Case(channels: (4, 4), extent: (8, 8), kernel: (3, 3)).make(&numbers)
    let terms = try #require(ConvolutionTerms(convolution, input: input, output: output))
    #expect(TermMatrix(terms, room: 100) == nil)
  }

  /// Every path gives the bits of the portable one, with a number of rows that no block of them divides.
  @Test func pathsAgreeBitForBit() {
    var numbers = Numbers(state: 9)
    let (rows, terms, columns) = (7, 13, 20)
    let places = (0..<terms).map { Int32(($0 * 7) % columns) }
    let weights = (0..<rows * terms).map { _ in Double(numbers.next()) }
    let values = (0..<16 * columns).map { _ in Double(numbers.next()) }
    let results = [certify_path_portable, certify_path_avx2, certify_path_avx512]
      .filter { certify_path_is_available($0) }.map { path in
        var results = [Double](repeating: 0.5, count: 16 * rows)
        certify_gather_shared(path, places, weights, terms, values, &results, rows)
        return results
      }
    for result in results { #expect(result == results[0]) }
    for row in 0..<rows {
      for lane in 0..<16 {
        let sum = (0..<terms).reduce(0.5) {
          $0 + weights[row * terms + $1] * values[16 * Int(places[$1]) + lane]
        }
        #expect(results[0][16 * row + lane] == sum)
      }
    }
  }

  /// Sums along the rows of a matrix that is stored whole are those of the list of its terms, with numbers of terms that
  /// eight divides and does not.
  @Test(arguments: [(3, 8), (5, 29), (1, 7), (4, 64)])
  func denseRowsAreSummedLikeLists(rows: Int, columns: Int) throws {
    var numbers = Numbers(state: UInt64(rows * columns))
    var weights = (0..<rows * columns).map { _ in numbers.next() }
    weights[rows * columns / 2] = 0
    let dense = try #require(TermMatrix(dense: weights, rows: rows, columns: columns))
    let map = AffineMap(
      forEachTerm: { body in
        for k in weights.indices { body(0, k / columns, k % columns, Double(weights[k])) }
      }, shift: [], roundings: 0)
    let list = try #require(TermMatrix.operands(of: map, outputCount: rows, inputCounts: [columns]).first)
    #expect(dense.byOutput.termCount == rows * columns && list.byOutput.termCount == rows * columns - 1)
    #expect(dense.byInput.rows(count: columns).count { $0?.weights.count == rows } == columns)

    let middle = (0..<columns).map { _ in Double(numbers.next()) }
    let (lower, upper) = (middle.map { $0 - 0.25 }, middle.map { $0 + 0.5 })
    func intervals(_ terms: TermList) -> [[Double]] {
      var sums = [[Double]](repeating: [Double](repeating: 1, count: rows), count: 3)
      var (low, high, size) = (sums[0], sums[1], sums[2])
      terms.addIntervals(lower, upper, low: &low, high: &high, size: &size)
      sums = [low, high, size]
      return sums
    }
    for (found, expected) in zip(intervals(dense.byOutput), intervals(list.byOutput)) {
      for (a, b) in zip(found, expected) { #expect(abs(a - b) < 1e-12) }
    }
    for row in 0..<rows {
      let least = (0..<columns).reduce(1.0) { sum, column in
        let weight = Double(weights[row * columns + column])
        return sum + min(weight * lower[column], weight * upper[column])
      }
      #expect(abs(intervals(dense.byOutput)[0][row] - least) < 1e-12)
    }
    func sums(_ terms: TermList) -> [TermList.BallSum] {
      terms.ballSums(center: middle, scale: upper, slack: upper.map { abs($0) }, count: rows)
    }
    for (a, b) in zip(sums(dense.byOutput), sums(list.byOutput)) {
      #expect(abs(a.middle - b.middle) < 1e-12 && abs(a.size - b.size) < 1e-12)
      #expect(abs(a.squares - b.squares) < 1e-12 && a.largest == b.largest && abs(a.slack - b.slack) < 1e-12)
      #expect(a.largest > 0 && a.slack > 0 && a.squares > 0)
    }
  }

  /// A matrix that is mostly zeros is kept as a list.
  @Test func sparseMatricesAreLists() {
    #expect(TermMatrix(dense: [0, 0, 1, 0], rows: 2, columns: 2) == nil)
    #expect(TermMatrix(dense: [1, 0, 1, 1], rows: 2, columns: 2) != nil)
  }

  @Test func intervalPathsAgreeBitForBit() {
    var numbers = Numbers(state: 12)
    let (rows, terms) = (5, 21)
    let weights = (0..<rows * terms).map { _ in Double(numbers.next()) }
    let vectors = (0..<3).map { _ in (0..<terms).map { _ in Double(numbers.next()) } }
    let paths = [certify_path_portable, certify_path_avx2, certify_path_avx512]
    let results = paths.filter { certify_path_is_available($0) }.map { path in
      var intervals = [[Double]](repeating: [Double](repeating: 0.5, count: rows), count: 3)
      var (low, high, size) = (intervals[0], intervals[1], intervals[2])
      certify_interval_rows(
        path, weights, terms, vectors[0], vectors[1], vectors[2], &low, &high, &size, rows)
      intervals = [low, high, size]
      var sums = [Double](repeating: 0, count: 5 * rows)
      certify_ball_rows(path, weights, terms, vectors[0], vectors[1], vectors[2], &sums, rows)
      return intervals + [sums]
    }
    for result in results { #expect(result == results[0]) }
  }
}
