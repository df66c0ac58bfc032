import CertifyGate
import CertifyReport
import CertifyResults
import CertifyThreat
import Foundation
import Testing

struct MarkdownReportTests {
  private func report(_ results: RunResults, _ requirements: [String] = []) throws -> String {
    let verdict = try Gate.judge(
      results: results, requirements: requirements.map { try Requirement(parsing: $0) })
    let files = try MarkdownReport().render(ReportSource(results: results, verdict: verdict))
    return try #require(files.first).text
  }

  /// The cells of every table row, split where GitHub splits: at bars without a backslash.
  private func rows(_ text: String) -> [Int] {
    text.components(separatedBy: "\n").filter { $0.hasPrefix("|") }.map { line in
      line.replacingOccurrences(of: "\\|", with: "").filter { $0 == "|" }.count
    }
  }

  @Test func hostileNamesStayText() throws {
    var run = SampleRun.results
    let name = "a|b`c``d\n# heading <script>alert(1)</script> [link](x) *bold* $x$ \u{202E}evil"
    run.manifest.model.path = name
    run.manifest.tool.kernels = name
    run.manifest.scaling = name
    run.manifest.parameters = [name: name]
    run.manifest.command = "certify run '```\n# heading'"
    run.classNames = Array(repeating: name, count: 10)
    for index in run.inputs.indices {
      for bracket in run.inputs[index].brackets.indices {
        run.inputs[index].brackets[bracket].smoothing?.noise = name
        run.inputs[index].brackets[bracket].lower?.method = name
        run.inputs[index].brackets[bracket].upper?.attack = name
      }
    }
    let text = try report(run, ["clean-accuracy(classifier: base) >= 0.5"])
    #expect(!text.contains("\n# heading <script"))
    #expect(!text.contains("\u{202E}"))
    #expect(text.contains("```` sh".replacingOccurrences(of: " ", with: "")))
    // Outside code spans no tag is left: the only `<` are inside fences of backticks.
    for line in text.components(separatedBy: "\n") where line.contains("<script>") {
      #expect(line.contains("```a"), "\(line)")
    }
    let allowed: Set<Int> = [3, 4, 6, 7, 10]
    #expect(Set(rows(text)).isSubset(of: allowed), "\(Set(rows(text)))")

    let plain = try report(SampleRun.results, ["clean-accuracy(classifier: base) >= 0.5"])
    #expect(rows(text).filter { $0 == 10 } == rows(plain).filter { $0 == 10 })
    let files = try MarkdownReport().render(ReportSource(results: run))
    for file in files.dropFirst() {
      #expect(file.path.hasPrefix("figures/") && !file.path.dropFirst(8).contains("/"))
      #expect(text.contains("](\(file.path))"))
      #expect(!file.text.contains("<script>") && !file.text.contains("|b`c``d\n"))
    }
  }

  @Test func everyFigureIsLinkedAndHasAPathOfItsOwn() throws {
    var run = SampleRun.results
    // Two noises whose names become the same file name.
    for (index, noise) in ["a/b", "a:b"].enumerated() {
      run.inputs[index].brackets[1].smoothing?.noise = noise
    }
    let files = try MarkdownReport().render(ReportSource(results: run))
    #expect(Set(files.map(\.path)).count == files.count && files.count == 1 + 3 * 4 + 1)
    for file in files.dropFirst() { #expect(files[0].text.contains("](\(file.path))")) }
  }

  @Test func saysWhenARunIsIncompleteOrEmpty() throws {
    var run = SampleRun.results
    run.interrupted = true
    run.manifest.selectedInputs = 100
    #expect(try report(run).contains("**This run is incomplete**: 8 of 100 inputs were evaluated."))
    run.inputs = []
    let empty = try report(run, ["clean-accuracy(classifier: base) >= 0"])
    #expect(empty.hasPrefix("# certify: fail, 1 of 1 requirement not met"))
    #expect(empty.contains("**No input was evaluated.**"))
  }

  @Test func aContradictionComesFirst() throws {
    var run = SampleRun.results
    run.inputs[0].brackets[1].upper?.radius = 0.3
    let text = try report(run, ["clean-accuracy(classifier: base) >= 0"])
    #expect(text.hasPrefix("# certify: contradiction"))
    #expect(text.contains("**Contradiction that stands**"))
    #expect(text.contains("| 0 | one \\| two | one \\| two | 0.499 | 0.300 | **-0.199**\u{A0}⚠ |"))
  }

  @Test func longTablesShowTheTellingInputs() throws {
    var run = SampleRun.results
    run.inputs = (0..<1000).map { index in
      let lower = 0.2 + Double(index) / 4000
      var bracket = SampleRun.certified(1, lower: lower, upper: 1)
      if index == 777 { bracket.upper?.radius = 0.1 }
      if index == 500 { bracket = SampleRun.abstention }
      return InputResult(index: index, label: 1, brackets: [bracket])
    }
    run.manifest.selectedInputs = 1000
    let text = try report(run)
    #expect(text.contains("of 1000 inputs: contradictions, those that decide"))
    for index in [0, 1, 500, 777] { #expect(text.contains("\n| \(index) | one"), "\(index)") }
    #expect(text.components(separatedBy: "\n").count < 200)
    let svg = try MarkdownReport().render(ReportSource(results: run))[1].text
    #expect(svg.utf8.count < 60_000)
  }

  @Test func radiiAreRoundedOutward() throws {
    let text = try report(SampleRun.results)
    #expect(
      text.contains(
        "| 0 | one \\| two | one \\| two | 0.499 | 1.200 | 0.701 | `gaussian-p-lower` | `smooth-pgd` | zero |"
      ))
    #expect(text.contains("| 6 | one \\| two | one \\| two | 0.300 | 0.901 | 0.600 |"))
  }

  @Test func gapsAreDividedAndTestsOfCandidatesCounted() throws {
    let text = try report(SampleRun.results)
    // Inputs 0, 5, 6 and 7 have both ends in order: .7001, .1, .6 and .5 apart.
    #expect(text.contains("σ = 0.25, ℓ₂ | 4 | 0.050 | 0.012 | 0.413 | 0.475 |"))
    // Six inputs were attacked; five tests flipped, two of each input held.
    #expect(text.contains("σ = 0.25, ℓ₂ | 17 | 5 | 12 | 0 |"))
    var base = SampleRun.results
    for index in base.inputs.indices { base.inputs[index].brackets.removeAll { $0.classifier == .smoothed } }
    #expect(try !report(base).contains("Where the gaps come from"))
  }

  @Test func theDiagnosisOfGradientsIsATableWithAVerdict() throws {
    var run = SampleRun.results
    #expect(try !report(run).contains("Can the attacks be trusted?"))
    func check(_ name: String, _ seen: Bool?) -> GradientDiagnosis.Check {
      .init(name: name, figure: "\(name) at 3 of 8", seen: seen, meaning: "\(name) | was seen")
    }
    run.diagnosis = GradientDiagnosis(
      norm: .linf, epsilon: 0.0314, inputs: 8,
      checks: [check("one", false), check("two", nil), check("three", false)])
    let clean = try report(run)
    #expect(clean.contains("## Can the attacks be trusted?"))
    #expect(clean.contains("**Base classifier: gradients look usable.**"))
    #expect(clean.contains("8 inputs at ε = 0.0314 in ℓ∞"))
    #expect(clean.contains("| `one` | one at 3 of 8 | fine |"))
    #expect(clean.contains("| `two` | two at 3 of 8 | not judged |"))
    run.diagnosis?.checks[0].seen = true
    run.diagnosis?.checks[2].seen = true
    let masked = try report(run)
    #expect(
      masked.contains(
        "**Base classifier: do not trust this upper bound, because one \\| was seen; three \\| was seen.**"))
    #expect(masked.contains("| `three` | three at 3 of 8 | **suspicious** |"))
  }

  @Test func unknownFormatsNameTheNearest() throws {
    let error = try #require(throws: UnknownReportFormat.self) { try ReportFormats.named("markdwon") }
    #expect(error.description.contains("did you mean `markdown`?"))
    #expect(
      ReportFormats.all.map(\.name) == [
        "markdown", "html", "json", "csv", "junit", "sarif", "junit-inputs", "github", "step-summary",
      ])
  }

  @Test func csvQuotesWhatItMust() throws {
    var run = SampleRun.results
    run.inputs[0].brackets[0].upper?.attack = "a,\"b\"\r\nc"
    let text = try CSVReport().render(ReportSource(results: run))[0].text
    #expect(text.contains(",\"a,\"\"b\"\"\r\nc\","))
    #expect(text.components(separatedBy: "\r\n").count == 1 + 16 + 1 + 1)
    #expect(text.hasSuffix("\r\n"))
  }
}
