import Foundation

/// Colours on a terminal, and plain text elsewhere.
struct Palette {
  /// Whether colours are used.
  let isEnabled: Bool

  /// - Parameters:
  ///   - isWanted: Whether the command line allows colours.
  ///   - environment: Where NO_COLOR (https://no-color.org) and a dumb terminal rule them out.
  ///   - isTerminal: Whether a person reads stdout.
  init(
    isWanted: Bool = true, environment: [String: String] = ProcessInfo.processInfo.environment,
    isTerminal: Bool = isatty(FileHandle.standardOutput.fileDescriptor) == 1
  ) {
    isEnabled =
      isWanted && isTerminal && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
  }

  func good(_ text: String) -> String { coloured(text, "32") }
  func bad(_ text: String) -> String { coloured(text, "1;31") }
  func doubtful(_ text: String) -> String { coloured(text, "33") }

  private func coloured(_ text: String, _ code: String) -> String {
    isEnabled ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
