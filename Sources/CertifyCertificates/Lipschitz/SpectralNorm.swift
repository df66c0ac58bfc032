/// Upper bounds of ‖W‖₂, the largest singular value of a linear map, that rounding cannot undercut.
///
/// Power iteration converges from below and proves nothing; these come from above.
enum SpectralNorm {
  /// Gram matrices of more rows and columns than this take too long.
  static let mostRows = 640

  /// The smaller of √(‖W‖₁‖W‖_∞) and the bound of ``gram(_:rows:columns:)``.
  static func upperBound(_ matrix: TermMatrix, rows: Int, columns: Int) -> Double {
    func largestSum(_ terms: TermList) -> Double {
      var largest = 0.0
      terms.forEachRow { row in largest = max(largest, row.weights.reduce(0) { $0 + abs($1) }) }
      return largest
    }
    let product = largestSum(matrix.byOutput) * largestSum(matrix.byInput)
    let simple = (product * (1 + Double(rows + columns + 16) * 0x1p-51)).squareRoot().nextUp
    guard min(rows, columns) <= mostRows, simple.isFinite else { return simple }
    return min(simple, gram(matrix, rows: rows, columns: columns))
  }

  /// ‖W‖₂ ≤ ‖G‖_F^(1/2ᵗ⁺¹), G = (WᵀW)^(2ᵗ), by repeated squaring (Delattre et al. 2023, arXiv 2305.16173).
  ///
  /// A computed square misses the exact one by at most γₙ‖G‖_F² in the Frobenius norm, which is added on the way
  /// back: ‖G‖₂² ≤ ‖fl(G²)‖₂ + γₙ‖G‖_F².
  static func gram(_ matrix: TermMatrix, rows: Int, columns: Int) -> Double {
    let side = min(rows, columns)
    // The rows of the thinner side, each a list of terms over the longer side.
    let list = rows <= columns ? matrix.byOutput : matrix.byInput
    let terms = list.rows(count: side)
    let longest = max(rows, columns)
    var gram = [Double](repeating: 0, count: side * side)
    var dense = [Double](repeating: 0, count: longest)
    var squares = 0.0
    for (i, own) in terms.enumerated() {
      own?.forEach { place, weight in
        dense[place] += weight
        squares += weight * weight
      }
      for j in i..<side {
        var sum = 0.0
        terms[j]?.forEach { place, weight in sum += weight * dense[place] }
        gram[i * side + j] = sum
        gram[j * side + i] = sum
      }
      own?.forEach { place, _ in dense[place] = 0 }
    }
    let unit = 0x1p-51
    let first = bound(of: gram, side: side, squarings: 4)
    return (first + squares * Double(longest + list.longest + 16) * unit).squareRoot() * (1 + unit)
  }

  /// An upper bound of ‖G‖₂ of a symmetric matrix.
  private static func bound(of gram: [Double], side: Int, squarings: Int) -> Double {
    let frobenius =
      gram.reduce(0) { $0 + $1 * $1 }.squareRoot() * (1 + Double(gram.count + 16) * 0x1p-51)
    guard squarings > 0, frobenius > 0, frobenius.isFinite else { return frobenius }
    // A power of two, so that scaling is exact and nothing overflows.
    let scale = Double(sign: .plus, exponent: -frobenius.exponent, significand: 1)
    let scaled = gram.map { $0 * scale }
    var square = [Double](repeating: 0, count: gram.count)
    scaled.withUnsafeBufferPointer { g in
      square.withUnsafeMutableBufferPointer { result in
        for i in 0..<side {
          for k in 0..<side {
            let factor = g[i * side + k]
            if factor == 0 { continue }
            for j in 0..<side { result[i * side + j] += factor * g[k * side + j] }
          }
        }
      }
    }
    // Symmetric by its definition; made so in its rounding.
    for i in 0..<side { for j in 0..<i { square[i * side + j] = square[j * side + i] } }
    let rest = bound(of: square, side: side, squarings: squarings - 1)
    let size = frobenius * scale
    let missed = size * size * Double(side + 16) * 0x1p-50
    return ((rest + missed).squareRoot() / scale) * (1 + 0x1p-50)
  }
}
