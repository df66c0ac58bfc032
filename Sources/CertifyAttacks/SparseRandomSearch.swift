import CertifyThreat

/// Random search for the fewest changed features, from decisions alone.
///
/// Points of growing balls are tried until one flips, and its features given back while it flips; then, until the budget
/// is spent, two of the changed features are given back for a random one moved to an end of its interval.
struct SparseRandomSearch: SmallestNormAttack {
  static let name = RandomSearch.name
  private static let proposals = 32

  func runSmallestNorm(on oracle: Oracle, generator: inout SplitMix64) throws {
    try RandomSearch.findAny(oracle, attack: Self.name, generator: &generator)
    guard var best = oracle.nearest else { return }
    while true {
      _ = try oracle.givingBack(from: best.point, attack: Self.name)
      repeat {
        guard let nearest = oracle.nearest, nearest.distance > 1, oracle.remaining > 0 else { return }
        best = nearest
        let count = min(Self.proposals, oracle.remaining)
        let points = (0..<count).map { _ in proposal(best.point, oracle, using: &generator) }
        guard try oracle.flipping(points, attack: Self.name) != nil else { return }
      } while oracle.bestDistance == best.distance
      guard let nearest = oracle.nearest else { return }
      best = nearest
    }
  }

  private func proposal(
    _ point: [Float], _ oracle: Oracle, using generator: inout SplitMix64
  ) -> [Float] {
    let neighbourhood = oracle.neighbourhood
    var changed = oracle.changedFeatures(of: point)
    changed.shuffle(using: &generator)
    let reach = zip(point, neighbourhood.x).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
    var next = oracle.restoring(changed.prefix(2), of: point)
    let i = Int.random(in: point.indices, using: &generator)
    let isUpward = Bool.random(using: &generator)
    let end = isUpward ? neighbourhood.upper[i] : neighbourhood.lower[i]
    next[i] = end.isFinite ? end : neighbourhood.x[i] + (isUpward ? reach : -reach)
    return next
  }
}
