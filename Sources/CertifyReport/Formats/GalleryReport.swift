import CertifyResults

/// What the attacks did, to look at: clean input, witness and difference of the nearest witnesses.
public struct GalleryReport: Sendable {
  private let results: RunResults
  private let entries: [GalleryEntry]

  /// - Parameters:
  ///   - results: The run.
  ///   - entries: The pictures, in any order.
  public init(results: RunResults, entries: [GalleryEntry]) {
    self.results = results
    self.entries = entries
  }

  /// `gallery.md` with its pictures, and `gallery.html` with the pictures inside.
  public var files: [ReportFile] {
    let blocks = blocks
    let title = "certify: witnesses – \(results.manifest.model.path)"
    return [
      ReportFile(path: "gallery.md", text: MarkdownRenderer().render(blocks) + "\n"),
      ReportFile(path: "gallery.html", text: HTMLPage(title: title, blocks: blocks).text),
    ] + blocks.files
  }

  private var blocks: [Block] {
    var blocks: [Block] = [
      .heading(1, "certify: what breaks it"),
      .paragraph(
        "The nearest witnesses, nearest first. From left to right: the input, the changed input that is answered differently, and the change itself, magnified around grey."
      ),
    ]
    let keys = Set(entries.map(\.key)).sorted()
    let paths = FigurePaths(keys)
    for key in keys {
      let own = entries.filter { $0.key == key }.sorted { ($0.distance, $0.index) < ($1.distance, $1.index) }
      blocks.append(.heading(2, Prose(Wording.title(key))))
      let places = Rounding.places(showing: own.map(\.distance).max() ?? 0)
      for entry in own { blocks += picture(entry, paths, places: places) }
    }
    return blocks
  }

  private func picture(_ entry: GalleryEntry, _ paths: FigurePaths, places: Int) -> [Block] {
    guard let strip = entry.strip else { return [] }
    let names = ClassNames(names: results.classNames ?? [])
    let label = names.name(entry.label)
    let other = names.name(entry.witnessClass)
    let distance = Rounding.up(entry.distance, places: places)
    let illustration = Illustration(
      path: paths.path(.witness, entry.key, input: entry.index, ending: "png"),
      alternative: "Input \(entry.index), its witness and their difference times \(entry.magnification)",
      content: .png(strip))
    return [
      .paragraph(
        "Input \(entry.index): \(strong: label) becomes \(strong: other) at distance \(distance); difference × \(entry.magnification)."
      ), .illustration(illustration),
    ]
  }
}
