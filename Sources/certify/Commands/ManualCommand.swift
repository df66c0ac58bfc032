import ArgumentParser

/// `certify manual`: the manual page.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "Print the manual page, for man(1).",
    discussion: """
      Example: certify manual > certify.1
      """)

  @OptionGroup var common: CommonOptions

  func run() throws {
    try reportingFailures {
      Terminal.standardOutput(ManualPage(try CommandTree.current().command, version: Certify.version).text)
    }
  }
}
