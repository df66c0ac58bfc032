import ArgumentParser
import CertifyGate
import CertifyReport

/// `certify compare`: two runs on the same data, input by input.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compare two runs on the same data, input by input.",
    discussion: """
      Prints, for each classifier and norm that both runs have, how many inputs the current run gained and lost \
      at each radius, which, and how likely such a difference is by chance (the exact test of McNemar). With \
      requirements the current run is judged, the base run being the baseline.

      Example: certify compare report report --radius 0.25

      Example: certify compare report report --require 'no-regression(clean-accuracy(classifier: base))'
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case markdown, json
  }

  @Argument(help: "The directory of the earlier run.", completion: .directory)
  var base: String

  @Argument(help: "The directory of the later run.", completion: .directory)
  var current: String

  @Option(parsing: .upToNextOption, help: "Radii to compare at. (default: some that fit)")
  var radius: [Double] = []

  @Option(help: "The format: markdown or json.")
  var format = Format.markdown

  @Option(
    help: "A policy file (YAML) to judge the current run by.", completion: .file(extensions: ["yml", "yaml"]))
  var policy: String?

  @Option(help: "A requirement, such as 'no-regression(certified-accuracy(0.5))'; may be repeated.")
  var require: [String] = []

  @OptionGroup var common: CommonOptions

  func run() throws {
    try reportingFailures {
      if let bad = radius.first(where: { !($0 >= 0 && $0.isFinite) }) {
        throw CommandError.usage("--radius \(bad): give a finite number of 0 or more")
      }
      let criteria = try Criteria(GateOptions(policy: policy, require: require, baseline: base))
      let before = try readResults(in: base).results
      let now = try readResults(in: current).results
      let report = ComparisonReport(
        comparison: try RunComparison(base: before, current: now, radii: radius),
        base: base, current: current)
      Terminal.standardOutput(try format == .json ? report.json() : report.markdown)
      guard policy != nil || !require.isEmpty else { return }
      let verdict = try criteria.judge(now)
      let text = RunSummary(palette: common.palette).verdict(ReportSource(results: now, verdict: verdict))
      if format == .json { Terminal.standardError(text) } else { Terminal.standardOutput("\n" + text) }
      let status = ExitStatus(verdict)
      if status != .pass { throw ExitCode(status.rawValue) }
    }
  }
}
