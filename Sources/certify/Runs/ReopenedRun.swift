import ArgumentParser
import CertifyEvaluation
import CertifyGate
import CertifyResults
import CertifyStore
import Foundation
import Logging

/// Where the files of a stored run lie now, where they are not where they were.
struct PlaceOptions: ParsableArguments {
  @Option(help: "The model, where it is not at the place that the run names.", completion: .file())
  var model: String?

  @Option(help: "The data, where they are not at the place that the run names.", completion: .file())
  var data: String?

  @Option(help: "The labels, where they are not at the place that the run names.", completion: .file())
  var labels: String?
}

/// The model, the data and the configuration of a stored run, found again and compared with its manifest.
struct ReopenedRun {
  let subject: Subject
  let configuration: RunConfiguration

  /// Reads the command line that the run was given, as it would have been read then.
  ///
  /// Its relative paths start from the directory that it was given in, which becomes the working directory.
  ///
  /// - Throws: What reading the options and the files throws; `StoreError.otherRun` when files, program or
  ///   parameters are not those of the manifest.
  init(_ store: RunStore, places: PlaceOptions, logger: Logger) throws {
    let invocation = store.run.invocation
    let absolute = { (path: String) in URL(fileURLWithPath: path).path }
    let places = (places.model.map(absolute), places.data.map(absolute), places.labels.map(absolute))
    guard var command = try Certify.parseAsRoot(invocation.arguments) as? RunCommand else {
      throw CommandError(
        code: .badInput, description: "\(store.directory): its store does not name the command of a run")
    }
    // A run of all models of a directory names the directory.
    command.model = places.0 ?? store.run.manifest.model.path
    command.dataOptions.data = places.1 ?? command.dataOptions.data
    command.dataOptions.labels = places.2 ?? command.dataOptions.labels
    _ = FileManager.default.changeCurrentDirectoryPath(invocation.directory)
    let policy = try invocation.policy.map { try Policy(yaml: $0).parameters } ?? RunParameters()
    let resolved = try ResolvedOptions(command.options, data: command.dataOptions, policy: policy)
    subject = try Subject(
      model: command.model, data: command.dataOptions, options: resolved, threat: command.threat,
      logger: logger)
    configuration = try RunConfiguration(
      subject: subject, options: resolved, attackOptions: command.options, threat: command.threat,
      flow: command.flow, sampling: command.sampling.fixed(by: policy),
      boundOptions: command.boundOptions, logger: logger)
    let manifest = try RunManifest(
      subject: subject, configuration: configuration, options: resolved, data: command.dataOptions,
      threat: command.threat, arguments: invocation.arguments)
    let differences = try ManifestIdentity(store.run.manifest).differences(from: ManifestIdentity(manifest))
    guard differences.isEmpty else {
      throw StoreError.otherRun(path: store.directory, differences: differences)
    }
  }
}
