import ArgumentParser
import CertifyGate
import CertifyReport

/// `certify gate`: judge a finished run again.
struct GateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gate", abstract: "Judge a finished run again.",
    discussion: """
      Prints each requirement with what was found; of one that is not met, which inputs decide it and the \
      smallest change that would make it pass. Nothing is computed anew.

      Example: certify gate report --require 'certified-accuracy(0.5, classifier: smoothed) >= 0.6'

      Example: certify gate report --baseline report \
      --require 'no-regression(certified-accuracy(0.25, classifier: smoothed), tolerance: 0.01)'
      """)

  @Argument(help: "The directory of a run.", completion: .directory)
  var directory: String

  @OptionGroup var gate: GateOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    try reportingFailures {
      let criteria = try Criteria(gate)
      let results = try readResults(in: directory).results
      let verdict = try criteria.judge(results)
      let source = ReportSource(results: results, verdict: verdict)
      Terminal.standardOutput(RunSummary(palette: common.palette).verdict(source))
      try ContinuousIntegration().publish(source)
      let status = ExitStatus(verdict)
      if status != .pass { throw ExitCode(status.rawValue) }
    }
  }
}
