import CertifyResults

/// What an experiment came to.
public struct ExperimentPage: Sendable, Codable, Equatable {
  /// What it is about.
  public var title: String
  /// What is asked, in a sentence or two.
  public var question: String
  /// What was run, a line each.
  public var setting: [String]
  /// Pictures, in order.
  public var figures: [ExperimentFigure]
  /// Numbers, in order.
  public var quantities: [Quantity]
  /// What it says, plainly, a paragraph each.
  public var paragraphs: [String]
  /// What was published about it, the works that ``quantities`` quote included or not.
  public var sources: [Source]
  /// The files that it read.
  public var files: [FileRecord]

  public init(
    title: String, question: String, setting: [String], figures: [ExperimentFigure], quantities: [Quantity],
    paragraphs: [String], sources: [Source], files: [FileRecord] = []
  ) {
    self.title = title
    self.question = question
    self.setting = setting
    self.figures = figures
    self.quantities = quantities
    self.paragraphs = paragraphs
    self.sources = sources
    self.files = files
  }

  /// The quantities whose claim does not hold.
  public var failures: [Quantity] { quantities.filter { $0.holds == false } }

  /// How many quantities have a claim.
  public var claimCount: Int { quantities.count { $0.claim != nil } }

  /// Every work that is quoted, once each, in the order of ``sources`` and then of ``quantities``.
  public var allSources: [Source] {
    (sources + quantities.compactMap { $0.published?.source }).reduce(into: []) { found, source in
      if !found.contains(source) { found.append(source) }
    }
  }
}
