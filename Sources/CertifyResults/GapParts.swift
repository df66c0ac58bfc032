/// Where the gap between the proof and the witness of a smoothed classifier comes from, upwards from the proof.
///
/// With r the certified radius, r∞ what the same method would prove with ever more samples and r* what the best
/// certificate from class probabilities would, r ≤ r∞ ≤ r* ≤ ρ ≤ upper. r∞ and r* are known by upper confidence
/// bounds, each at the certificate's α, and cut off at the witness, which no certificate can pass.
public struct GapParts: Sendable, Codable, Equatable {
  /// r∞ − r: what more samples could add; `nil` when nothing bounds it.
  public var sampling: Double?
  /// r* − r∞: what a better use of the same samples could add; `nil` when nothing bounds it.
  public var method: Double?
  /// upper − r*: how much farther the witness is than the worst classifier with these probabilities would have
  /// its boundary. What the attack missed is a part of it. `nil` without a witness.
  public var attack: Double?

  public init(sampling: Double?, method: Double?, attack: Double?) {
    self.sampling = sampling
    self.method = method
    self.attack = attack
  }

  /// Divides the gap; `nil` when the ends are out of order or not numbers.
  ///
  /// - Parameters:
  ///   - lower: r.
  ///   - methodLimit: an upper bound of r∞, infinite where none is known.
  ///   - bestLimit: an upper bound of r*, infinite where none is known.
  ///   - upper: the witness's radius, `nil` without one.
  public init?(lower: Double, methodLimit: Double, bestLimit: Double, upper: Double?) {
    let end = upper ?? .infinity
    guard lower >= 0, lower.isFinite, lower <= end, !methodLimit.isNaN, !bestLimit.isNaN else { return nil }
    let own = min(max(methodLimit, lower), end)
    let best = min(max(bestLimit, own), end)
    sampling = own.isFinite ? own - lower : nil
    method = best.isFinite ? best - own : nil
    attack = upper.map { $0 - best }
  }

  /// The parts' means; `nil` of nothing, and where a part is missing.
  init?(meanOf all: [GapParts]) {
    func mean(_ part: KeyPath<GapParts, Double?>) -> Double? {
      let values = all.compactMap { $0[keyPath: part] }
      return values.count == all.count && !values.isEmpty ? Mean.roundedDown(values) : nil
    }
    guard let sampling = mean(\.sampling), let method = mean(\.method), let attack = mean(\.attack) else {
      return nil
    }
    self.init(sampling: sampling, method: method, attack: attack)
  }

  /// The whole gap, where all parts are known.
  public var total: Double? {
    guard let sampling, let method, let attack else { return nil }
    return sampling + method + attack
  }
}
