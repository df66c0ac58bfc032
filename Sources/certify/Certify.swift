import ArgumentParser
import Foundation

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
      certified radius), 64 usage, 65 bad data or model, 66 file not found, 130 and 143 \
      interrupted (SIGINT, SIGTERM).

      Defaults for options: a file named with --config or CERTIFY_CONFIG, before it the environment \
      (CERTIFY_SAMPLES for --samples), before both the command line.
      """,
    version: version,
    subcommands: [
      RunCommand.self, GateCommand.self, CompareCommand.self, ReportCommand.self, GalleryCommand.self,
      InspectCommand.self, PredictCommand.self, RadiusCommand.self, VerifyCommand.self, TrainCommand.self,
      ExperimentCommand.self, StatusCommand.self, ReplayCommand.self, MergeCommand.self, ManualCommand.self,
    ])

  /// Runs the command line with the options that the environment and a file add to it.
  static func main() {
    let expanded: OptionLayers.Expanded
    do {
      let layers = OptionLayers(
        tree: try CommandTree.current(), environment: ProcessInfo.processInfo.environment)
      expanded = try layers.expand(NegativeNumbers.joined(Array(CommandLine.arguments.dropFirst())))
    } catch {
      Terminal.complain(error)
      exit(withError: ExitCode(failureCode(error).rawValue))
    }
    let program = CommandLine.arguments.prefix(1)
    Invocation.$arguments.withValue(program + expanded.arguments) {
      Invocation.$origins.withValue(expanded.origins) {
        do {
          var command = try parseAsRoot(expanded.arguments)
          try command.run()
        } catch {
          let origins = Invocation.origins(of: message(for: error))
          if !origins.isEmpty {
            Terminal.standardError("error: in an option that is not on the command line\(origins):")
          }
          exit(withError: error)
        }
      }
    }
  }
}
