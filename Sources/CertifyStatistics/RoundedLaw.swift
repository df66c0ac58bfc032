/// A symmetric law rounded to a grid, as integer masses that a sampler of 60 bits draws exactly.
///
/// Each mass is the true probability of a cell times 2⁶⁰, rounded **down**; what the floors leave over is
/// `failed`, so that everything sums to 2⁶⁰: every cell is drawn with at most its true probability, and what is
/// drawn beyond that counts against the claim under test (Voráček and Hein 2022, arXiv:2207.07209).
public protocol RoundedLaw: Sendable {
  /// The masses of the cells −K…K, and what is left of 2⁶⁰.
  var cells: RoundedCells { get }
}

extension RoundedLaw {
  /// K: cells run from −K to K.
  public var reach: Int { cells.reach }
  /// The mass of cell k at index k + K; symmetric.
  public var masses: [UInt64] { cells.masses }
  /// What is left of 2⁶⁰.
  public var failed: UInt64 { cells.failed }
  /// The mass of cell k; 0 beyond ±``reach``.
  public func mass(of k: Int) -> UInt64 { cells.mass(of: k) }
}

/// The masses of a ``RoundedLaw``.
public struct RoundedCells: Sendable, Equatable {
  /// 2⁶⁰, the sum of all masses and ``failed``.
  public static let total: UInt64 = 1 << 60
  /// The largest reach that is accepted.
  static let mostReach = 1 << 24

  /// K: cells run from −K to K.
  public let reach: Int
  /// The mass of cell k at index k + K; symmetric.
  public let masses: [UInt64]
  /// What is left of 2⁶⁰.
  public let failed: UInt64

  /// Joins the masses of the cells 0…K with their mirror images.
  ///
  /// - Throws: ``StatisticsError/noResult(function:reason:)`` when they exceed the whole.
  init(half floors: [UInt64], law: String) throws(StatisticsError) {
    var used: UInt64 = 0
    for (k, floor) in floors.enumerated() {
      // No cell exceeds 2⁶⁰, so that neither the doubling nor the sum overflows before it is refused.
      guard floor <= Self.total, used <= Self.total else { break }
      used += k == 0 ? floor : 2 * floor
    }
    guard used <= Self.total, used > 0, floors.allSatisfy({ $0 <= Self.total }) else {
      throw .noResult(function: "the masses of \(law)", reason: "they sum to \(used) of \(Self.total)")
    }
    reach = floors.count - 1
    masses = floors.dropFirst().reversed() + floors
    failed = Self.total - used
  }

  /// The mass of cell k; 0 beyond ±``reach``.
  public func mass(of k: Int) -> UInt64 {
    (-reach...reach).contains(k) ? masses[k + reach] : 0
  }

  static func check(gridSteps: Int) throws(StatisticsError) {
    guard (1...65535).contains(gridSteps) else {
      throw .countOutOfRange(name: "the number of grid steps", value: gridSteps, range: 1...65535)
    }
  }

  static func check(reach: Int) throws(StatisticsError) {
    guard (1...mostReach).contains(reach) else {
      throw .countOutOfRange(name: "the reach", value: reach, range: 1...mostReach)
    }
  }
}
