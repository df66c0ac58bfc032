import CertifyAttacks

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
