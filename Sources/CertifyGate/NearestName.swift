/// The name somebody probably meant.
public enum NearestName {
  /// The candidate at the smallest edit distance from `name`, if that is near enough to be a slip.
  ///
  /// Upper and lower case, `_` and `-` are alike. Near enough is a distance of at most max(2, a third of the
  /// longer name); ties go to the first candidate.
  ///
  /// - Parameters:
  ///   - name: What was given.
  ///   - candidates: The names that there are.
  public static func of(_ name: String, among candidates: [String]) -> String? {
    let wanted = normal(name)
    var best: (candidate: String, distance: Int)?
    for candidate in candidates {
      let other = normal(candidate)
      let limit = max(2, max(wanted.count, other.count) / 3)
      guard abs(wanted.count - other.count) <= limit else { continue }
      let distance = distance(wanted, other)
      guard distance <= limit, distance < max(wanted.count, other.count) else { continue }
      if distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.candidate
  }

  /// A question with the near name when there is one, else the list of all names.
  ///
  /// - Parameters:
  ///   - name: What was given.
  ///   - candidates: The names that there are.
  public static func hint(_ name: String, among candidates: [String]) -> String {
    if let near = of(name, among: candidates) { return "did you mean `\(near)`?" }
    return "known are " + candidates.map { "`\($0)`" }.joined(separator: ", ")
  }

  private static func normal(_ name: String) -> [Character] {
    name.lowercased().map { $0 == "_" ? "-" : $0 }
  }

  /// Insertions, deletions, substitutions and swaps of neighbours that turn one into the other.
  ///
  /// Source: optimal string alignment, Damerau 1964, DOI 10.1145/363958.363994.
  static func distance(_ first: [Character], _ second: [Character]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...second.count)
    for (row, character) in first.enumerated() {
      var current = [row + 1]
      for (column, other) in second.enumerated() {
        var cost = min(last[column + 1] + 1, current[column] + 1, last[column] + (character == other ? 0 : 1))
        if row > 0, column > 0, character == second[column - 1], first[row - 1] == other {
          cost = min(cost, beforeLast[column - 1] + 1)
        }
        current.append(cost)
      }
      beforeLast = last
      last = current
    }
    return last[second.count]
  }
}
