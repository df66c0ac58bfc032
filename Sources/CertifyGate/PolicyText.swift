import Yams

/// YAML of a policy or of a configuration as nodes.
enum PolicyText {
  /// The root node; `nil` for an empty text.
  ///
  /// - Throws: `PolicyError`, with the line where it is known.
  static func compose(_ yaml: String) throws -> Node? {
    guard yaml.utf8.count <= Policy.longestText else {
      throw PolicyError(line: nil, problem: "it is longer than \(Policy.longestText) bytes")
    }
    do {
      return try Yams.compose(yaml: yaml)
    } catch let error as YamlError {
      throw PolicyError(error, text: yaml)
    }
  }
}
