import CertifyReport
import Foundation
import Testing

/// Whole reports, byte for byte.
struct GoldenReportTests {
  private static let golden = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("fixtures/golden")

  @Test(arguments: [
    ("markdown", "report.md", "report.md"),
    ("markdown", "figures/accuracy-smoothed-gaussian-sound-0.25-l2.svg", "report-accuracy.svg"),
    ("markdown", "figures/brackets-smoothed-gaussian-sound-0.25-l2.svg", "report-brackets.svg"),
    ("markdown", "figures/classes-smoothed-gaussian-sound-0.25-l2.svg", "report-classes.svg"),
    ("markdown", "figures/gaps.svg", "report-gaps.svg"), ("html", "report.html", "report.html"),
    ("junit", "junit.xml", "report-junit.xml"),
    ("junit-inputs", "junit.xml", "report-junit-inputs.xml"),
    ("sarif", "results.sarif", "report-results.sarif"),
    ("github", "annotations.txt", "report-annotations.txt"),
    ("step-summary", "summary.md", "report-summary.md"),
    ("json", "results.json", "report-results.json"),
    ("csv", "results.csv", "report-results.csv"),
  ])
  func matches(format: String, path: String, file: String) throws {
    try check(try SampleRun.source(), format, path, file)
  }

  /// A run of which nothing was required, with inputs that failed and others that were not reached.
  @Test(arguments: [
    ("junit-inputs", "junit.xml", "failed-junit-inputs.xml"),
    ("sarif", "results.sarif", "failed-results.sarif"),
    ("github", "annotations.txt", "failed-annotations.txt"),
  ])
  func matchesWithoutRequirements(format: String, path: String, file: String) throws {
    try check(SampleRun.failedSource, format, path, file)
  }

  private func check(_ source: ReportSource, _ format: String, _ path: String, _ file: String) throws {
    let files = try ReportFormats.named(format).render(source)
    let text = try #require(files.first { $0.path == path }, "the format writes \(files.map(\.path))").text
    let url = Self.golden.appendingPathComponent(file)
    if ProcessInfo.processInfo.environment["CERTIFY_RECORD_GOLDEN"] == "1" {
      try FileManager.default.createDirectory(at: Self.golden, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
      Issue.record("recorded \(file); run again without CERTIFY_RECORD_GOLDEN to compare")
      return
    }
    let expected = String(decoding: try Data(contentsOf: url), as: UTF8.self)
    if text != expected {
      Issue.record(
        """
        \(file) differs (- golden, + now); if that is meant, record it with CERTIFY_RECORD_GOLDEN=1
        \(Self.difference(from: expected, to: text))
        """)
    }
  }

  /// The lines that differ, with their numbers.
  private static func difference(from old: String, to new: String) -> String {
    let before = old.components(separatedBy: "\n")
    let after = new.components(separatedBy: "\n")
    return after.difference(from: before).map { change in
      switch change {
      case .remove(let offset, let line, _): (offset, 0, "- \(offset + 1): \(line)")
      case .insert(let offset, let line, _): (offset, 1, "+ \(offset + 1): \(line)")
      }
    }
    .sorted { ($0.0, $0.1) < ($1.0, $1.1) }.prefix(40).map(\.2).joined(separator: "\n")
  }
}
