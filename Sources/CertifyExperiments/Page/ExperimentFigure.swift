import CertifyReport

/// A figure of an experiment.
public struct ExperimentFigure: Sendable, Codable, Equatable {
  /// What tells it apart, of letters, digits and `-`: part of its file's name.
  public var name: String
  /// The sentence below it.
  public var caption: String
  /// What it shows, in sentences with figures, for those who do not see it.
  public var alternative: String
  /// The drawing; `nil` for a figure that was read from a record.
  package var drawing: Drawing?

  package init(_ name: String, caption: String, _ figure: ChartFigure) {
    self.name = name
    self.caption = caption
    alternative = figure.description
    drawing = figure.drawing
  }

  private enum CodingKeys: String, CodingKey {
    case name, caption, alternative
  }
}
