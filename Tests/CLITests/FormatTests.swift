import Foundation
import Testing
import _CertifyTestSupport

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// What programs read: each format against its schema.
@Suite struct FormatTests {
  private static func schema(_ path: String = "docs/results.schema.json") throws -> JSONSchema {
    try JSONSchema(Data(contentsOf: Fixtures.package.appendingPathComponent(path)))
  }

  private static func sarifSchema() throws -> JSONSchema { try schema("fixtures/schemas/sarif.json") }

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

  private static let junitFiles = ["report-junit.xml", "report-junit-inputs.xml", "failed-junit-inputs.xml"]

  @Test(arguments: junitFiles)
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
    arguments: junitFiles)
  func junitIsOfItsSchema(_ file: String) throws {
    let answer = try RunningProcess(
      URL(fileURLWithPath: "/usr/bin/xmllint"),
      ["--noout", "--schema", Fixtures.path("schemas/junit.xsd"), Fixtures.path("golden/\(file)")]
    ).answer(within: 30)
    #expect(answer.status == 0, "\(answer.errors)")
  }

  @Test(arguments: ["report-accuracy.svg", "report-brackets.svg", "report-classes.svg", "report-gaps.svg"])
  func figuresAreXMLWithWordsForThoseWhoDoNotSeeThem(_ file: String) throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("golden/\(file)")))
    let parser = XMLParser(data: bytes)
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.contains("role=\"img\" aria-labelledby=\"title desc\""))
    #expect(text.contains("prefers-color-scheme: dark"))
    let drawn = text.replacingOccurrences(of: "xmlns=\"http://www.w3.org/2000/svg\"", with: "")
    for forbidden in ["href", "http", "<script", "url(", "@import", "<image"] {
      #expect(!drawn.contains(forbidden), "\(forbidden)")
    }
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

  @Test(arguments: [("report-annotations.txt", 2), ("failed-annotations.txt", 2)])
  func annotationsAreOneLineEach(_ file: String, _ count: Int) throws {
    let text = try String(contentsOfFile: Fixtures.path("golden/\(file)"), encoding: .utf8)
    let lines = text.split(separator: "\n")
    #expect(lines.count == count)
    for line in lines { #expect(line.wholeMatch(of: /::error title=[^:,]*::.*/) != nil, "\(line)") }
  }

  @Test(arguments: [
    ("report-results.sarif", ["requirement", "requirement"]),
    ("failed-results.sarif", ["not-evaluated", "incomplete"]),
  ])
  func sarifNamesEveryFailure(_ file: String, _ rules: [String]) throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("golden/\(file)")))
    #expect(try Self.sarifSchema().problems(bytes) == [])
    let log = try JSONDecoder().decode(SARIFLog.self, from: bytes)
    let run = try #require(log.runs.first)
    #expect(run.results.map(\.ruleId) == rules)
    for result in run.results { #expect(run.tool.driver.rules[result.ruleIndex].id == result.ruleId) }
    // Code scanning would show two with one fingerprint as one.
    #expect(Set(run.results.map(\.partialFingerprints.primaryLocationLineHash)).count == rules.count)
  }

  /// The check itself finds what the standard forbids or readers of the file miss.
  @Test(arguments: [
    ("\"version\" : \"2.1.0\"", "\"version\" : \"2.0.0\"", "is none of"),
    ("\"level\" : \"error\"", "\"level\" : \"fatal\"", "is none of"),
    ("\"text\"", "\"txt\"", "`text` is missing"), ("\"uri\"", "\"url\"", "`uri` is missing"),
    ("\"uri\" : \"digits.onnx\"", "\"uri\" : \"my digits.onnx\"", "is not of the form"),
    ("\"ruleIndex\" : 0", "\"ruleIndex\" : -2", "is below 0"),
    ("\"startLine\" : 1", "\"startLine\" : 0", "is below 1"),
    ("\"executionSuccessful\" : true", "\"executionSuccessful\" : \"yes\"", "no boolean"),
    ("\"ruleId\"", "\"rule-id\"", "describe it there"),
  ])
  func theCheckOfSARIFCanFail(_ old: String, _ new: String, _ problem: String) throws {
    let text = try String(contentsOfFile: Fixtures.path("golden/report-results.sarif"), encoding: .utf8)
    #expect(text.contains(old))
    let problems = try Self.sarifSchema().problems(Data(text.replacingOccurrences(of: old, with: new).utf8))
    #expect(problems.contains { $0.contains(problem) }, "\(problems.prefix(3))")
  }
}

/// What programs look for in `results.sarif`.
private struct SARIFLog: Decodable {
  var runs: [Run]

  struct Run: Decodable {
    var tool: Tool
    var results: [Result]
  }

  struct Tool: Decodable {
    var driver: Driver
  }

  struct Driver: Decodable {
    var rules: [Rule]
  }

  struct Rule: Decodable {
    var id: String
  }

  struct Result: Decodable {
    var ruleId: String
    var ruleIndex: Int
    var partialFingerprints: Fingerprints
  }

  struct Fingerprints: Decodable {
    var primaryLocationLineHash: String
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
    for key in ["tests", "failures", "errors"] + (name == "testsuite" ? ["skipped"] : [])
    where level.expected[key] != "\(level.found[key, default: 0])" {
      problems.append(
        "\(name): \(key)=\(level.expected[key] ?? "absent"), has \(level.found[key, default: 0])")
    }
  }
}
