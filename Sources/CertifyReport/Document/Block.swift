/// A part of a report, the same for every format that people read.
enum Block: Equatable, Sendable {
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
struct Table: Equatable, Sendable {
  var header: [Prose]
  /// Columns that hold figures, aligned to the right.
  var figures: Set<Int> = []
  var rows: [[Prose]] = []
}

/// A picture beside the text, with the words for those who do not see it.
struct Illustration: Equatable, Sendable {
  enum Content: Equatable, Sendable {
    case drawing(Drawing)
    /// The bytes of a PNG file.
    case png([UInt8])
  }

  /// Relative to the output directory, with `/`.
  var path: String
  /// What it shows, in a sentence.
  var alternative: String
  var content: Content

  /// The file that a format with files of its own links to.
  var file: ReportFile {
    switch content {
    case .drawing(let drawing): ReportFile(path: path, text: drawing.svg)
    case .png(let bytes): ReportFile(path: path, bytes: bytes)
    }
  }
}

extension [Block] {
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
