/// A line of a report: text with marks.
///
/// Written as a string; whatever is interpolated stays text in every format, whatever it contains:
/// `"model \(code: path), \(strong: "not") \(count)"`.
package struct Prose: Equatable, Sendable {
  package enum Span: Equatable, Sendable {
    case plain(String)
    case code(String)
    case strong(String)
    case link(String, target: String)
  }

  package var spans: [Span]

  package init(_ text: some StringProtocol) { spans = [.plain(String(text))] }

  package init(spans: [Span]) { self.spans = spans }

  /// A code span alone.
  package static func code(_ text: String) -> Prose { Prose(spans: [.code(text)]) }

  /// Strong text alone.
  package static func strong(_ text: String) -> Prose { Prose(spans: [.strong(text)]) }

  /// Without its marks.
  package var plain: String {
    spans.map { span in
      switch span {
      case .plain(let text), .code(let text), .strong(let text), .link(let text, _): text
      }
    }
    .joined()
  }

  package static func + (left: Prose, right: Prose) -> Prose { Prose(spans: left.spans + right.spans) }

  package static func += (left: inout Prose, right: Prose) { left.spans += right.spans }
}

extension Prose {
  /// With spaces at which no line breaks.
  ///
  /// - Parameter isKept: Whether the space before this character is one of them.
  func keepingTogether(before isKept: (Character) -> Bool = { _ in true }) -> Prose {
    Prose(
      spans: spans.map { span in
        switch span {
        case .plain(let text): .plain(Self.keptTogether(text, isKept))
        case .strong(let text): .strong(Self.keptTogether(text, isKept))
        case .code, .link: span
        }
      })
  }

  private static func keptTogether(_ text: String, _ isKept: (Character) -> Bool) -> String {
    var result = ""
    var rest = text[...]
    while let character = rest.popFirst() {
      result.append(character == " " && rest.first.map(isKept) ?? false ? "\u{A0}" : character)
    }
    return result
  }
}

extension [Prose] {
  /// One after the other with the same words between.
  package func joined(separator: String) -> Prose {
    var spans: [Prose.Span] = []
    for (index, prose) in enumerated() {
      if index > 0 { spans.append(.plain(separator)) }
      spans += prose.spans
    }
    return Prose(spans: spans)
  }
}

extension Prose: ExpressibleByStringInterpolation {
  package init(stringLiteral value: String) { self.init(value) }

  package init(stringInterpolation: StringInterpolation) { spans = stringInterpolation.spans }

  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var spans: [Span] = []

    package init(literalCapacity: Int, interpolationCount: Int) {
      spans.reserveCapacity(2 * interpolationCount + 1)
    }

    package mutating func appendLiteral(_ literal: String) {
      if !literal.isEmpty { spans.append(.plain(literal)) }
    }

    package mutating func appendInterpolation(_ value: some CustomStringConvertible) {
      spans.append(.plain(value.description))
    }

    package mutating func appendInterpolation(_ prose: Prose) { spans += prose.spans }

    package mutating func appendInterpolation(code: String) { spans.append(.code(code)) }

    package mutating func appendInterpolation(strong: String) { spans.append(.strong(strong)) }

    package mutating func appendInterpolation(link: String, to target: String) {
      spans.append(.link(link, target: target))
    }
  }
}
