import ArgumentParser
import CertifyEvaluation
import CertifyGate
import CertifyReport
import CertifyResults
import CertifyStore
import Foundation
import Logging

/// `certify merge`: join the shards of a run.
struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Join the shards of a run into the whole, and judge it.",
    discussion: """
      The shards must have one manifest, the same kernels and instruction set included, and no input in common. \
      Inputs that none of them has are listed; the exit code is 1 then, and certify run --resume fills them in.

      Example: certify merge shards/1 shards/2 --out whole
      """)

  @Argument(help: "The directories of the shards.", completion: .directory)
  var directories: [String]

  @Option(help: "The directory for the store and the report of the whole run.", completion: .directory)
  var out: String

  @Flag(help: "Replace the run that the directory holds.")
  var overwrite = false

  @OptionGroup var gate: GateOptions
  @OptionGroup var places: PlaceOptions

  @OptionGroup var common: CommonOptions

  func run() throws {
    try reportingFailures {
      let logger = Terminal.logger(common)
      let criteria = try Criteria(gate)
      let parts = try directories.map { try RunStore(reading: $0) }
      defer { for part in parts { part.close() } }
      guard let first = parts.first else {
        throw CommandError.usage("merge: name the directories of the shards")
      }
      try criteria.check(first.run.manifest)
      let output = try OutputDirectory(path: out)
      defer { output.discardIfEmpty() }
      if !overwrite { try output.refuseForeignResults() }
      let store = try RunStore(
        merging: parts, into: out, run: wholeRun(first.run),
        existing: overwrite ? .overwrite : .refuse)
      defer { store.closeOrDiscard() }
      if overwrite { output.discardReports() }
      let gaps = try store.gaps()
      if gaps.isEmpty { try diagnose(store, logger) }
      let source = try RunConclusion(store: store, criteria: criteria, output: output).write()
      Terminal.standardOutput(RunSummary(palette: common.palette).text(source, directory: out))
      if !gaps.isEmpty {
        let shown = gaps.prefix(20).map(String.init).joined(separator: ", ")
        Terminal.standardOutput(
          "missing: \(gaps.count) of \(store.run.indices.count) inputs: \(shown)\(gaps.count > 20 ? ", …" : "")"
        )
      }
      let status = source.verdict.map(ExitStatus.init) ?? .pass
      if status != .pass { throw ExitCode(status.rawValue) }
      if !gaps.isEmpty { throw ExitCode(FailureCode.runtime.rawValue) }
    }
  }

  /// The run of which `part` is a part, as if it had been written to `out` at once.
  private func wholeRun(_ part: StoredRun) -> StoredRun {
    var run = part
    run.shard = nil
    run.invocation.arguments = RecordedCommand.writing(
      to: out, RecordedCommand.essential(part.invocation.arguments))
    run.manifest.command = RecordedCommand.text(run.invocation.arguments)
    return run
  }

  /// What only the whole run tells takes the model; without it the whole is joined all the same, and says so.
  private func diagnose(_ store: RunStore, _ logger: Logger) throws {
    let directory = FileManager.default.currentDirectoryPath
    defer { _ = FileManager.default.changeCurrentDirectoryPath(directory) }
    do {
      let run = try ReopenedRun(store, places: places, logger: logger)
      let evaluator = Evaluator(source: run.subject.classifier, configuration: run.configuration)
      let diagnosis = try evaluator.diagnoseGradients(
        store.results().inputs, control: RunControl(), count: run.subject.indices.count,
        input: run.subject.input)
      try store.finish(diagnosis: diagnosis, verdict: nil)
    } catch {
      logger.warning("the gradients are not diagnosed: \(error)")
    }
  }
}
