/// Text from files and command lines, made fit for output that people read.
package enum PlainText {
  /// Line breaks, control characters and the marks that turn the direction of writing become visible.
  package static func visible(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x0A, 0x0D, 0x85, 0x2028, 0x2029: result.append("\u{2424}")
      case 0x00...0x1F, 0x7F...0x9F, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2069, 0xFEFF, 0xFFFE,
        0xFFFF:
        result.append("\u{FFFD}")
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  /// At most `length` characters, the end cut off with an ellipsis.
  static func shortened(_ text: String, to length: Int) -> String {
    text.count <= length ? text : text.prefix(max(0, length - 1)) + "…"
  }

  /// `1 input`, `2 inputs`.
  static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

  /// `3, 5, 8 and 4 more`.
  static func list(_ indices: [Int], longest: Int) -> String {
    let text = indices.prefix(longest).map(String.init).joined(separator: ", ")
    let rest = indices.count - longest
    return rest > 0 ? "\(text) and \(rest) more" : text
  }
}

/// Text inside XML and HTML, as content and as the value of an attribute.
enum MarkupText {
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in PlainText.visible(text).unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
