import Yams

/// Defaults for options in a file: a mapping of long option names, without dashes, to a value or a list.
///
/// ```yaml
/// samples: 10000
/// norm: [l2, linf]
/// ```
public struct OptionFile: Sendable, Equatable {
  /// The values as they are written, without the underscores between the digits of a number.
  public var values: [String: [String]] = [:]

  /// Reads a file in YAML.
  ///
  /// - Parameters:
  ///   - yaml: The text.
  ///   - known: The names of all options.
  /// - Throws: `PolicyError`, with the line: unknown and repeated names (with the nearest name), and texts
  ///   that are not YAML.
  public init(yaml: String, known: [String]) throws {
    guard let root = try PolicyText.compose(yaml) else { return }
    guard case .mapping(let mapping) = root else {
      throw PolicyError(
        line: root.mark?.line, problem: "it is not a mapping; write `option: value`, one a line")
    }
    for (key, value) in mapping {
      let field = try PolicyField(key, value, known: known)
      values[field.name] = try field.texts().map(Self.plain)
    }
  }

  /// `10000` for `10_000`, which a policy may write too.
  private static func plain(_ text: String) -> String {
    text.wholeMatch(of: /[0-9]+(_[0-9]+)+/) == nil ? text : text.filter { $0 != "_" }
  }
}
