import ArgumentParser
import CertifyGate
import CertifyReport

/// `certify gate`: judge a finished run again.
struct GateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gate", abstract: "Judge a finished run again.",
    discussion:
      "Example: certify gate report --require 'certified-accuracy(0.5, classifier: smoothed) >= 0.6'")

  @Argument(help: "The directory of a run.")
  var directory: String

  @OptionGroup var gate: GateOptions

  func run() throws {
    try reportingFailures {
      let criteria = try Criteria(gate)
      let results = try readResults(in: directory).results
      let verdict = try criteria.judge(results)
      Terminal.standardOutput(RunSummary.verdict(ReportSource(results: results, verdict: verdict)))
      let status = ExitStatus(verdict)
      if status != .pass { throw ExitCode(status.rawValue) }
    }
  }
}
