import Foundation

extension SplitMix64 {
  /// Uniform on the multiples of 2⁻⁵³ in [0, 1).
  package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Standard normal (Box & Muller 1958, doi 10.1214/aoms/1177706645).
  package mutating func normal() -> Double {
    let length = (-2 * log(1 - unit())).squareRoot()
    return length * cos(2 * .pi * unit())
  }
}
