import ArgumentParser
import CertifyEngine
import CertifyEvaluation
import CertifyGate
import CertifyModel
import CertifyReport
import CertifyResults
import Foundation
import Logging

/// `certify run`: from a saved model and data to a gated report.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Bracket every input's robust radius, write a report, and judge it.",
    discussion: """
      Example: certify run model.onnx --data test.npz --out report --first 100 --sigma 0.25 \
      --require 'certified-accuracy(0.25, classifier: smoothed) >= 0.6'
      """)

  @Argument(
    help: "The saved classifier, an ONNX file, or a directory of them.",
    completion: .file(extensions: ["onnx"]))
  var model: String

  @OptionGroup var dataOptions: DataOptions
  @OptionGroup var options: RunOptions
  @OptionGroup var boundOptions: BoundOptions
  @OptionGroup var gate: GateOptions

  @Option(help: "The directory for the report, the results and the figures.", completion: .directory)
  var out: String

  @Option(help: "Worker threads; the results do not depend on it. (default: one a processor)")
  var jobs: Int?

  @OptionGroup var names: NamesOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    try reportingFailures {
      if let directory = try ModelDirectory(model) { return try runEach(of: directory) }
      let logger = Terminal.logger(common)
      let criteria = try Criteria(gate)
      let resolved = try ResolvedOptions(options, data: dataOptions, policy: criteria.parameters)
      if let jobs, !(1...1024).contains(jobs) {
        throw CommandError.usage("--jobs \(jobs): give a number from 1 to 1024")
      }
      let subject = try Subject(model: model, data: dataOptions, options: resolved, logger: logger)
      let configuration = try RunConfiguration(
        subject: subject, options: resolved, attackOptions: options, boundOptions: boundOptions,
        logger: logger)
      let classNames = try names.names(count: subject.classifier.classCount)
      let output = try OutputDirectory(path: out)
      defer { output.discardIfEmpty() }
      let manifest = try RunManifest(
        subject: subject, configuration: configuration, options: resolved, data: dataOptions)
      try criteria.check(manifest)
      for note in subject.notes { logger.notice("\(note)") }
      var results = try namingModel(model) { try evaluate(subject, configuration, manifest) }
      results.results.classNames = classNames
      let verdict = try judge(results.results, criteria, output)
      let source = ReportSource(results: results.results, verdict: verdict)
      try write(source, output)
      Terminal.standardOutput(RunSummary(palette: common.palette).text(source, directory: out))
      try ContinuousIntegration().publish(source)
      if let signal = results.signal { throw ExitCode(128 + signal) }
      let status = ExitStatus(verdict)
      if status != .pass { throw ExitCode(status.rawValue) }
    }
  }

  /// The verdict; a run that cannot be judged is written down before the error is passed on.
  private func judge(_ results: RunResults, _ criteria: Criteria, _ output: OutputDirectory) throws -> Verdict
  {
    do {
      return try criteria.judge(results)
    } catch {
      try write(ReportSource(results: results), output)
      throw error
    }
  }

  private func write(_ source: ReportSource, _ output: OutputDirectory) throws {
    for format in ReportFormats.written { try output.write(format.render(source)) }
  }

  private func evaluate(
    _ subject: Subject, _ configuration: RunConfiguration, _ manifest: RunManifest
  ) throws -> (results: RunResults, signal: Int32?) {
    let control = RunControl()
    let interrupts = Interrupts(control: control)
    defer { interrupts.end() }
    let progress = common.quiet ? nil : ProgressDisplay(control: control, total: subject.indices.count)
    progress?.begin()
    defer { progress?.end() }
    let evaluator = Evaluator(source: subject.classifier, configuration: configuration)
    let outcome = try evaluator.run(
      count: subject.indices.count, jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount,
      control: control, input: subject.input)
    let diagnosis = try evaluator.diagnoseGradients(
      outcome, control: control, count: subject.indices.count, input: subject.input)
    let results = RunResults(
      manifest: manifest, inputs: outcome.inputs, interrupted: outcome.interrupted, diagnosis: diagnosis)
    return (results, interrupts.signal)
  }
}
