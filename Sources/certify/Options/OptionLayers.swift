import CertifyGate
import Foundation

/// Options from three places: a file, before it the environment, before both the command line.
struct OptionLayers {
  let tree: CommandTree
  let environment: [String: String]

  /// A command line that says all, and where each option that was added came from.
  struct Expanded {
    var arguments: [String]
    var origins: [String] = []
  }

  /// Options that speak of the invocation itself.
  private static let own: Set<String> = ["config", "help", "version"]

  /// Adds to the arguments what the environment and the file say of options that they leave out.
  ///
  /// - Parameter given: The arguments without the program's name.
  /// - Throws: ``CommandError`` for a file that cannot be read or names an option that no command has.
  func expand(_ given: [String]) throws -> Expanded {
    var result = Expanded(arguments: given)
    guard let name = given.first, let command = tree.subcommand(name),
      !given.contains(where: { ["--help", "-h", "--version"].contains($0) })
    else { return result }
    let end = given.firstIndex(of: "--") ?? given.endIndex
    let present = Set(given[..<end].filter { $0.hasPrefix("--") }.map(Self.name))
    let path = Self.value(of: "config", in: Array(given[..<end])) ?? environment["CERTIFY_CONFIG"]
    let file = try path.map { ($0, try defaults(in: $0)) }
    var added: [String] = []
    for argument in command.arguments ?? [] where argument.kind != .positional {
      guard let option = argument.longName, !Self.own.contains(option), !present.contains(option) else {
        continue
      }
      let variable = Self.variable(option)
      if let text = environment[variable], !text.isEmpty {
        added += try Self.arguments(
          argument, option, values: argument.isRepeating ? Self.list(text, argument) : [text],
          origin: variable)
        result.origins.append("--\(option) from the environment (\(variable))")
      } else if let (path, defaults) = file, let values = defaults[option] {
        added += try Self.arguments(argument, option, values: values, origin: path)
        result.origins.append("--\(option) from \(path)")
      }
    }
    result.arguments = Array(given[..<end]) + added + Array(given[end...])
    return result
  }

  /// `CERTIFY_SELECTION_SAMPLES` for `selection-samples`.
  static func variable(_ option: String) -> String {
    "CERTIFY_" + String(option.uppercased().map { $0 == "-" ? "_" : $0 })
  }

  private static func name(_ argument: String) -> String {
    String(argument.dropFirst(2).prefix { $0 != "=" })
  }

  private static func value(of option: String, in arguments: [String]) -> String? {
    for (index, argument) in arguments.enumerated() where name(argument) == option {
      if let equals = argument.firstIndex(of: "=") {
        return String(argument[argument.index(after: equals)...])
      }
      return arguments.indices.contains(index + 1) ? arguments[index + 1] : nil
    }
    return nil
  }

  /// The values of a list in the environment: separated as on the command line, by spaces or commas, or by
  /// line breaks where each value takes an option of its own.
  private static func list(_ text: String, _ argument: CommandTree.Argument) -> [String] {
    let isSpaced = argument.parsingStrategy == "upToNextOption"
    return text.split { $0.isNewline || isSpaced && ($0 == " " || $0 == ",") }.map(String.init)
  }

  private static func arguments(
    _ argument: CommandTree.Argument, _ option: String, values: [String], origin: String
  ) throws -> [String] {
    if argument.kind == .flag {
      switch values.first?.lowercased() {
      case "1", "true", "yes", "on": return ["--\(option)"]
      case "0", "false", "no", "off": return []
      default:
        throw CommandError.usage("\(origin): `\(option)` is a switch; write true or false")
      }
    }
    guard argument.isRepeating || values.count == 1 else {
      throw CommandError.usage("\(origin): `\(option)` takes one value, found \(values.count)")
    }
    return values.map { "--\(option)=\($0)" }
  }

  private func defaults(in path: String) throws -> [String: [String]] {
    let bytes = try readFile(path, what: "configuration")
    let known = (tree.command.subcommands ?? []).flatMap { $0.arguments ?? [] }
      .filter { $0.kind != .positional }.compactMap(\.longName).filter { !Self.own.contains($0) }
    do {
      return try OptionFile(yaml: String(decoding: bytes, as: UTF8.self), known: Set(known).sorted()).values
    } catch let error as PolicyError {
      throw CommandError.usage("\(path): \(error.description(of: "configuration"))")
    }
  }
}
