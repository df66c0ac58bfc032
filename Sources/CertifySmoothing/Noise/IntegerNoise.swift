import CertifyKernels
import CertifyStatistics

/// Noise rounded to integers, as exact masses, for x clipped to a range.
///
/// For x ∈ 0...255 and the range [−255r, 255(r+1)], every noise n ≥ 255(r+1) gives x + n ≥ 255(r+1), which
/// the clip takes to the upper end, and every n ≤ −255(r+1) gives x + n ≤ 255 − 255(r+1) = −255r, the lower
/// end. So with N = 255(r+1) the cells beyond ±N are added to those at ±N without changing the law of
/// clip(x + n) for any x. What no cell holds, the floors' remainder and the far tail, is the failed draw.
struct IntegerNoise: Sendable {
  let table: AliasTable
  /// The noise of outcome i is i − offset.
  let offset: Int
  /// The outcome that stands for a failed draw.
  let failedOutcome: Int
  /// What x + noise is clipped to.
  let range: ClosedRange<Int>

  /// Makes the table of a law whose masses beyond the range's upper end are folded, for the clip `range`.
  init(_ law: some RoundedLaw, range: ClosedRange<Int>) throws(SmoothingError) {
    try self.init(cells: law.masses, failed: law.failed, range: range)
  }

  /// Makes the table of masses × 2⁶⁰: `cells` of −K...K in order, then what fails.
  ///
  /// - Parameter range: [−255r, 255(r+1)] with r ≥ 1.
  ///
  /// - Throws: ``SmoothingError/invalidMasses(_:)`` when they do not sum to 2⁶⁰ or are not an odd number.
  init(cells: [UInt64], failed: UInt64, range: ClosedRange<Int>) throws(SmoothingError) {
    guard cells.count % 2 == 1 else {
      throw .invalidMasses("\(cells.count) cells do not run from -K to K")
    }
    let reach = cells.count / 2
    let kept = min(reach, range.upperBound)
    var masses = [UInt64](repeating: 0, count: 2 * kept + 1)
    for (index, cell) in cells.enumerated() {
      let noise = min(max(index - reach, -kept), kept)
      let (sum, overflow) = masses[noise + kept].addingReportingOverflow(cell)
      guard !overflow else { throw .invalidMasses("their sum exceeds 2^64") }
      masses[noise + kept] = sum
    }
    failedOutcome = masses.count
    masses.append(failed)
    table = try AliasTable(masses: masses)
    offset = kept
    self.range = range
  }

  /// Calls `body` with the table in the form the kernels read.
  func withKernelTable<Result>(_ body: (UnsafePointer<certify_integer_table>) -> Result) -> Result {
    table.entries.withUnsafeBufferPointer { entries in
      table.low.withUnsafeBufferPointer { low in
        var view = certify_integer_table(
          entries: entries.baseAddress, low: low.baseAddress, bits: UInt32(table.bits),
          offset: Int32(offset), failed: Int32(failedOutcome), lower: Int32(range.lowerBound),
          upper: Int32(range.upperBound))
        return body(&view)
      }
    }
  }
}
