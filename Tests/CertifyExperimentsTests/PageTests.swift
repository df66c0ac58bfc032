import CertifyExperiments
import CertifyReport
import CertifyResults
import Foundation
import Testing

/// Pages, records and the gallery.
@Suite struct PageTests {
  private static let source = Source(
    authors: "Doe, Roe & Poe", year: 1999, title: "On *Stars*", identifier: "arXiv 9901.00001")

  private static func page(ours: Double = 0.5) -> ExperimentPage {
    let figure = ChartFigure(
      title: "A line", description: "One line, from 0 to 1.",
      charts: [
        Chart(
          x: ChartAxis("x", from: 0, to: 1), y: ChartAxis("y", from: 0, to: 1),
          marks: [ChartMark(.line([.init(0, 0), .init(1, 1)]), .blue, label: "identity")])
      ])
    return ExperimentPage(
      title: "A claim", question: "Does it hold?", setting: ["once"],
      figures: [ExperimentFigure("line", caption: "The line.", figure)],
      quantities: [
        Quantity(
          "share", published: .init(0.4375, in: source, place: "Table 1"), ours: ours,
          range: .init(0.25, 0.75, "5–95 %"),
          claim: .init(.equal(to: 0.5, within: 1e-6), because: "it is half")),
        Quantity("count", ours: 12),
      ],
      paragraphs: ["It | does."], sources: [])
  }

  private static func record(ours: Double = 0.5) -> ExperimentRecord {
    ExperimentRecord(experiment: "claim", scale: .small, seed: 3, toolVersion: "0", page: page(ours: ours))
  }

  private static let judgements: [(kind: Quantity.Claim.Kind, holds: [Double], fails: [Double])] = [
    (.equal(to: 1, within: 0.5), [0.5, 1, 1.5], [0.49, 1.51, .nan]),
    (.atMost(2), [2, -.infinity], [2.1, .nan]), (.atLeast(2), [2, .infinity], [1.9, .nan]),
    (.between(1, 2), [1, 2], [0.9, 2.1, .nan]),
  ]

  @Test(arguments: judgements)
  func claimsAreJudged(_ kind: Quantity.Claim.Kind, holds: [Double], fails: [Double]) {
    func judged(_ number: Double) -> Bool? {
      Quantity("q", ours: number, claim: .init(kind, because: "so")).holds
    }
    #expect(holds.allSatisfy { judged($0) == true })
    #expect(fails.allSatisfy { judged($0) == false })
    #expect(Quantity("q", ours: 1).holds == nil)
  }

  @Test func pageShowsThePublishedBesideOurs() throws {
    let files = try Self.record().files()
    #expect(files.map(\.path) == ["claim.md", "claim-line.svg", "claim.json"])
    // Figures are kept on one line by spaces that do not break.
    let text = files[0].text.replacingOccurrences(of: "\u{A0}", with: " ")
    #expect(text.contains("All 1 assertions hold."))
    #expect(text.contains("![One line, from 0 to 1.](claim-line.svg)\n\nThe line."))
    #expect(
      text.contains(
        "| share | 0.4375 ([Doe et al. 1999](https://arxiv.org/abs/9901.00001), Table 1) | 0.5000 "
          + "| 0.2500 – 0.7500 (5–95 %) | 0.5000 ± 1.0e-6 | ✅ |"
          .replacingOccurrences(of: "1.0e-6", with: "1.0·10⁻⁶")))
    #expect(text.contains("| count | – | 12.00 | – | – | – |"))
    #expect(text.contains("- **share**: it is half"))
    #expect(text.contains("certify experiment claim --scale small --seed 3 --out experiments"))
    #expect(text.contains("It \\| does."))
    #expect(text.contains("- Doe, Roe &amp; Poe (1999): On \\*Stars\\*, [arXiv 9901.00001]("))
    #expect(files[1].text.contains("<desc id=\"desc\">One line, from 0 to 1.</desc>"))
  }

  @Test func failuresAreSaid() throws {
    let text = try Self.record(ours: 0.6).files()[0].text
    #expect(text.contains("> ❌ 1 of 1 assertions do not hold: **share**."))
    #expect(text.contains("❌ **no** |"))
    let lost = try Self.record(ours: .nan).files()
    #expect(lost[0].text.contains("> ❌ 1 of 1 assertions do not hold: **share**."))
    #expect(try ExperimentRecord(json: Data(lost[2].bytes)).page.failures.count == 1)
  }

  @Test func recordsAreReadBack() throws {
    let record = Self.record()
    let read = try ExperimentRecord(json: Data(try record.files()[2].bytes))
    #expect(read.page.quantities == record.page.quantities && read.seed == 3 && read.scale == .small)
    #expect(read.page.figures.map(\.alternative) == record.page.figures.map(\.alternative))
    #expect(throws: ResultsFileError.self) { try ExperimentRecord(json: Data("{}".utf8)) }
  }

  @Test func galleryLinksToPagesAndFigures() throws {
    let read = try ExperimentRecord(json: Data(try Self.record().files()[2].bytes))
    var holder = Self.record()
    holder.experiment = "holder"
    let text = ExperimentGallery([read, holder], directory: "experiments").markdown
    #expect(text.contains("![One line, from 0 to 1.](experiments/claim-line.svg)"))
    let summary = HolderExperiment.summary.replacingOccurrences(of: "_", with: "\\_")
    #expect(text.contains("- [holder](experiments/holder.md): \(summary)"))
    #expect(text.contains("2 of 2 assertions hold."))
    #expect(text.contains("| share | 0.4375") && !text.contains("| count |"))
    // Known experiments come in their own order, before others.
    let places = try ["(experiments/holder.md)", "(experiments/claim.md)"].map {
      try #require(text.range(of: $0))
    }
    #expect(places[0].lowerBound < places[1].lowerBound)
  }
}
