import Foundation
import Testing
import _CertifyTestSupport

/// The manual page and the completions say what the help says.
@Suite struct ManualTests {
  private static let commands = [
    "run", "gate", "compare", "report", "gallery", "inspect", "predict", "train", "radius", "verify",
    "status",
    "replay", "merge", "manual",
  ]

  @Test func theManualNamesEveryCommandAndOption() throws {
    let manual = try Certify.run("manual")
    #expect(manual.status == 0)
    let plain = manual.output.replacingOccurrences(of: "\\-", with: "-")
    for command in Self.commands {
      #expect(plain.contains(".SS certify \(command)"), "\(command)")
      let help = try Certify.run(command, "--help").output
      for option in help.matches(of: /--[a-z][a-z-]+/).map({ String($0.0) }) {
        #expect(plain.contains(option), "\(command) \(option)")
      }
    }
  }

  /// No line of text is taken for a request, and groff finds nothing to complain about.
  @Test func theManualIsRoff() throws {
    let manual = try Certify.run("manual").output
    let requests: Set<Substring> = [".TH", ".SH", ".SS", ".PP", ".TP", ".B", ".I", ".BI", ".RI"]
    for line in manual.split(separator: "\n") where line.hasPrefix(".") || line.hasPrefix("'") {
      #expect(requests.contains(line.prefix { $0 != " " }), "\(line)")
    }
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/groff") else { return }
    let place = try Workplace()
    try place.write(manual, to: "certify.1")
    let answer = try RunningProcess(
      URL(fileURLWithPath: "/usr/bin/groff"), ["-man", "-Tutf8", "-Kutf8", "-ww", place.path("certify.1")]
    ).answer(within: 30)
    #expect(answer.status == 0 && answer.errors == "", "\(answer.errors.prefix(500))")
  }

  @Test(arguments: ["bash", "zsh", "fish"]) func completionsKnowTheOptions(_ shell: String) throws {
    let answer = try Certify.run("--generate-completion-script", shell)
    #expect(answer.status == 0)
    for word in ["compare", "class-names", "no-color"] { #expect(answer.output.contains(word), "\(word)") }
  }

  /// Each command explains itself with an example.
  @Test(arguments: commands) func everyHelpHasAnExample(_ command: String) throws {
    let help = try Certify.run(command, "--help").output
    #expect(help.contains("Example: certify \(command)"), "\(help)")
  }
}
