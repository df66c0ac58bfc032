/// A small deterministic generator (Steele, Lea & Flood 2014, doi:10.1145/2660193.2660195).
public struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  /// A generator whose stream depends on the seed, the input and the attack's stage alone.
  public init(seed: UInt64, input: Int, stage: UInt64) {
    state = Self.mix(Self.mix(Self.mix(seed) ^ UInt64(bitPattern: Int64(input))) ^ stage)
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mix(state)
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
