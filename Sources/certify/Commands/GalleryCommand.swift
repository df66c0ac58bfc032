import ArgumentParser
import CertifyReport
import CertifyResults
import CertifyStore

/// `certify gallery`: the nearest witnesses of a run as pictures.
struct GalleryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gallery", abstract: "Show the nearest witnesses of a run on images as pictures.",
    discussion: """
      Writes gallery.md, gallery.html and the pictures into the directory of the run: input, witness and their \
      difference, magnified. The data are looked for where the run found them, and must have the same SHA-256.

      Example: certify gallery report
      """)

  @Argument(help: "The directory of a run.", completion: .directory)
  var directory: String

  @Option(help: "Pictures for each classifier and norm.")
  var count = 8

  @OptionGroup var places: PlaceOptions
  @OptionGroup var names: NamesOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    try reportingFailures {
      guard (1...1000).contains(count) else {
        throw CommandError.usage("--count \(count): give a number from 1 to 1000")
      }
      let store = try RunStore(reading: directory)
      defer { store.close() }
      var results = try store.results()
      if let names = try names.names(count: results.manifest.classCount) { results.classNames = names }
      let run = try ReopenedRun(store, places: places, logger: Terminal.logger(common))
      let entries = try results.keys.flatMap { try self.entries($0, results, store, run.subject) }
      guard !entries.isEmpty else {
        throw CommandError(
          code: .badInput,
          description:
            "\(directory): no picture: the inputs are no images, or the run found no witness; make a run of images with an attack"
        )
      }
      try OutputDirectory(path: directory).write(GalleryReport(results: results, entries: entries).files)
      Terminal.standardOutput("gallery: \(directory)/gallery.md")
    }
  }

  /// The nearest witnesses of one classifier and norm that lie in the store.
  private func entries(
    _ key: BracketKey, _ results: RunResults, _ store: RunStore, _ subject: Subject
  ) throws -> [GalleryEntry] {
    let broken = results.inputs.compactMap {
      input -> (radius: Double, input: InputResult, upper: UpperBound)? in
      guard let bracket = input.bracket(of: key), bracket.correct, let upper = bracket.upperInForce else {
        return nil
      }
      return (upper.radius, input, upper)
    }
    let nearest = broken.sorted { ($0.radius, $0.input.index) < ($1.radius, $1.input.index) }.prefix(count)
    return try nearest.compactMap { entry in
      guard let stored = try store.result(of: entry.input.index),
        let bracket = stored.result.brackets.firstIndex(where: { $0.key == key }),
        let witness = try store.witnesses(at: stored.position)[bracket]
      else { return nil }
      let bounds = results.manifest.space.bounds
      let black = bounds?.lower ?? 0
      let white = bounds?.upper ?? 1
      guard black < white else { return nil }
      return GalleryEntry(
        key: key, index: entry.input.index, label: entry.input.label, witnessClass: entry.upper.witnessClass,
        distance: entry.radius, clean: subject.input(stored.position).point, witness: witness,
        shape: results.manifest.inputShape, range: black...white)
    }
  }
}
