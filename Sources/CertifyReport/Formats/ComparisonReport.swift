import CertifyGate
import CertifyResults
import Foundation

/// Two runs side by side, input by input.
public struct ComparisonReport: Sendable {
  private let comparison: RunComparison
  private let base: String
  private let current: String

  /// Indices listed before the rest is only counted.
  private static let longestList = 20

  /// - Parameters:
  ///   - comparison: What was compared.
  ///   - base: What the earlier run is called.
  ///   - current: What the later run is called.
  public init(comparison: RunComparison, base: String, current: String) {
    self.comparison = comparison
    self.base = base
    self.current = current
  }

  /// GitHub-flavoured Markdown.
  public var markdown: String { MarkdownRenderer(hasFiles: false).render(blocks) + "\n" }

  private var blocks: [Block] {
    var blocks: [Block] = [
      .heading(1, "certify: \(base) → \(current)"),
      .paragraph(
        "Inputs that count in both runs or in neither are unchanged. p is the probability of a difference at least as large if gains and losses were equally likely (exact McNemar test, two-sided, for each row on its own)."
      ),
    ]
    for part in comparison.parts { blocks += self.part(part) }
    var notes = comparison.notes
    notes += comparison.onlyInBase.map { "only in \(base): \($0)" }
    notes += comparison.onlyInCurrent.map { "only in \(current): \($0)" }
    if !notes.isEmpty {
      blocks += [.heading(2, "Besides the model"), .list(notes.map { Prose($0) })]
    }
    return blocks
  }

  private func part(_ part: RunComparison.Part) -> [Block] {
    var table = Table(header: ["figure", "base", "current", "gained", "lost", "unchanged", "p"])
    table.figures = [1, 2, 3, 4, 5, 6]
    table.rows = part.rows.map { row in
      [
        Prose(Self.name(row.figure)),
        Prose("\(Rounding.percentNearest(row.base, of: row.inputs)) (\(row.base) / \(row.inputs))"),
        Prose("\(Rounding.percentNearest(row.current, of: row.inputs)) (\(row.current) / \(row.inputs))"),
        Prose("\(row.gained.count)"), Prose("\(row.lost.count)"), Prose("\(row.unchanged)"),
        Prose(row.roundedPValue),
      ]
    }
    let changes: [Prose] = part.rows.filter { !$0.gained.isEmpty || !$0.lost.isEmpty }.map { row in
      var parts: [String] = []
      if !row.lost.isEmpty { parts.append("lost \(PlainText.list(row.lost, longest: Self.longestList))") }
      if !row.gained.isEmpty {
        parts.append("gained \(PlainText.list(row.gained, longest: Self.longestList))")
      }
      return "\(Self.name(row.figure)): \(parts.joined(separator: "; "))"
    }
    let list: [Block] = changes.isEmpty ? [.paragraph("No input changed.")] : [.list(changes)]
    return [.heading(2, Prose(Wording.title(part.key))), .table(table)] + list
  }

  private static func name(_ figure: Figure) -> String {
    switch figure {
    case .certifiedAccuracy(let radius): "certified at \(Wording.number(radius))"
    case .attackedAccuracy(let radius): "not broken within \(Wording.number(radius))"
    case .cleanAccuracy: "right"
    default: figure.name
    }
  }

  /// Everything as JSON, every index listed.
  ///
  /// - Throws: What encoding throws.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let record = Record(
      base: base, current: current,
      parts: comparison.parts.map { part in
        Record.Part(
          key: part.key,
          figures: part.rows.map { row in
            Record.Row(
              figure: row.figure.name, radius: row.figure.radius, inputs: row.inputs, base: row.base,
              current: row.current, gained: row.gained, lost: row.lost, pValue: row.pValue)
          })
      }, onlyInBase: comparison.onlyInBase, onlyInCurrent: comparison.onlyInCurrent,
      notes: comparison.notes)
    return String(decoding: try encoder.encode(record), as: UTF8.self) + "\n"
  }

  private struct Record: Encodable {
    struct Part: Encodable {
      var key: BracketKey
      var figures: [Row]
    }

    struct Row: Encodable {
      var figure: String
      var radius: Double?
      var inputs: Int
      var base: Int
      var current: Int
      var gained: [Int]
      var lost: [Int]
      var pValue: Double
    }

    var base: String
    var current: String
    var parts: [Part]
    var onlyInBase: [BracketKey]
    var onlyInCurrent: [BracketKey]
    var notes: [String]
  }
}
