/// The command line as a manifest records it: without what does not change the results, so that a run has the same
/// record whether it was interrupted, shared out or watched.
enum RecordedCommand {
  private static let flags: Set<String> = ["--resume", "--overwrite", "--quiet", "--verbose", "--no-color"]
  private static let options: Set<String> = ["--jobs", "--shard"]

  /// The command, quoted for a shell.
  static func text(_ arguments: [String]) -> String {
    (["certify"] + essential(arguments)).map(quoted).joined(separator: " ")
  }

  static func essential(_ arguments: [String]) -> [String] {
    var kept: [String] = []
    var rest = arguments[...]
    while let word = rest.popFirst() {
      if flags.contains(word) { continue }
      if options.contains(word) {
        _ = rest.popFirst()
      } else if !options.contains(where: { word.hasPrefix($0 + "=") }) {
        kept.append(word)
      }
    }
    return kept
  }

  /// The words with another directory for the report.
  static func writing(to directory: String, _ arguments: [String]) -> [String] {
    var words = arguments
    for position in words.indices {
      if words[position] == "--out", position + 1 < words.count { words[position + 1] = directory }
      if words[position].hasPrefix("--out=") { words[position] = "--out=" + directory }
    }
    return words
  }

  private static func quoted(_ argument: String) -> String {
    let plain =
      !argument.isEmpty
      && argument.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./,=:+%@".contains($0)) }
    return plain ? argument : "'" + argument.replacing("'", with: "'\\''") + "'"
  }
}
