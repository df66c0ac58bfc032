import Foundation
import Testing
import _CertifyTestSupport

/// The operators' official conformance suite: a result is right, or the model is refused.
///
/// `fixtures/conformance/passing.txt` lists the cases that pass, `docs/conformance.md` counts them; both are
/// written anew with CERTIFY_RECORD_GOLDEN=1.
struct ConformanceTests {
  @Test func resultsAreRightOrRefused() throws {
    let outcomes = try ConformanceCase.all().map { ($0, try $0.run()) }
    #expect(outcomes.count >= 1300)
    for case (let testCase, .wrong(let reason)) in outcomes { Issue.record("\(testCase.name): \(reason)") }

    let passed = outcomes.filter { $0.1 == .passed }.map(\.0.name).sorted()
    try compare(passed.joined(separator: "\n") + "\n", with: "fixtures/conformance/passing.txt")
    try compare(ConformanceTable(outcomes).text, with: "docs/conformance.md")
  }

  /// A recorded file holds what was found now, line by line.
  private func compare(_ text: String, with path: String) throws {
    let url = Fixtures.package.appendingPathComponent(path)
    if ProcessInfo.processInfo.environment["CERTIFY_RECORD_GOLDEN"] == "1" {
      try Data(text.utf8).write(to: url)
      Issue.record("recorded \(path); run again without CERTIFY_RECORD_GOLDEN to compare")
      return
    }
    let recorded = (try? String(decoding: Data(contentsOf: url), as: UTF8.self)) ?? ""
    let changes = text.components(separatedBy: "\n").difference(from: recorded.components(separatedBy: "\n"))
    for change in changes {
      switch change {
      case .insert(_, let line, _): Issue.record("\(path) lacks: \(line)")
      case .remove(_, let line, _): Issue.record("\(path) has, but it is not so any more: \(line)")
      }
    }
  }
}
