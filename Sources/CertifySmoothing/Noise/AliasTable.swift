/// An alias table of integer masses, exact: no mass is rounded.
///
/// The masses sum to 2⁶⁰ and fall on 2ᵐ columns of capacity C = 2⁶⁰⁻ᵐ each. Column j keeps T_j < C of its
/// capacity for outcome j and gives the rest to its alias, so that
/// mass(i) = T_i + Σ_{j: alias j = i} (C − T_j), an identity between integers. A column that outcome j fills
/// alone is stored as T_j = 0 with alias j.
/// (Walker 1977, DOI 10.1145/355744.355749; construction after Vose 1991, DOI 10.1109/32.92917.)
struct AliasTable: Sendable {
  /// m, from 1 to 16.
  let bits: Int
  /// A column an element: the alias in the top m bits, ⌊T_j / 2²⁸⌋ in the rest.
  let entries: [UInt32]
  /// T_j mod 2²⁸.
  let low: [UInt32]

  /// What all masses sum to.
  static let total: UInt64 = 1 << 60

  /// Makes the table of outcomes 0 ..< masses.count.
  ///
  /// - Throws: ``SmoothingError/invalidMasses(_:)`` when the masses do not sum to 2⁶⁰ or are more than 2¹⁶.
  init(masses: [UInt64]) throws(SmoothingError) {
    guard !masses.isEmpty, masses.count <= 1 << 16 else {
      throw .invalidMasses("there are \(masses.count) of them, not 1 to 65536")
    }
    var sum: UInt64 = 0
    for mass in masses {
      let (next, overflow) = sum.addingReportingOverflow(mass)
      guard !overflow else { throw .invalidMasses("their sum exceeds 2^64") }
      sum = next
    }
    guard sum == Self.total else { throw .invalidMasses("they sum to \(sum), not 2^60") }

    var bits = 1
    while 1 << bits < masses.count { bits += 1 }
    let columns = 1 << bits
    let capacity = Self.total >> UInt64(bits)
    var left = masses + [UInt64](repeating: 0, count: columns - masses.count)
    var alias = Array(0..<columns)
    var threshold = [UInt64](repeating: 0, count: columns)
    var small: [Int] = []
    var large: [Int] = []
    for column in 0..<columns {
      if left[column] < capacity { small.append(column) } else { large.append(column) }
    }
    // What is left over the open columns always averages to C, so a small one implies a large one, and the
    // last open columns have exactly C each.
    while let poor = small.popLast(), let rich = large.popLast() {
      threshold[poor] = left[poor]
      alias[poor] = rich
      left[rich] -= capacity - left[poor]
      if left[rich] < capacity { small.append(rich) } else { large.append(rich) }
    }
    self.bits = bits
    let shift = UInt32(32 - bits)
    entries = (0..<columns).map { UInt32(alias[$0]) << shift | UInt32(threshold[$0] >> 28) }
    low = threshold.map { UInt32($0 & 0xfff_ffff) }
  }

  /// The masses that a draw from this table has, an outcome an element.
  var masses: [UInt64] {
    let capacity = Self.total >> UInt64(bits)
    let shift = UInt32(32 - bits)
    var masses = [UInt64](repeating: 0, count: entries.count)
    for (column, entry) in entries.enumerated() {
      let threshold = UInt64(entry & (1 << shift - 1)) << 28 | UInt64(low[column])
      masses[column] += threshold
      masses[Int(entry >> shift)] += capacity - threshold
    }
    return masses
  }
}
