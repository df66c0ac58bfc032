import ArgumentParser
import CertifyReport
import CertifyResults

/// `certify report`: print a finished run in some format.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Print a finished run's report.",
    discussion: """
      Formats: \(ReportFormats.all.map { "\($0.name) (\($0.purpose))" }.joined(separator: "; ")).

      Example: certify report report --format html > report.html

      Example: certify report report --format junit
      """)

  @Argument(help: "The directory of a run.", completion: .directory)
  var directory: String

  @Option(help: "The format.", completion: .list(ReportFormats.all.map(\.name)))
  var format = "markdown"

  @OptionGroup var names: NamesOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    try reportingFailures {
      let format = try ReportFormats.named(format)
      var file = try readResults(in: directory)
      if let names = try names.names(count: file.results.manifest.classCount) {
        file.results.classNames = names
      }
      let source = ReportSource(results: file.results, summary: file.summary, verdict: file.verdict)
      if let main = try format.render(source).first { Terminal.standardOutput(main.text) }
    }
  }
}
