import CertifySmoothing
import CertifyThreat
import Foundation

/// The certified radius of a classifier smoothed by deterministic splitting noise, from its exact counts; no α.
///
/// With n_j of the M samples of class j and c₁ the most frequent class, ties to the lowest index, let
///
///     D = min_{j ≠ c₁} ⌊(n_{c₁} − n_j − 1[j < c₁])/2⌋
///
/// over all classes j. A point of the 8-bit grid with 255‖x' − x‖₁ ≤ D differs from x in at most D samples, each of
/// which moves the difference of two counts by at most 2, so that g(x') = c₁ (Levine and Feizi 2021,
/// arXiv:2103.10834).
public struct SplittingCertificate: Sendable, Equatable {
  /// The name on the command line and in the results.
  public static let method = "splitting-exact"

  /// g(x).
  public let predicted: Int
  /// D, in steps of 1/255.
  public let steps: Int

  /// - Parameter counts: How often each class answered, over all samples that g has.
  /// - Throws: ``CertificateError`` for fewer than two classes, a negative count or no samples, or failed samples.
  public init(counts: ClassCounts) throws {
    guard counts.counts.count >= 2 else {
      throw CertificateError.countOutOfRange(
        name: "the number of classes", value: counts.counts.count, range: 2...Int.max)
    }
    let total = try counts.checkedTotal()
    guard total >= 1 else {
      throw CertificateError.countOutOfRange(name: "the number of samples", value: 0, range: 1...(1 << 40))
    }
    try CertificateError.check(counts.failed, name: "the number of failed samples", most: 0)
    let top = counts.mostFrequent
    predicted = top
    steps =
      counts.counts.indices.filter { $0 != top }
      .map { (counts.counts[top] - counts.counts[$0] - ($0 < top ? 1 : 0)) / 2 }.min() ?? 0
  }

  /// The certified radius in a norm: g is constant up to and including it on the 8-bit grid.
  ///
  /// D/255 in ℓ₁. Differences n of grid points are integers, so that ‖n‖₁ ≤ ‖n‖₂²: √D/255 in ℓ₂, or D/(255√d) where
  /// that is more. D/(255 d) in ℓ∞.
  ///
  /// - Parameters:
  ///   - norm: ℓ₁, ℓ₂ or ℓ∞.
  ///   - inputCount: d ≥ 1, the number of coordinates of an input.
  public func radius(norm: Norm, inputCount: Int) -> Double? {
    guard inputCount >= 1 else { return nil }
    // The next grid point is a whole step away, so that rounding to nearest claims nothing more.
    let radius = Double(steps) / 255
    guard steps > 0, norm != .l1 else { return radius }
    let derived = DerivedRadius.radius(radius, of: .l1, in: norm, inputCount: inputCount) ?? 0
    return norm == .l2 ? max(derived, (Double(steps).squareRoot() / 255).nextDown) : derived
  }
}
