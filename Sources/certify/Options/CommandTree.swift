import ArgumentParser
import Foundation

/// The commands and their options as data, for whatever speaks of all of them.
struct CommandTree: Decodable {
  struct Command: Decodable {
    var commandName: String
    var abstract: String?
    var discussion: String?
    var shouldDisplay: Bool?
    var subcommands: [Command]?
    var arguments: [Argument]?
  }

  struct Argument: Decodable {
    enum Kind: String, Decodable {
      case positional, option, flag
    }

    struct Name: Decodable {
      var kind: String
      var name: String

      /// With its dashes.
      var text: String { (kind == "long" ? "--" : "-") + name }
    }

    var kind: Kind
    var isRepeating: Bool
    var parsingStrategy: String
    var shouldDisplay: Bool
    var names: [Name]?
    var valueName: String?
    var abstract: String?
    var discussion: String?

    /// The name after `--`.
    var longName: String? { names?.first { $0.kind == "long" }?.name }
  }

  var command: Command

  /// The commands of this program.
  ///
  /// - Throws: What decoding throws.
  static func current() throws -> CommandTree {
    try JSONDecoder().decode(CommandTree.self, from: Data(Certify._dumpHelp().utf8))
  }

  /// The subcommand of a name.
  func subcommand(_ name: String) -> Command? {
    command.subcommands?.first { $0.commandName == name }
  }
}
