import ArgumentParser
import CertifyReport

/// `certify report`: print a finished run in some format.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Print a finished run's report.",
    discussion: "Formats: " + ReportFormats.all.map { "\($0.name) (\($0.purpose))" }.joined(separator: ", "))

  @Argument(help: "The directory of a run.")
  var directory: String

  @Option(help: "The format.")
  var format = "markdown"

  func run() throws {
    try reportingFailures {
      let format = try ReportFormats.named(format)
      let file = try readResults(in: directory)
      let source = ReportSource(results: file.results, summary: file.summary, verdict: file.verdict)
      if let main = try format.render(source).first { Terminal.standardOutput(main.text) }
    }
  }
}
