import Foundation
import Testing
import _CertifyTestSupport

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// What programs read: each format against its schema.
@Suite struct FormatTests {
  private static func schema() throws -> JSONSchema {
    try JSONSchema(
      Data(contentsOf: Fixtures.package.appendingPathComponent("docs/results.schema.json")))
  }

  @Test func resultsOfARealRunAreOfThePublishedSchema() throws {
    let place = try Workplace()
    let names = try place.write((0..<10).map { "digit \($0)" }.joined(separator: "\n"), to: "names.txt")
    let answer = try Certify.run(
      Digits.run(
        out: place.path("out"),
        [
          "--first", "3", "--class-names", names, "--require", "clean-accuracy(classifier: base) >= 0.5",
          "--require", "certified-accuracy(9, classifier: base) >= 0.5",
        ]))
    #expect(answer.status == 2)
    let json = Data(try place.text("out/results.json").utf8)
    #expect(try Self.schema().problems(json) == [])
    #expect(try place.results("out").results.classNames?.count == 10)
    #expect(try place.text("out/report.md").contains("| digit "))
  }

  @Test func theGoldenResultsAreOfThePublishedSchema() throws {
    let json = try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("golden/report-results.json")))
    #expect(try Self.schema().problems(json) == [])
  }

  /// The check itself finds what is wrong.
  @Test(arguments: [
    ("\"schemaVersion\": 1", "\"schemaVersion\": 2", "is not 1"),
    ("\"classifier\":\"base\"", "\"classifier\":\"both\"", "is none of"),
    ("\"index\":0", "\"index\":-1", "is below 0"), ("\"index\":0", "\"index\":0.5", "no integer"),
    ("\"index\":0", "\"index\":true", "no integer"), ("\"correct\":true", "\"correct\":1", "no boolean"),
    ("\"interrupted\": false,", "", "`interrupted` is missing"),
    ("\"index\":0", "\"index\":0,\"indx\":0", "describe it there"),
  ])
  func theCheckCanFail(_ old: String, _ new: String, _ problem: String) throws {
    let text = try String(contentsOfFile: Fixtures.path("golden/report-results.json"), encoding: .utf8)
    #expect(text.contains(old))
    let problems = try Self.schema().problems(Data(text.replacingOccurrences(of: old, with: new).utf8))
    #expect(problems.contains { $0.contains(problem) }, "\(problems.prefix(3))")
  }

  @Test(arguments: ["report-junit.xml", "report-junit-inputs.xml"])
  func junitCountsWhatItHolds(_ file: String) throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("golden/\(file)")))
    let counter = JUnitCounter()
    let parser = XMLParser(data: bytes)
    parser.delegate = counter
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    #expect(counter.problems == [])
    #expect(counter.cases > 4)
  }

  /// xmllint comes with libxml2; where it is missing, the counts above are the check.
  @Test(
    .enabled(
      if: FileManager.default.isExecutableFile(atPath: "/usr/bin/xmllint"), "xmllint is not installed"),
    arguments: ["report-junit.xml", "report-junit-inputs.xml"])
  func junitIsOfItsSchema(_ file: String) throws {
    let answer = try RunningProcess(
      URL(fileURLWithPath: "/usr/bin/xmllint"),
      ["--noout", "--schema", Fixtures.path("schemas/junit.xsd"), Fixtures.path("golden/\(file)")]
    ).answer(within: 30)
    #expect(answer.status == 0, "\(answer.errors)")
  }

  @Test(arguments: ["report-accuracy.svg", "report-brackets.svg", "report-classes.svg"])
  func figuresAreXMLWithWordsForThoseWhoDoNotSeeThem(_ file: String) throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("golden/\(file)")))
    let parser = XMLParser(data: bytes)
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.contains("role=\"img\" aria-labelledby=\"title desc\""))
    #expect(text.contains("prefers-color-scheme: dark"))
    #expect(!text.contains("href") && !text.contains("http://") || text.contains("www.w3.org/2000/svg"))
  }

  /// Nothing in the page asks the network, and no name from a file becomes markup.
  @Test func thePageNeedsNothingAndRunsNothingForeign() throws {
    let text = try String(contentsOfFile: Fixtures.path("golden/report.html"), encoding: .utf8)
    #expect(text.contains("default-src 'none'"))
    for forbidden in ["src=\"http", "href=\"http", "@import", "url(", "<b>two", "<link"] {
      #expect(!text.contains(forbidden), "\(forbidden)")
    }
    #expect(text.contains("&lt;b&gt;two&lt;/b&gt; &amp; &quot;2&quot;"))
    #expect(text.components(separatedBy: "<script>").count == 2)
  }

  @Test func annotationsAreOneLineEach() throws {
    let text = try String(contentsOfFile: Fixtures.path("golden/report-annotations.txt"), encoding: .utf8)
    let lines = text.split(separator: "\n")
    #expect(lines.count == 2)
    for line in lines { #expect(line.wholeMatch(of: /::error title=[^:,]*::.*/) != nil, "\(line)") }
  }

  @Test func sarifNamesEveryFailure() throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("golden/report-results.sarif")))
    let log = try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
    #expect(log["version"] as? String == "2.1.0")
    let run = try #require((log["runs"] as? [[String: Any]])?.first)
    let results = try #require(run["results"] as? [[String: Any]])
    #expect(results.map { $0["level"] as? String } == ["error", "error"])
    #expect(results.allSatisfy { $0["ruleId"] as? String == "requirement" })
  }
}

/// Whether the numbers on a suite are those of its cases.
private final class JUnitCounter: NSObject, XMLParserDelegate {
  var problems: [String] = []
  var cases = 0
  private var stack: [(expected: [String: String], found: [String: Int])] = []

  func parser(
    _: XMLParser, didStartElement name: String, namespaceURI _: String?, qualifiedName _: String?,
    attributes: [String: String]
  ) {
    let counted = ["testcase": "tests", "failure": "failures", "error": "errors", "skipped": "skipped"]
    if name == "testsuite" || name == "testsuites" { stack.append((attributes, [:])) }
    if name == "testcase" { cases += 1 }
    if let key = counted[name] {
      for level in stack.indices { stack[level].found[key, default: 0] += 1 }
    }
  }

  func parser(_: XMLParser, didEndElement name: String, namespaceURI _: String?, qualifiedName _: String?) {
    guard name == "testsuite" || name == "testsuites", let level = stack.popLast() else { return }
    for key in ["tests", "failures", "errors", "skipped"]
    where level.expected[key] != "\(level.found[key, default: 0])" {
      problems.append(
        "\(name): \(key)=\(level.expected[key] ?? "absent"), has \(level.found[key, default: 0])")
    }
  }
}
