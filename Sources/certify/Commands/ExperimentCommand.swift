import ArgumentParser
import CertifyExperiments
import CertifyReport
import Foundation

/// `certify experiment`: published claims, computed anew.
struct ExperimentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "experiment",
    abstract: "Run published experiments again, and show the published figures beside ours.",
    discussion: """
      Experiments: \(Experiments.all.map { "\($0.name) (\($0.summary))" }.joined(separator: "; ")).

      Writes NAME.md with its figures (SVG) and NAME.json into --out. The exit code is 2 when an assertion of a page \
      does not hold; the page says which.

      Example: certify experiment holder --scale small --out experiments

      Example: certify experiment --list
      """)

  @Argument(help: "Names of experiments.", completion: .list(Experiments.all.map { $0.name }))
  var names: [String] = []

  @Flag(help: "Run all of them.")
  var all = false

  @Flag(help: "List them, with what they show.")
  var list = false

  @Option(help: "The directory to write to.", completion: .directory)
  var out: String?

  @Option(help: "How large: small takes seconds, full is as published.")
  var scale = ExperimentSetting.Scale.full

  @Option(help: "The seed of everything random.")
  var seed: UInt64 = 0

  @Option(help: "A directory with data and models that are not part of the project.", completion: .directory)
  var data: String?

  @Option(
    help: "Also write a page (Markdown) that shows all experiments whose records lie in --out.",
    completion: .file(extensions: ["md"]))
  var gallery: String?

  @Option(help: "Worker threads; no figure depends on it. (default: one a processor)")
  var jobs: Int?

  @OptionGroup var common: CommonOptions

  func run() throws {
    try reportingFailures {
      if list { return showList() }
      let chosen = try all ? Experiments.all : names.map { try Experiments.named($0) }
      if let jobs, !(1...1024).contains(jobs) {
        throw CommandError.usage("--jobs \(jobs): give a number from 1 to 1024")
      }
      guard !all || names.isEmpty else {
        throw CommandError.usage("--all and names of experiments exclude each other; give one of them")
      }
      guard !chosen.isEmpty || gallery != nil else {
        throw CommandError.usage("name an experiment, or give --all or --list")
      }
      guard let out else { throw CommandError.usage("--out: name the directory to write to") }
      let gallery = try gallery.map { try GalleryPlace(page: $0, records: out) }
      let directory = try OutputDirectory(path: out)
      defer { directory.discardIfEmpty() }
      var failed = false
      for experiment in chosen { failed = try !run(experiment, directory) || failed }
      if let gallery { failed = try !write(gallery) || failed }
      if failed { throw ExitCode(2) }
    }
  }

  private func showList() {
    let width = Experiments.all.map { $0.name.count }.max() ?? 0
    for experiment in Experiments.all {
      let name = experiment.name.padding(toLength: width + 2, withPad: " ", startingAt: 0)
      Terminal.standardOutput(name + experiment.summary)
    }
  }

  /// Whether all assertions hold.
  private func run(_ experiment: any Experiment.Type, _ directory: OutputDirectory) throws -> Bool {
    let display = ExperimentDisplay(name: experiment.name, isQuiet: common.quiet)
    let setting = ExperimentSetting(
      scale: scale, seed: seed, jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount,
      dataDirectory: data, progress: { display.show($0) })
    let page = try experiment.init().run(setting)
    display.clear()
    let record = ExperimentRecord(
      experiment: experiment.name, scale: scale, seed: seed, toolVersion: Certify.version, page: page)
    try directory.write(try record.files())
    let path = "\(directory.path)/\(experiment.name).md"
    for failure in page.failures {
      Terminal.standardError(
        "\(experiment.name): `\(failure.name)` is \(failure.ours): the assertion does not hold")
    }
    Terminal.standardOutput(
      "\(experiment.name): \(page.claimCount - page.failures.count) of \(page.claimCount) assertions hold: \(path)"
    )
    return page.failures.isEmpty
  }

  /// Whether all assertions of all records hold.
  private func write(_ gallery: GalleryPlace) throws -> Bool {
    let records = try gallery.readRecords()
    let page = ExperimentGallery(records, directory: gallery.link)
    try OutputDirectory(path: gallery.directory).write([ReportFile(path: gallery.name, text: page.markdown)])
    Terminal.standardOutput("gallery: \(self.gallery ?? gallery.name) (\(records.count) experiments)")
    return records.allSatisfy { $0.page.failures.isEmpty }
  }
}

extension ExperimentSetting.Scale: ExpressibleByArgument {}
