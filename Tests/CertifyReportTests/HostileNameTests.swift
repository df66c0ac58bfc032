import CertifyGate
import CertifyReport
import CertifyResults
import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Names of classes, paths and errors that look like markup: every format has the structure that it has with
/// harmless ones, and shows nothing that turns, hides or breaks lines.
struct HostileNameTests {
  static let names = [
    "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "a|b || c", "`code` ``x`` ```",
    "line\nbreak\ragain\u{2028}end", "\u{202E}evil\u{2066}x\u{200B}", "\u{0}\u{7}\u{1B}[31m\u{FFFF}",
    "]]> --> <!-- <![CDATA[", "::error title=x::y%0A", "=1+1,\"q\";'", "[x](javascript:alert) ![y](z)",
    "</svg></title></desc></text>", String(repeating: "x", count: 500),
  ]

  /// The run with a name in every place that a file fills.
  private func source(_ name: String) throws -> ReportSource {
    var run = SampleRun.results
    run.classNames = Array(repeating: name, count: 10)
    run.manifest.model.path = name
    run.manifest.data.path = name
    // A command of several lines is shown as such, in a block of code.
    run.manifest.command = "certify run \(name.filter { !$0.isNewline })"
    run.inputs[7] = InputResult(index: 7, label: 1, brackets: [], error: name)
    let requirements = try SampleRun.requirements.map { try Requirement(parsing: $0) }
    return ReportSource(results: run, verdict: try Gate.judge(results: run, requirements: requirements))
  }

  /// Every file of every format, and the gallery's.
  private func files(_ name: String) throws -> [ReportFile] {
    let source = try source(name)
    let entry = try #require(
      GalleryEntry(
        key: SampleRun.base, index: 4, label: 1, witnessClass: 3, distance: 0.25, clean: [0, 1, 0.5, 0],
        witness: [0.25, 1, 0.25, 0], shape: [1, 2, 2], range: 0...1))
    return try ReportFormats.all.flatMap { try $0.render(source) }
      + GalleryReport(results: source.results, entries: [entry]).files
  }

  @Test(arguments: names) func nothingBecomesMarkup(_ name: String) throws {
    // As many characters, so that as much is cut off.
    let harmless = String(repeating: "n", count: name.unicodeScalars.count)
    let (found, expected) = (try files(name), try files(harmless))
    #expect(found.map(\.path) == expected.map(\.path))
    for (file, plain) in zip(found, expected) where !file.path.hasSuffix(".png") {
      #expect(try structure(of: file) == structure(of: plain), "\(file.path)")
      if ![".json", ".csv", ".sarif"].contains(where: file.path.hasSuffix) {
        #expect(!file.text.unicodeScalars.contains(where: Self.isInvisible), "\(file.path)")
      }
    }
  }

  /// Programs get every name as it is.
  @Test(arguments: names) func namesAreWholeInJSON(_ name: String) throws {
    let file = try #require(try ReportFormats.named("json").render(try source(name)).first)
    let record = try #require(
      try JSONSerialization.jsonObject(with: Data(file.bytes)) as? [String: Any])
    #expect(record["classNames"] as? [String] == Array(repeating: name, count: 10))
  }

  @Test func longNamesAreCut() throws {
    let name = String(repeating: "x", count: 500)
    let files = try ["markdown", "html", "junit-inputs"].flatMap {
      try ReportFormats.named($0).render(try source(name))
    }
    for file in files where file.path.hasSuffix(".svg") {
      #expect(!file.text.contains(String(repeating: "x", count: 61)), "\(file.path)")
    }
    // Its path and its error are whole somewhere; a cell of a table is not made so wide.
    let report = try #require(files.first).text
    let rows = report.split(separator: "\n").filter { $0.hasPrefix("| 0 |") && $0.contains("xxx") }
    #expect(rows.count == 2)
    for row in rows {
      #expect(row.contains(String(repeating: "x", count: 59) + "… |") && row.count < 300)
    }
  }

  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0A: false
    case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x2069, 0xFEFF, 0xFFFF: true
    default: false
    }
  }

  /// What a reader's program makes of a file, without its words.
  private func structure(of file: ReportFile) throws -> [String] {
    let text = file.text
    switch file.path.split(separator: ".").last {
    case "xml", "svg":
      let elements = Elements()
      let parser = XMLParser(data: Data(file.bytes))
      parser.delegate = elements
      #expect(parser.parse(), "\(file.path): \(String(describing: parser.parserError))")
      return elements.found
    case "html": return text.matches(of: /<[!\/A-Za-z][^\s>]*/).map { String($0.0) }
    case "md":
      return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
        let bars = line.replacing("\\|", with: "").filter { $0 == "|" }.count
        return line.hasPrefix("|") ? "\(bars) bars" : "line"
      } + Self.outsideCode(text).matches(of: /<[!\/A-Za-z][^\s>]*|\]\(/).map { String($0.0) }
    case "json", "sarif": return Self.shape(try JSONSerialization.jsonObject(with: Data(file.bytes)))
    case "txt": return text.split(separator: "\n").map { String($0.prefix { $0 != " " }) }
    default: return []
    }
  }

  /// Without spans and blocks of code, whose fences are equally long runs of backticks, and without characters that
  /// a backslash makes plain.
  private static func outsideCode(_ text: String) -> String {
    var result = ""
    var rest = Array(text)[...]
    func run(_ characters: ArraySlice<Character>) -> Int { characters.prefix { $0 == "`" }.count }
    while let character = rest.first {
      if character == "\\" {
        rest = rest.dropFirst(2)
      } else if character == "`" {
        let fence = run(rest)
        var inside = rest.dropFirst(fence)
        while !inside.isEmpty, run(inside) != fence { inside = inside.dropFirst(max(run(inside), 1)) }
        rest = inside.isEmpty ? rest.dropFirst(fence) : inside.dropFirst(fence)
      } else {
        result.append(character)
        rest = rest.dropFirst()
      }
    }
    return result
  }

  private static func shape(_ value: Any) -> [String] {
    switch value {
    case let object as [String: Any]:
      object.sorted { $0.key < $1.key }.flatMap { [$0.key] + shape($0.value) }
    case let list as [Any]: ["["] + list.flatMap(shape) + ["]"]
    default: ["value"]
    }
  }
}

/// The elements of an XML file with the names of their attributes, in order.
private final class Elements: NSObject, XMLParserDelegate {
  var found: [String] = []

  func parser(
    _: XMLParser, didStartElement name: String, namespaceURI _: String?, qualifiedName _: String?,
    attributes: [String: String]
  ) {
    found.append("\(name) \(attributes.keys.sorted())")
  }
}
