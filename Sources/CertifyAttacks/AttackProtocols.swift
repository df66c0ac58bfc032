/// An attack that looks for a witness with ‖x'−x‖ ≤ ε. It returns nothing: the oracle has what was found.
protocol FixedEpsilonAttack {
  func run(on oracle: Oracle, epsilon: Double, generator: inout SplitMix64) throws
}

/// An attack that looks for the witness of the smallest norm. It returns nothing: the oracle has what was found.
///
/// It is also an attack at a fixed ε: what it finds is within ε or not.
protocol SmallestNormAttack: FixedEpsilonAttack {
  func runSmallestNorm(on oracle: Oracle, generator: inout SplitMix64) throws
}

extension SmallestNormAttack {
  func run(on oracle: Oracle, epsilon: Double, generator: inout SplitMix64) throws {
    try runSmallestNorm(on: oracle, generator: &generator)
  }
}
