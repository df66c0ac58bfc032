/// The i-th of n parts of a run, i from 1: the inputs at the positions p of the selection with p ≡ i − 1 (mod n).
public struct Shard: Sendable, Codable, Hashable, CustomStringConvertible {
  /// i, in 1...`count`.
  public var index: Int
  /// n, the number of parts, at least 1.
  public var count: Int

  /// - Returns: `nil` unless 1 ≤ `index` ≤ `count`.
  public init?(index: Int, count: Int) {
    guard count >= 1, (1...count).contains(index) else { return nil }
    self.index = index
    self.count = count
  }

  /// Reads `i/n`.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let index = parts[0], let count = parts[1] else { return nil }
    self.init(index: index, count: count)
  }

  public var description: String { "\(index)/\(count)" }

  /// The positions of this part among those of a selection of `total` inputs, in ascending order.
  public func positions(of total: Int) -> [Int] { Array(stride(from: index - 1, to: total, by: count)) }
}
