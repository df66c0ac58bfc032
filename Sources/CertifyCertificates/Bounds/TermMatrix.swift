import CertifyKernels

/// A linear map as the list of its terms, by output for forward sums and by input for transposed ones.
struct TermMatrix: Sendable {
  let byOutput: TermList
  let byInput: TermList

  /// The terms of each operand of an affine map; terms of weight 0 are left out.
  static func operands(
    of map: AffineMap, outputCount: Int, inputCounts: [Int]
  ) -> [TermMatrix] {
    var outputTerms = inputCounts.map { _ in [Int](repeating: 0, count: outputCount + 1) }
    var inputTerms = inputCounts.map { [Int](repeating: 0, count: $0 + 1) }
    map.forEachTerm { operand, output, input, weight in
      guard weight != 0 else { return }
      outputTerms[operand][output + 1] += 1
      inputTerms[operand][input + 1] += 1
    }
    var byOutput = outputTerms.map(TermList.init(countsShifted:))
    var byInput = inputTerms.map(TermList.init(countsShifted:))
    var nextOfOutput = byOutput.map(\.starts)
    var nextOfInput = byInput.map(\.starts)
    map.forEachTerm { operand, output, input, weight in
      guard weight != 0 else { return }
      byOutput[operand].put(input, weight, at: nextOfOutput[operand][output])
      nextOfOutput[operand][output] += 1
      byInput[operand].put(output, weight, at: nextOfInput[operand][input])
      nextOfInput[operand][input] += 1
    }
    return zip(byOutput, byInput).map { TermMatrix(byOutput: $0, byInput: $1) }
  }
}

/// Terms grouped by the element on one side: those of element k are at `starts[k]..<starts[k + 1]`.
struct TermList: Sendable {
  let starts: [Int]
  /// The element on the other side.
  private(set) var places: [Int32]
  private(set) var weights: [Double]

  /// - Parameter counts: the number of terms of element k at k + 1, and 0 at 0.
  init(countsShifted counts: [Int]) {
    var starts = counts
    for k in starts.indices.dropFirst() { starts[k] += starts[k - 1] }
    self.starts = starts
    let total = starts.last ?? 0
    places = [Int32](repeating: 0, count: total)
    weights = [Double](repeating: 0, count: total)
  }

  /// The largest number of terms of an element.
  var longest: Int { zip(starts.dropFirst(), starts).reduce(0) { max($0, $1.0 - $1.1) } }

  fileprivate mutating func put(_ place: Int, _ weight: Double, at position: Int) {
    places[position] = Int32(truncatingIfNeeded: place)
    weights[position] = weight
  }
}

/// Sixteen rows of coefficients that are pulled back together.
typealias Lanes = SIMD16<Double>

extension TermList {
  /// results[k] += Σ weight · values[place] over the terms of each element k.
  func gather(_ values: UnsafeBufferPointer<Lanes>, into results: UnsafeMutableBufferPointer<Lanes>) {
    guard results.count > 0, values.count > 0 else { return }
    let count = results.count
    withPointers { starts, places, weights in
      values.withMemoryRebound(to: Double.self) { values in
        results.withMemoryRebound(to: Double.self) { results in
          certify_gather_rows(
            Self.path, starts, places, weights, values.baseAddress, results.baseAddress, count)
        }
      }
    }
  }

  /// results[place] += weight · values[k] over the terms of each element k whose value is not 0 in every lane.
  func scatter(_ values: UnsafeBufferPointer<Lanes>, into results: UnsafeMutableBufferPointer<Lanes>) {
    let used = values.indices.filter { values[$0] != .zero }
    withPointers { starts, places, weights in
      values.withMemoryRebound(to: Double.self) { values in
        results.withMemoryRebound(to: Double.self) { results in
          guard let places, let weights, let value = values.baseAddress else { return }
          for k in used {
            let (first, end) = (Int(starts?[k] ?? 0), Int(starts?[k + 1] ?? 0))
            certify_scatter_row(
              Self.path, places + first, weights + first, end - first, value + Lanes.scalarCount * k,
              results.baseAddress)
          }
        }
      }
    }
  }

  private static let path = certify_best_path()

  private func withPointers(
    _ body: (UnsafePointer<Int64>?, UnsafePointer<Int32>?, UnsafePointer<Double>?) -> Void
  ) {
    starts.withUnsafeBufferPointer { starts in
      starts.withMemoryRebound(to: Int64.self) { starts in
        places.withUnsafeBufferPointer { places in
          weights.withUnsafeBufferPointer { weights in
            body(starts.baseAddress, places.baseAddress, weights.baseAddress)
          }
        }
      }
    }
  }
}
