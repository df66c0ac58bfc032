import CertifyReport
import Foundation

/// What a run tells the service it runs on, besides its exit code.
struct ContinuousIntegration {
  let environment: [String: String]

  init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    self.environment = environment
  }

  /// On GitHub Actions: annotations on stdout, and the report appended to the job's page.
  ///
  /// - Throws: What rendering throws. A page that cannot be written is said on stderr and changes nothing.
  func publish(_ source: ReportSource) throws {
    if environment["GITHUB_ACTIONS"] == "true" {
      for file in try GitHubAnnotations().render(source) { Terminal.standardOutput(file.text) }
    }
    guard let path = environment["GITHUB_STEP_SUMMARY"], !path.isEmpty else { return }
    for file in try StepSummary().render(source) {
      do {
        if !FileManager.default.fileExists(atPath: path) {
          try Data().write(to: URL(fileURLWithPath: path))
        }
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        defer { try? handle.close() }
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(file.bytes))
      } catch {
        Terminal.standardError(
          "warning: GITHUB_STEP_SUMMARY \(path): cannot be written: \(error.localizedDescription)")
      }
    }
  }
}
