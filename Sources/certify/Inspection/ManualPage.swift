/// The commands and options as a page for man(1), in the macros of man(7).
struct ManualPage {
  let command: CommandTree.Command
  let version: String

  init(_ command: CommandTree.Command, version: String) {
    self.command = command
    self.version = version
  }

  var text: String {
    var lines = [
      ".TH CERTIFY 1 \"\" \"certify \(version)\" \"User Commands\"",
      ".SH NAME", "certify \\- \(Self.escaped(sentence(command.abstract)))",
      ".SH SYNOPSIS", ".B certify", ".I command", ".RI [ options ]",
      ".SH DESCRIPTION",
    ]
    lines += paragraphs(command.discussion)
    lines.append(".SH COMMANDS")
    for subcommand in commands { lines += section(subcommand) }
    lines += [
      ".SH ENVIRONMENT", ".TP", ".BI CERTIFY_ OPTION",
      Self.escaped(
        "The default of an option, such as CERTIFY_SAMPLES of --samples; true or false for a switch."),
      ".TP", ".B CERTIFY_CONFIG", "The file that \\fB\\-\\-config\\fR names.",
      ".TP", ".B NO_COLOR", "When set to anything, no colours are used.",
      ".TP", ".B GITHUB_STEP_SUMMARY", "The file to which a run and a gate append their report.",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  private var commands: [CommandTree.Command] {
    (command.subcommands ?? []).filter { $0.commandName != "help" && $0.shouldDisplay != false }
  }

  private func section(_ subcommand: CommandTree.Command) -> [String] {
    let arguments = (subcommand.arguments ?? []).filter(\.shouldDisplay)
    let positional = arguments.filter { $0.kind == .positional }
    let usage =
      ["certify", subcommand.commandName] + positional.map { "<\($0.valueName ?? "value")>" } + ["[options]"]
    var lines = [
      ".SS \(Self.escaped(usage.joined(separator: " ")))", Self.escaped(subcommand.abstract ?? ""),
    ]
    lines += paragraphs(subcommand.discussion)
    for argument in arguments {
      lines += [".TP", heading(argument), Self.escaped(argument.abstract ?? "")]
    }
    return lines
  }

  private func heading(_ argument: CommandTree.Argument) -> String {
    let value = argument.valueName.map { "<\($0)>" } ?? ""
    if argument.kind == .positional { return ".I \(Self.escaped(value))" }
    let names = (argument.names ?? []).map { Self.escaped($0.text) }.joined(separator: ", ")
    return argument.kind == .flag ? ".B \(names)" : ".BI \"\(names) \" \(Self.escaped(value))"
  }

  private func sentence(_ text: String?) -> String {
    let text = text ?? ""
    return text.hasSuffix(".") ? String(text.dropLast()) : text
  }

  private func paragraphs(_ text: String?) -> [String] {
    (text ?? "").split(separator: "\n\n").filter { !$0.isEmpty }.flatMap { paragraph in
      [".PP", Self.escaped(paragraph.split(whereSeparator: \.isNewline).joined(separator: " "))]
    }
  }

  /// Backslashes and dashes as themselves; nothing that begins a line is a request.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "\\": result += "\\e"
      case "-": result += "\\-"
      case "'": result += "\\(aq"
      default: result.append(character)
      }
    }
    return result.hasPrefix(".") ? "\\&" + result : result
  }
}
