import CertifyStatistics
import Testing

@testable import CertifySmoothing

/// A small generator of test data (SplitMix64; Steele et al. 2014, DOI 10.1145/2660193.2660195).
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }
}

/// Masses that sum to 2⁶⁰, the largest first, cut at random points.
private func randomMasses(_ count: Int, seed: UInt64) -> [UInt64] {
  var random = SplitMix(state: seed)
  let cuts = (0..<count - 1).map { _ in random.next() >> (4 + random.next() % 40) }.sorted()
  return zip(cuts + [AliasTable.total], [0] + cuts).map { $0 - $1 }.reversed()
}

@Test(arguments: [2, 3, 4, 5, 17, 1000, 1024, 1025, 65_536])
func tableHasTheMassesItWasMadeOf(count: Int) throws {
  for seed in 0..<(count > 2000 ? 2 : 20) as Range<UInt64> {
    let masses = randomMasses(count, seed: seed)
    let table = try AliasTable(masses: masses)
    #expect(Array(table.masses.prefix(count)) == masses)
    #expect(table.masses.dropFirst(count).allSatisfy { $0 == 0 })
    #expect(1 << table.bits >= count && (count <= 2 || 1 << (table.bits - 1) < count))
  }
}

@Test func tableOfOneCertainOutcome() throws {
  #expect(try AliasTable(masses: [0, 0, AliasTable.total]).masses == [0, 0, AliasTable.total, 0])
  #expect(try AliasTable(masses: [AliasTable.total]).masses == [AliasTable.total, 0])
}

@Test(
  arguments: [
    [], [1], [AliasTable.total, 1], [AliasTable.total - 1], [.max, .max],
    [UInt64](repeating: 1 << 43, count: 1 << 17),
  ] as [[UInt64]])
func tableRefusesMassesThatAreNotADistribution(masses: [UInt64]) {
  #expect(throws: SmoothingError.self) { _ = try AliasTable(masses: masses) }
}

/// The table of every σ has the masses of the rounded normal, and folds nothing that the clip can tell apart.
@Test(arguments: [0.0005, 0.12, 0.25, 0.5, 1.0])
func integerNoiseHasTheMassesOfTheRoundedNormal(sigma: Double) throws {
  let range = try #require(Smoothing(noise: .gaussianSound, sigma: sigma).integerRange)
  let normal = try RoundedNormal(sigma: sigma, gridSteps: 255, reach: range.upperBound)
  let noise = try IntegerNoise(normal, range: range)
  let masses = noise.table.masses
  for (index, mass) in normal.masses.enumerated() { #expect(masses[index] == mass) }
  #expect(masses[noise.failedOutcome] == normal.failed)
  #expect(masses.reduce(0, +) == AliasTable.total)
  // The extreme noise decides for every x: it meets the clip from 0 upwards and from 255 downwards.
  #expect(noise.offset == range.upperBound && 255 - noise.offset == range.lowerBound)
  // Failing is rarer than 2⁻⁴⁵ a coordinate.
  #expect(normal.failed < 1 << 15)
}

/// Cells beyond the clip are added to the end cells, and the law of clip(x + n) is that of the unfolded noise.
@Test func foldingKeepsTheClippedLaw() throws {
  let reach = 700
  var cells = randomMasses(2 * reach + 2, seed: 7)
  let failed = cells.removeLast()
  let range = -255...510
  let noise = try IntegerNoise(cells: cells, failed: failed, range: range)
  let masses = noise.table.masses
  func clip(_ value: Int) -> Int { min(max(value, range.lowerBound), range.upperBound) }
  for x in [0, 1, 100, 254, 255] {
    var (folded, unfolded) = ([Int: UInt64](), [Int: UInt64]())
    for (index, mass) in cells.enumerated() { unfolded[clip(x + index - reach), default: 0] += mass }
    for index in 0..<noise.failedOutcome {
      folded[clip(x + index - noise.offset), default: 0] += masses[index]
    }
    #expect(folded.filter { $0.value > 0 } == unfolded.filter { $0.value > 0 })
  }
}
