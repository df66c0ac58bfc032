/// W_∞ of two empirical measures of as many points: the least length that suffices to move one on to the other.
enum TransportDistance {
  /// min over pairings of max ‖aᵢ − b_{π(i)}‖∞: the smallest distance at which the pairs that are no farther allow a perfect
  /// pairing, found by bisection and augmenting paths (Kuhn 1955, doi 10.1002/nav.3800020109).
  static func infinity(_ a: [[Double]], _ b: [[Double]]) -> Double {
    let distances = a.map { p in b.map { q in zip(p, q).reduce(0) { max($0, abs($1.0 - $1.1)) } } }
    let sorted = Set(distances.joined()).sorted()
    var (low, high) = (0, sorted.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if hasPairing(distances, within: sorted[middle]) { high = middle } else { low = middle + 1 }
    }
    return sorted.isEmpty ? 0 : sorted[low]
  }

  private static func hasPairing(_ distances: [[Double]], within limit: Double) -> Bool {
    var partner = [Int?](repeating: nil, count: distances.count)
    func place(_ point: Int, _ seen: inout [Bool]) -> Bool {
      for other in partner.indices where !seen[other] && distances[point][other] <= limit {
        seen[other] = true
        let held = partner[other]
        if held.map({ place($0, &seen) }) ?? true {
          partner[other] = point
          return true
        }
      }
      return false
    }
    return distances.indices.allSatisfy { point in
      var seen = [Bool](repeating: false, count: distances.count)
      return place(point, &seen)
    }
  }
}
