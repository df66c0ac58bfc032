/// A part of a report, the same for every format that people read.
package enum Block: Equatable, Sendable {
  /// Level 1 is the title.
  case heading(Int, Prose)
  case paragraph(Prose)
  /// Something that must not be overlooked.
  case notice(Prose)
  case list([Prose])
  case table(Table)
  case illustration(Illustration)
  case code(String, language: String)
  /// Folded away until somebody asks.
  case details(Prose, [Block])
}

/// A table of a report.
package struct Table: Equatable, Sendable {
  package var header: [Prose]
  /// Columns that hold figures, aligned to the right.
  package var figures: Set<Int> = []
  package var rows: [[Prose]] = []

  package init(header: [Prose], figures: Set<Int> = [], rows: [[Prose]] = []) {
    self.header = header
    self.figures = figures
    self.rows = rows
  }

  /// The header, with a sign such as ≥ on the line of its word.
  var shownHeader: [Prose] { header.map { $0.keepingTogether { "≥≤".contains($0) } } }

  /// The rows, figures with their units on one line.
  var shownRows: [[Prose]] {
    rows.map { row in
      row.enumerated().map { figures.contains($0) ? $1.keepingTogether() : $1 }
    }
  }
}

/// A picture beside the text, with the words for those who do not see it.
package struct Illustration: Equatable, Sendable {
  package enum Content: Equatable, Sendable {
    case drawing(Drawing)
    /// The bytes of a PNG file.
    case png([UInt8])
    /// A picture that lies at the path already.
    case existing
  }

  /// Relative to the output directory, with `/`.
  package var path: String
  /// What it shows, in a sentence.
  package var alternative: String
  package var content: Content

  package init(path: String, alternative: String, content: Content) {
    self.path = path
    self.alternative = alternative
    self.content = content
  }

  /// The file that a format with files of its own links to; `nil` where it exists.
  var file: ReportFile? {
    switch content {
    case .drawing(let drawing): ReportFile(path: path, text: drawing.svg)
    case .png(let bytes): ReportFile(path: path, bytes: bytes)
    case .existing: nil
    }
  }
}

extension [Block] {
  /// The files of every picture.
  package var files: [ReportFile] { illustrations.compactMap(\.file) }

  /// Every picture, in order, those in folded parts too.
  var illustrations: [Illustration] {
    flatMap { block -> [Illustration] in
      switch block {
      case .illustration(let illustration): [illustration]
      case .details(_, let blocks): blocks.illustrations
      default: []
      }
    }
  }
}
