import CertifyAttacks
import CertifyThreat
import Testing

@testable import CertifyExperiments

@Suite struct HolderTests {
  /// In one dimension every direction of length ε gains ±ε|g|, half of them each.
  @Test(arguments: Norm.allCases) func oneDimensionHasTwoDirections(norm: Norm) {
    var generator = SplitMix64(seed: 5, input: 0, stage: 0)
    let race = HolderRace(norm: norm, dimension: 1, radius: 0.5, directions: 400, using: &generator)
    #expect(race.gains.allSatisfy { abs(abs($0) - 1) < 1e-12 })
    #expect((100...300).contains(race.gains.count { $0 > 0 }))
    #expect(abs(race.attained - 1) < 1e-6)
  }

  @Test func densityIntegratesToOne() {
    var generator = SplitMix64(seed: 5, input: 0, stage: 0)
    let race = HolderRace(norm: .l2, dimension: 3, radius: 2, directions: 1000, using: &generator)
    let sum = race.density(bins: 40).reduce(0) { $0 + $1.y * 0.05 }
    #expect(abs(sum - 1) < 1e-12)
    // cos is uniform on the sphere in three dimensions (Archimedes).
    #expect(race.density(bins: 2).allSatisfy { abs($0.y - 0.5) < 0.1 })
  }
}
