import CertifyResults

/// What the attacks did, to look at: clean input, witness and difference.
struct GallerySection {
  /// The pictures shown for a classifier and norm: those of the nearest witnesses.
  static let longest = 8

  var source: ReportSource
  var paths: FigurePaths

  var blocks: [Block] {
    guard !source.gallery.isEmpty else { return [] }
    var blocks: [Block] = [
      .heading(2, "What breaks it"),
      .paragraph(
        "The nearest witnesses. From left to right: the input, the changed input that is answered differently, and the change itself, magnified around grey."
      ),
    ]
    for group in source.summary.groups {
      let entries = source.gallery.filter { $0.key == group.key }
        .sorted { ($0.distance, $0.index) < ($1.distance, $1.index) }.prefix(Self.longest)
      guard !entries.isEmpty else { continue }
      blocks.append(.heading(3, "Witnesses: \(Wording.title(group.key))"))
      for entry in entries { blocks += picture(entry, places: group.places) }
    }
    return blocks
  }

  private func picture(_ entry: GalleryEntry, places: Int) -> [Block] {
    guard let strip = entry.strip else { return [] }
    let names = source.names
    let label = names.name(entry.label)
    let other = names.name(entry.witnessClass)
    let distance = Rounding.up(entry.distance, places: places)
    let illustration = Illustration(
      path: paths.path("witness-\(entry.index)", entry.key, ending: "png"),
      alternative: "Input \(entry.index), its witness and their difference times \(entry.magnification)",
      content: .png(strip))
    return [
      .paragraph(
        "Input \(entry.index): \(strong: label) becomes \(strong: other) at distance \(distance); difference × \(entry.magnification)."
      ), .illustration(illustration),
    ]
  }
}
