/// Blocks as GitHub-flavoured Markdown.
package struct MarkdownRenderer {
  /// Whether pictures lie beside the text; where they cannot be linked to, they are left out.
  package var hasFiles: Bool

  package init(hasFiles: Bool = true) { self.hasFiles = hasFiles }

  package func render(_ blocks: [Block]) -> String {
    blocks.compactMap(text).joined(separator: "\n\n")
  }

  private func text(_ block: Block) -> String? {
    switch block {
    case .heading(let level, let prose): "\(String(repeating: "#", count: level)) \(line(prose))"
    case .paragraph(let prose): line(prose)
    case .notice(let prose): "> \(line(prose))"
    case .list(let items): items.map { "- \(line($0))" }.joined(separator: "\n")
    case .table(let table): self.table(table)
    case .illustration(let illustration):
      hasFiles ? "![\(MarkdownText.plain(illustration.alternative))](\(illustration.path))" : nil
    case .code(let text, let language): MarkdownText.block(text, language: language)
    case .details(let summary, let blocks):
      """
      <details><summary>\(MarkupText.escaped(summary.plain))</summary>

      \(render(blocks))

      </details>
      """
    }
  }

  private func table(_ table: Table) -> String {
    let rule = table.header.indices.map { table.figures.contains($0) ? "---:" : "---" }
    let rows = [table.shownHeader.map(cell), rule] + table.shownRows.map { $0.map(cell) }
    return rows.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
  }

  private func cell(_ prose: Prose) -> String { line(prose, inTable: true) }

  private func line(_ prose: Prose, inTable: Bool = false) -> String {
    prose.spans.map { span in
      switch span {
      case .plain(let text): MarkdownText.plain(text)
      case .code(let text): MarkdownText.code(text, inTable: inTable)
      case .strong(let text): text.isEmpty ? "" : "**\(MarkdownText.plain(text))**"
      case .link(let text, let target):
        hasFiles || target.hasPrefix("#")
          ? "[\(MarkdownText.plain(text))](\(target))" : MarkdownText.code(text, inTable: inTable)
      }
    }
    .joined()
  }
}
