/// A list or a word of a VNNLIB file, with the line it begins in.
indirect enum SymbolicExpression {
  case word(String, line: Int)
  case list([SymbolicExpression], line: Int)

  var line: Int {
    switch self {
    case .word(_, let line), .list(_, let line): line
    }
  }

  /// The word, or `nil` for a list.
  var word: String? {
    if case .word(let word, _) = self { word } else { nil }
  }
}

/// Reads parenthesised lists of words; `;` begins a comment.
struct SymbolicExpressionReader {
  let source: String
  let bytes: [UInt8]
  /// Deeper nesting than any real property has.
  static let deepest = 64

  private enum Token {
    case open, close
    case word(String)
  }

  func expressions() throws -> [SymbolicExpression] {
    var open: [(elements: [SymbolicExpression], line: Int)] = []
    var top: [SymbolicExpression] = []
    var line = 1
    var position = 0
    while let token = next(&position, &line) {
      switch token {
      case .open:
        guard open.count < Self.deepest else { throw malformed(line, "lists are nested too deep") }
        open.append(([], line))
      case .close:
        guard let (elements, start) = open.popLast() else {
          throw malformed(line, "a ) closes nothing")
        }
        let list = SymbolicExpression.list(elements, line: start)
        if open.isEmpty { top.append(list) } else { open[open.count - 1].elements.append(list) }
      case .word(let word):
        guard !open.isEmpty else { throw malformed(line, "'\(word.prefix(40))' stands outside any list") }
        open[open.count - 1].elements.append(.word(word, line: line))
      }
    }
    if let (_, start) = open.last { throw malformed(start, "a ( is never closed") }
    return top
  }

  static let remedy = "write the property in VNNLIB 1.0"

  private func malformed(_ line: Int, _ problem: String) -> DataError {
    .malformed(source: source, place: "line \(line)", problem: problem, remedy: Self.remedy)
  }

  private func next(_ position: inout Int, _ line: inout Int) -> Token? {
    while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "\n"):
        line += 1
        position += 1
      case UInt8(ascii: ";"):
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
      case UInt8(ascii: "("):
        position += 1
        return .open
      case UInt8(ascii: ")"):
        position += 1
        return .close
      case 0...0x20:
        position += 1
      default:
        let start = position
        while position < bytes.count, Self.isPartOfWord(bytes[position]) { position += 1 }
        return .word(String(decoding: bytes[start..<position], as: UTF8.self))
      }
    }
    return nil
  }

  private static func isPartOfWord(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte != UInt8(ascii: "(") && byte != UInt8(ascii: ")") && byte != UInt8(ascii: ";")
  }
}
