import CertifyResults

/// Workflow commands that put failed requirements onto the page of a GitHub Actions run, one line each.
public struct GitHubAnnotations: ReportFormat {
  public let name = "github"
  public let purpose = "annotations for GitHub Actions"

  public init() {}

  public func render(_ source: ReportSource) throws -> [ReportFile] {
    var lines: [String] = []
    for shortcoming in Shortcoming.all(of: source) {
      let text = shortcoming.details.joined(separator: "\n")
      lines.append(Self.line("error", title: "certify: \(shortcoming.headline)", text))
    }
    for outcome in source.verdict?.requirements ?? [] where !outcome.pass && outcome.level != .off {
      let text = ([Wording.shortfall(outcome)] + Wording.reasons(outcome)).joined(separator: "\n")
      lines.append(
        Self.line(
          outcome.fails ? "error" : "warning", title: "certify: \(outcome.requirement)", text))
    }
    if lines.isEmpty {
      lines.append(Self.line("notice", title: "certify", HeadSection(source: source).headline))
    }
    return [ReportFile(path: "annotations.txt", text: lines.joined(separator: "\n") + "\n")]
  }

  /// `::error title=…::…`, with what would end a value or the line in percent.
  static func line(_ command: String, title: String, _ message: String) -> String {
    let name = escaped(title).map { $0 == ":" ? "%3A" : $0 == "," ? "%2C" : String($0) }.joined()
    return "::\(command) title=\(name)::\(escaped(message))"
  }

  private static func escaped(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      switch scalar {
      case "%": "%25"
      case "\r": "%0D"
      case "\n": "%0A"
      default: PlainText.visible(String(scalar))
      }
    }
    .joined()
  }
}
