import ArgumentParser
import CertifyEngine
import CertifyEvaluation
import CertifyGate
import CertifyModel
import CertifyReport
import CertifyResults
import CertifyStore
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
  @OptionGroup var threat: ThreatOptions
  @OptionGroup var flow: FlowOptions
  @OptionGroup var sampling: SamplingOptions
  @OptionGroup var boundOptions: BoundOptions
  @OptionGroup var gate: GateOptions
  @OptionGroup var storeOptions: StoreOptions

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
      let jobs = try Self.threads(jobs)
      let subject = try Subject(
        model: model, data: dataOptions, options: resolved, threat: threat, logger: logger)
      let configuration = try RunConfiguration(
        subject: subject, options: resolved, attackOptions: options, threat: threat, flow: flow,
        sampling: sampling.fixed(by: criteria.parameters), boundOptions: boundOptions, logger: logger)
      try storeOptions.check(configuration.plan)
      let classNames = try names.names(count: subject.classifier.classCount)
      let output = try OutputDirectory(path: out)
      defer { output.discardIfEmpty() }
      let arguments = Array(Invocation.arguments.dropFirst())
      let manifest = try RunManifest(
        subject: subject, configuration: configuration, options: resolved, data: dataOptions, threat: threat,
        arguments: arguments)
      if manifest.isOnTrainingData {
        logger.warning(
          """
          \(dataOptions.data): the model says it was trained on this file (its SHA-256 is the same): accuracies and \
          radii on it say nothing about new inputs; give data that were held out
          """)
      }
      try criteria.check(manifest)
      if !storeOptions.overwrite { try output.refuseForeignResults() }
      // Beyond a limit of the file's size, writing fails with an error that says so.
      signal(SIGXFSZ, SIG_IGN)
      let store = try RunStore(
        writingTo: out,
        run: StoredRun(
          manifest: manifest, shard: storeOptions.shard, indices: subject.indices, classNames: classNames,
          invocation: RecordedInvocation(
            arguments: arguments, directory: FileManager.default.currentDirectoryPath,
            policy: criteria.policyText)),
        existing: storeOptions.existing)
      defer { store.closeOrDiscard() }
      if storeOptions.overwrite { output.discardReports() }
      for note in subject.notes { logger.notice("\(note)") }
      let session = RunSession(
        subject: subject, configuration: configuration, store: store, logger: logger,
        showsProgress: !common.quiet)
      let interruption = try namingModel(model) { try session.evaluate(jobs: jobs) }
      let source = try RunConclusion(store: store, criteria: criteria, output: output).write()
      Terminal.standardOutput(RunSummary(palette: common.palette).text(source, directory: out))
      try ContinuousIntegration().publish(source)
      if let interruption { throw ExitCode(128 + interruption) }
      let status = source.verdict.map(ExitStatus.init) ?? .pass
      if status != .pass { throw ExitCode(status.rawValue) }
    }
  }

  /// The number of threads asked for, or one a processor.
  ///
  /// - Throws: ``CommandError`` for a number that makes no sense.
  static func threads(_ jobs: Int?) throws -> Int {
    if let jobs, !(1...1024).contains(jobs) {
      throw CommandError.usage("--jobs \(jobs): give a number from 1 to 1024")
    }
    return jobs ?? ProcessInfo.processInfo.activeProcessorCount
  }
}
