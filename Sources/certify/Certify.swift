import ArgumentParser

/// The command line.
@main
struct Certify: ParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "certify",
    abstract: "Say how robust a saved classifier really is.",
    discussion: """
      Brackets every input's true robust radius between a proof (a certificate) and a witness (an attack), \
      writes a report, and fails CI when the proof falls short.

      Exit codes: 0 pass, 1 runtime error, 2 requirement not met, 3 contradiction (a witness inside a \
      certified radius), 64 usage, 65 bad data or model, 66 file not found, 130 interrupted.
      """,
    version: version,
    subcommands: [
      RunCommand.self, GateCommand.self, ReportCommand.self, InspectCommand.self, PredictCommand.self,
      RadiusCommand.self, VerifyCommand.self,
    ])
}
