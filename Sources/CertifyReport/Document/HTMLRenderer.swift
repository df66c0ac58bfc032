import Foundation

/// Blocks as the body of an HTML page that needs nothing besides itself.
struct HTMLRenderer {
  func render(_ blocks: [Block]) -> String {
    var figures = 0
    return render(blocks, &figures)
  }

  private func render(_ blocks: [Block], _ figures: inout Int) -> String {
    blocks.map { text($0, &figures) }.joined(separator: "\n")
  }

  private func text(_ block: Block, _ figures: inout Int) -> String {
    switch block {
    case .heading(let level, let prose):
      return "<h\(level) id=\"\(Self.anchor(prose.plain))\">\(line(prose))</h\(level)>"
    case .paragraph(let prose): return "<p>\(line(prose))</p>"
    case .notice(let prose): return "<p class=\"notice\" role=\"alert\">\(line(prose))</p>"
    case .list(let items):
      return "<ul>\n\(items.map { "<li>\(line($0))</li>" }.joined(separator: "\n"))\n</ul>"
    case .table(let table): return self.table(table)
    case .illustration(let illustration):
      figures += 1
      return "<figure>\n\(picture(illustration, number: figures))</figure>"
    case .code(let text, _):
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
        MarkupText.escaped(String($0))
      }
      return "<pre><code>\(lines.joined(separator: "\n"))</code></pre>"
    case .details(let summary, let blocks):
      return "<details><summary>\(line(summary))</summary>\n\(render(blocks, &figures))\n</details>"
    }
  }

  private func picture(_ illustration: Illustration, number: Int) -> String {
    switch illustration.content {
    case .drawing(let drawing): drawing.inline(identifier: "figure\(number)")
    case .png(let bytes):
      image(illustration, source: "data:image/png;base64,\(Data(bytes).base64EncodedString())")
    case .existing: image(illustration, source: PathReference.encoded(illustration.path))
    }
  }

  private func image(_ illustration: Illustration, source: String) -> String {
    "<img alt=\"\(MarkupText.escaped(illustration.alternative))\" src=\"\(source)\">\n"
  }

  private func table(_ table: Table) -> String {
    func row(_ cells: [Prose], _ tag: String) -> String {
      "<tr>"
        + cells.enumerated().map { column, cell in
          let kind = table.figures.contains(column) ? " class=\"figure\"" : ""
          return "<\(tag)\(kind)>\(line(cell))</\(tag)>"
        }.joined() + "</tr>"
    }
    let rows = table.shownRows.map { row($0, "td") }.joined(separator: "\n")
    return """
      <div class="scroll"><table>
      <thead>\(row(table.shownHeader, "th"))</thead>
      <tbody>
      \(rows)
      </tbody></table></div>
      """
  }

  private func line(_ prose: Prose) -> String {
    prose.spans.map { span in
      switch span {
      case .plain(let text): MarkupText.escaped(text)
      case .code(let text): "<code>\(MarkupText.escaped(text))</code>"
      case .strong(let text): "<strong>\(MarkupText.escaped(text))</strong>"
      case .link(let text, let target):
        "<a href=\"\(MarkupText.escaped(target))\">\(MarkupText.escaped(text))</a>"
      }
    }
    .joined()
  }

  /// The anchor that GitHub gives a heading: lower case, spaces as `-`, other signs left out.
  static func anchor(_ heading: String) -> String {
    String(
      heading.lowercased().compactMap { character -> Character? in
        if character == " " { return "-" }
        return character.isLetter || character.isNumber || character == "-" ? character : nil
      })
  }
}
