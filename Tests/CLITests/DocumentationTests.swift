import Foundation
import Testing
import _CertifyTestSupport

/// Every command that the README, the pages in docs/ and the help texts show is run, in a shell, as its reader
/// would run it.
///
/// What stands for the reader's own files is a fixture, and runs are made short: both by this file alone.
@Suite struct DocumentationTests {
  /// What commands name, and the fixture that takes its place; the longest names first.
  private static let standIns: [(name: String, fixture: String)] = [
    ("other.onnx", "models/digits_mlp_clean.onnx"), ("tabular.onnx", "models/moons_mlp.onnx"),
    ("tabular.csv", "data/moons_test40.csv"),
    ("MODEL.onnx", "models/digits_mlp.onnx"), ("model.onnx", "models/digits_mlp.onnx"),
    ("test.npz", "data/digits_test.npz"), ("train.npz", "data/digits_train.npz"),
    ("data.npz", "data/digits_test.npz"),
    ("DATA.npz", "data/digits_test.npz"), ("labels.npy", "data/digits_test-labels-idx1-ubyte"),
  ]

  @Test func commandsOfTheHelpTextsWork() throws {
    var commands: [String] = []
    for subcommand in [
      "run", "gate", "compare", "report", "gallery", "inspect", "predict", "train", "radius", "verify",
      "experiment", "status", "replay", "manual",
    ] {
      let help = try Certify.run(subcommand, "--help")
      #expect(help.status == 0)
      #expect(help.output.contains("USAGE: certify \(subcommand) "))
      commands += Self.examples(inHelp: help.output)
    }
    #expect(commands.count >= 9)
    try runInOrder(commands)
  }

  /// Pages that measurements write: they show no command to their readers.
  private static let measured: Set<String> = [
    "attacks", "benchmarks", "certificates", "conformance", "deciding", "experiments", "models",
    "verification",
  ]

  /// Every page, relative to the package.
  private static let pages: [String] = {
    let docs = Fixtures.package.appendingPathComponent("docs")
    let files = (try? FileManager.default.contentsOfDirectory(atPath: docs.path)) ?? []
    return ["README.md"] + files.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
  }()

  private static func text(_ page: String) throws -> String {
    try String(contentsOf: Fixtures.package.appendingPathComponent(page), encoding: .utf8)
  }

  @Test(arguments: pages) func commandsOfThePageWork(page: String) throws {
    let commands = Self.commands(inMarkdown: try Self.text(page))
    let name = page.replacing("docs/", with: "").replacing(".md", with: "")
    #expect(commands.isEmpty == (Self.measured.contains(name) || name == "guarantee"), "\(page)")
    try runInOrder(commands)
  }

  /// A block of a shell holds commands of this program, or what is tested elsewhere: `make` and a script.
  @Test(arguments: pages) func noOtherCommandIsShown(page: String) throws {
    for block in try Self.text(page).matches(of: /```(?:sh|console|bash|shell)\n([\s\S]*?)```/) {
      let isScript = block.1.hasPrefix("#!")
      let others = block.1.replacing("\\\n", with: " ").split(separator: "\n").filter { line in
        line.firstMatch(of: #/^\s*(\$ )?([A-Z_]+=\S+ )*(certify|make (demo|test)) ?/#) == nil
      }
      #expect(isScript && page == "docs/night-runs.md" || others.isEmpty, "\(page): \(others)")
    }
  }

  /// What `make demo` runs when it has built.
  @Test func theDemoWorks() throws {
    let answer = try RunningProcess(
      URL(fileURLWithPath: "/usr/bin/env"), ["make", "-n", "demo", "CERTIFY=certify", "SWIFT=true"],
      in: Fixtures.package
    ).answer(within: 30)
    #expect(answer.status == 0, "\(answer.errors)")
    let commands = answer.output.replacing("\\\n", with: " ").split(separator: "\n")
      .filter { $0.hasPrefix("certify ") }
    #expect(commands.count == 1)
    try runInOrder(
      commands.map { command in
        String(command).replacingOccurrences(of: "--first 40", with: "--first 2")
          .replacingOccurrences(of: "--samples 10000", with: "--samples 300")
      })
  }

  /// Only the import of a large library may take minutes on a busy machine: the limit is for what never ends.
  private static func python(_ arguments: [String], in directory: URL = Fixtures.package) throws -> Answer {
    try RunningProcess(
      URL(fileURLWithPath: "/usr/bin/env"), ["OMP_NUM_THREADS=1", "python3"] + arguments, in: directory
    ).answer(within: 3600)
  }

  /// Whether Python has what the export needs, without importing it.
  private static let hasTorch: Bool = {
    let question = """
      import importlib.util as u, sys
      sys.exit(not all(u.find_spec(name) for name in ("numpy", "onnx", "torch")))
      """
    return (try? python(["-c", question]).status) == 0
  }()

  /// The tutorial's export, of a model and data that its reader would have, and the look at what was understood.
  @Test(.enabled(if: hasTorch, "Python has no torch and onnx")) func theExportOfTheTutorialWorks() throws {
    let snippet = try #require(
      try Self.text("docs/tutorial.md").firstMatch(of: /```python\n([\s\S]*?)```/)?.1)
    let place = try Workplace()
    let setting = """
      import numpy as np, torch
      torch.manual_seed(0)
      model = torch.nn.Sequential(torch.nn.Conv2d(1, 4, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(2704, 10))
      images = np.random.default_rng(0).integers(0, 256, (6, 1, 28, 28))
      labels = np.arange(6)

      """
    try place.write(setting + snippet, to: "export.py")
    let export = try Self.python(["export.py"], in: place.url)
    #expect(export.status == 0, "\(export.errors)")
    let inspection = try Certify.run(["inspect", "model.onnx"], in: place.url)
    #expect(inspection.status == 0, "\(inspection.errors)")
    #expect(inspection.output.contains("1 × 28 × 28, any batch"), "\(inspection.output)")
    let prediction = try Certify.run(
      ["predict", "model.onnx", "--data", "test.npz", "--first", "1000"], in: place.url)
    #expect(prediction.status == 0, "\(prediction.errors)")
  }

  @Test(arguments: pages) func linksOfThePageLead(page: String) throws {
    let file = Fixtures.package.appendingPathComponent(page)
    let text = try String(contentsOf: file, encoding: .utf8)
    for link in text.matches(of: /\]\(([^)#]+)\)/) where !link.1.contains("://") {
      let target = file.deletingLastPathComponent().appendingPathComponent(String(link.1))
      #expect(FileManager.default.fileExists(atPath: target.path), "\(page): \(link.1)")
    }
  }

  /// The README's count of operator cases is the one that the conformance suite keeps.
  @Test func readmeCountsWhatTheConformanceSuiteCounts() throws {
    let page = try String(
      contentsOf: Fixtures.package.appendingPathComponent("docs/conformance.md"), encoding: .utf8)
    let counts = try #require(page.firstMatch(of: /(\d+) cases of \d+ operators: (\d+) pass/))
    let readme = try String(contentsOf: Fixtures.package.appendingPathComponent("README.md"), encoding: .utf8)
    #expect(readme.contains("\(counts.2) of \(counts.1) official"))
  }

  @Test func commandsAreFoundInText() {
    let text = """
      certify not-in-a-block
      ```sh
      make demo
      certify run m.onnx \\
        --data d.npz --out o   # a comment
      ```
      ```console
      $ CERTIFY_POLICY=p.yml certify gate o
      verdict: passed
      $ ls
      ```
      ```swift
      certify nothing
      ```
      """
    #expect(
      Self.commands(inMarkdown: text) == [
        "certify run m.onnx   --data d.npz --out o   # a comment", "CERTIFY_POLICY=p.yml certify gate o",
      ])
    let help = """
      OVERVIEW: Judge.

      Example: certify gate report --require
      'clean-accuracy >= 0.5'

      USAGE: certify gate
      """
    #expect(Self.examples(inHelp: help) == ["certify gate report --require 'clean-accuracy >= 0.5'"])
  }

  /// The commands in blocks of a shell, with continued lines joined.
  static func commands(inMarkdown text: String) -> [String] {
    var commands: [String] = []
    var language: String?
    var pending: String?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let trimmed = line.trimmingCharacters(in: .whitespaces)
      if trimmed.hasPrefix("```") {
        language = language == nil ? String(trimmed.dropFirst(3)) : nil
        continue
      }
      guard let language, ["sh", "console", "bash", "shell"].contains(language) else { continue }
      var command = pending.map { $0 + String(line) } ?? trimmed
      if pending == nil, command.hasPrefix("$ ") { command.removeFirst(2) }
      pending = nil
      guard command.prefixMatch(of: #/([A-Z_]+=\S+ )*certify /#) != nil else { continue }
      if command.hasSuffix("\\") {
        pending = String(command.dropLast())
      } else {
        commands.append(command)
      }
    }
    return commands
  }

  /// The examples of a help text, each to the end of its paragraph.
  static func examples(inHelp text: String) -> [String] {
    text.components(separatedBy: "Example: ").dropFirst().map { rest in
      rest.components(separatedBy: "\n\n")[0].split(separator: "\n")
        .map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " ")
    }
  }

  /// Runs commands one after the other in one directory, so that each finds what those before it wrote.
  private func runInOrder(_ commands: [String]) throws {
    let place = try Workplace()
    for (name, fixture) in Self.standIns {
      try FileManager.default.createSymbolicLink(
        atPath: place.path(name), withDestinationPath: Fixtures.path(fixture))
    }
    try FileManager.default.createDirectory(
      atPath: place.path("fixtures/policies"), withIntermediateDirectories: true)
    for part in ["models", "data", "golden"] {
      try FileManager.default.createSymbolicLink(
        atPath: place.path("fixtures/\(part)"), withDestinationPath: Fixtures.path(part))
    }
    let policy = try String(contentsOfFile: Fixtures.path("policies/digits.yml"), encoding: .utf8)
    let short = policy.replacing(/(?m)^samples: .*$/, with: "samples: 300")
      .replacing(/(?m)^first: .*$/, with: "first: 2")
    for name in ["certify.yml", "fixtures/policies/digits.yml"] { try place.write(short, to: name) }
    try place.write(DigitsProperty().text(epsilon: 0.005), to: "property.vnnlib")
    try place.write("version: 1\nimmutable: [east]\n", to: "threat.yml")
    try place.write("jobs: 2\nsigma: [0.25, 0.5]\n", to: "options.yml")
    try place.write((0..<10).map { "digit \($0)" }.joined(separator: "\n"), to: "names.txt")
    try FileManager.default.createDirectory(atPath: place.path("models"), withIntermediateDirectories: true)
    for name in ["digits_logistic.onnx", "digits_mlp.onnx"] {
      try FileManager.default.createSymbolicLink(
        atPath: place.path("models/\(name)"), withDestinationPath: Fixtures.path("models/\(name)"))
    }
    for command in commands {
      let answer = try RunningProcess(
        URL(fileURLWithPath: "/bin/sh"), ["-c", Self.prelude + command], in: place.url
      ).answer(within: 300)
      // A fixture may well fall short of the reader's requirement.
      let judged = command.contains("--require") || command.contains("--policy")
      // Runs made short attack nothing, so that there is no witness to show.
      let bare = command.contains("certify gallery") && answer.errors.contains("no picture")
      #expect(
        answer.status == 0 || judged && answer.status == 2 || bare,
        "\(command)\nends with \(answer.status): \(answer.errors)")
    }
  }

  /// Makes `certify` the executable under test, and its runs short; the policy is short already.
  private static var prelude: String {
    """
    certify() {
      short=
      if [ "$1" = run ]; then
        case " $* " in
          *" --policy "*) short="--attack none" ;;
          *" --every "*) short="--samples 300 --attack none" ;;
          *) short="--first 2 --samples 300 --attack none" ;;
        esac
      fi
      '\(Certify.executable.path)' "$@" $short
    }

    """
  }
}
