/// Text that goes into Markdown as itself, whatever it contains.
enum MarkdownText {
  /// Plain text inside a line: characters that mean something in Markdown or HTML are escaped, line breaks
  /// and control characters become visible.
  static func plain(_ text: String) -> String {
    var escaped = ""
    for character in visible(text) {
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\\", "`", "*", "_", "[", "]", "|", "~", "$", "@":
        escaped += "\\\(character)"
      default: escaped.append(character)
      }
    }
    return escaped
  }

  /// A code span. In a table the bar needs a backslash, which the table takes away again.
  static func code(_ text: String, inTable: Bool = false) -> String {
    var content = visible(text)
    if content.isEmpty { content = " " }
    if inTable {
      content = content.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }
    let fence = String(repeating: "`", count: longestRun(of: "`", in: content) + 1)
    let pad = content.hasPrefix("`") || content.hasSuffix("`") ? " " : ""
    return fence + pad + content + pad + fence
  }

  /// A block of code of the kind `language`.
  static func block(_ text: String, language: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { visible(String($0)) }
    let fence = String(repeating: "`", count: max(3, longestRun(of: "`", in: text) + 1))
    return "\(fence)\(language)\n\(lines.joined(separator: "\n"))\n\(fence)"
  }

  /// Line breaks, control characters and the marks that turn the direction of writing become visible.
  private static func visible(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x0A, 0x0D, 0x85, 0x2028, 0x2029: result.append("\u{2424}")
      case 0x00...0x1F, 0x7F...0x9F, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2069, 0xFEFF:
        result.append("\u{FFFD}")
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  private static func longestRun(of wanted: Character, in text: String) -> Int {
    var longest = 0
    var run = 0
    for character in text {
      run = character == wanted ? run + 1 : 0
      longest = max(longest, run)
    }
    return longest
  }
}

/// A Markdown table; cells are Markdown already.
struct MarkdownTable {
  var header: [String]
  /// Columns that hold figures, aligned to the right.
  var figures: Set<Int> = []
  var rows: [[String]] = []

  var text: String {
    let rule = header.indices.map { figures.contains($0) ? "---:" : "---" }
    return ([header, rule] + rows).map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
  }
}
