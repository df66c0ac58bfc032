/// Text that goes into Markdown as itself, whatever it contains.
enum MarkdownText {
  /// Plain text inside a line: characters that mean something in Markdown or HTML are escaped, line breaks
  /// and control characters become visible.
  static func plain(_ text: String) -> String {
    var escaped = ""
    for character in PlainText.visible(text) {
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
    var content = PlainText.visible(text)
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
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
      PlainText.visible(String($0))
    }
    let fence = String(repeating: "`", count: max(3, longestRun(of: "`", in: text) + 1))
    return "\(fence)\(language)\n\(lines.joined(separator: "\n"))\n\(fence)"
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
