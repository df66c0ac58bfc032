import CertifyAttacks
import Foundation

/// Random numbers by address: what is drawn depends on the seed, the purpose, the epoch and an index alone, so that a
/// training that is resumed, or runs on more threads, draws the same.
struct Draws: Sendable {
  enum Purpose: UInt64 {
    case weights = 0x7261_0001
    case holdout, order, start, monitorStart
  }

  let seed: UInt64

  func generator(_ purpose: Purpose, epoch: Int, index: Int) -> SplitMix64 {
    var outer = SplitMix64(seed: seed, input: epoch, stage: purpose.rawValue)
    return SplitMix64(seed: outer.next(), input: index, stage: purpose.rawValue)
  }
}

extension SplitMix64 {
  /// Uniform on the multiples of 2⁻⁵³ in [0, 1).
  package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Standard normal (Box & Muller 1958, doi 10.1214/aoms/1177706645).
  package mutating func normal() -> Double {
    let length = (-2 * log(1 - unit())).squareRoot()
    return length * cos(2 * .pi * unit())
  }
}
