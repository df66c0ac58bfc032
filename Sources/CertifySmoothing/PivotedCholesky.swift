/// LLᵀ = A of a symmetric matrix without negative eigenvalues, singular or not, in double precision.
///
/// The diagonal element that is largest after what the previous columns explain comes next; the columns end
/// where none exceeds n·2⁻⁵² of the largest of A, so that what is left out is of the size of rounding errors
/// (Higham 2002, "Accuracy and Stability of Numerical Algorithms", doi:10.1137/1.9780898718027, §10.3).
struct PivotedCholesky {
  /// n and the number of columns r ≤ n.
  let order: Int
  let rank: Int
  /// L, [n, r], row-major; rows in the order of A's.
  let factor: [Double]

  /// - Parameter gram: A, [order, order], row-major; the upper triangle is not read.
  init(gram: [Double], order: Int) {
    self.order = order
    var left = (0..<order).map { gram[$0 * order + $0] }
    let smallest = Double(order) * 0x1p-52 * (left.max() ?? 0)
    var remaining = Array(0..<order)
    // Row i holds Lᵢ₁ … Lᵢᵣ, so that every inner product runs along two rows.
    var columns = [Double](repeating: 0, count: order * order)
    var rank = 0
    while let place = remaining.indices.max(by: { left[remaining[$0]] < left[remaining[$1]] }),
      left[remaining[place]] > smallest
    {
      let pivot = remaining.remove(at: place)
      let root = left[pivot].squareRoot()
      columns.withUnsafeMutableBufferPointer { columns in
        guard let base = columns.baseAddress else { return }
        base[pivot * order + rank] = root
        for row in remaining {
          let explained = innerProduct(base + row * order, base + pivot * order, count: rank)
          let element = (gram[max(row, pivot) * order + min(row, pivot)] - explained) / root
          base[row * order + rank] = element
          left[row] -= element * element
        }
      }
      rank += 1
    }
    self.rank = rank
    factor = (0..<order).flatMap { columns[$0 * order..<$0 * order + rank] }
  }
}

/// Σ aᵢbᵢ.
func innerProduct(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, count: Int) -> Double {
  var sums = (SIMD8<Double>(), SIMD8<Double>())
  let whole = count - count % 16
  for i in stride(from: 0, to: whole, by: 16) {
    let left = UnsafeRawPointer(a + i)
    let right = UnsafeRawPointer(b + i)
    sums.0 +=
      left.loadUnaligned(as: SIMD8<Double>.self) * right.loadUnaligned(as: SIMD8<Double>.self)
    sums.1 +=
      left.loadUnaligned(fromByteOffset: 64, as: SIMD8<Double>.self)
      * right.loadUnaligned(fromByteOffset: 64, as: SIMD8<Double>.self)
  }
  var sum = (sums.0 + sums.1).sum()
  for i in whole..<count { sum += a[i] * b[i] }
  return sum
}
