/// A line of a report: text with marks.
///
/// Written as a string; whatever is interpolated stays text in every format, whatever it contains:
/// `"model \(code: path), \(strong: "not") \(count)"`.
struct Prose: Equatable, Sendable {
  enum Span: Equatable, Sendable {
    case plain(String)
    case code(String)
    case strong(String)
    case link(String, target: String)
  }

  var spans: [Span]

  init(_ text: some StringProtocol) { spans = [.plain(String(text))] }

  init(spans: [Span]) { self.spans = spans }

  /// A code span alone.
  static func code(_ text: String) -> Prose { Prose(spans: [.code(text)]) }

  /// Strong text alone.
  static func strong(_ text: String) -> Prose { Prose(spans: [.strong(text)]) }

  /// Without its marks.
  var plain: String {
    spans.map { span in
      switch span {
      case .plain(let text), .code(let text), .strong(let text), .link(let text, _): text
      }
    }
    .joined()
  }

  static func + (left: Prose, right: Prose) -> Prose { Prose(spans: left.spans + right.spans) }

  static func += (left: inout Prose, right: Prose) { left.spans += right.spans }
}

extension [Prose] {
  /// One after the other with the same words between.
  func joined(separator: String) -> Prose {
    var spans: [Prose.Span] = []
    for (index, prose) in enumerated() {
      if index > 0 { spans.append(.plain(separator)) }
      spans += prose.spans
    }
    return Prose(spans: spans)
  }
}

extension Prose: ExpressibleByStringInterpolation {
  init(stringLiteral value: String) { self.init(value) }

  init(stringInterpolation: StringInterpolation) { spans = stringInterpolation.spans }

  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var spans: [Span] = []

    init(literalCapacity: Int, interpolationCount: Int) {
      spans.reserveCapacity(2 * interpolationCount + 1)
    }

    mutating func appendLiteral(_ literal: String) {
      if !literal.isEmpty { spans.append(.plain(literal)) }
    }

    mutating func appendInterpolation(_ value: some CustomStringConvertible) {
      spans.append(.plain(value.description))
    }

    mutating func appendInterpolation(_ prose: Prose) { spans += prose.spans }

    mutating func appendInterpolation(code: String) { spans.append(.code(code)) }

    mutating func appendInterpolation(strong: String) { spans.append(.strong(strong)) }

    mutating func appendInterpolation(link: String, to target: String) {
      spans.append(.link(link, target: target))
    }
  }
}
