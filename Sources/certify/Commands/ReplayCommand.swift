import ArgumentParser
import CertifyAttacks
import CertifyEvaluation
import CertifyGate
import CertifyResults
import CertifyStore
import Foundation

/// `certify replay`: derive an input's brackets again from the store.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Derive an input's counts again, and test its witness again.",
    discussion: """
      Model and data are looked for where the run found them, and must have the same SHA-256. Exit codes: 0 \
      everything is as stored, 1 something is not, 3 a witness lies inside a certified radius.

      Example: certify replay report --index 0
      """)

  @Argument(help: "The directory of a run.", completion: .directory)
  var directory: String

  @Option(help: "The input's index in the data, from 0.")
  var index: Int

  @OptionGroup var places: PlaceOptions

  @Option(help: "Threads that share the samples; the counts do not depend on it. (default: one a processor)")
  var jobs: Int?

  @OptionGroup var common: CommonOptions

  func run() throws {
    try reportingFailures {
      let jobs = try RunCommand.threads(jobs)
      let store = try RunStore(reading: directory)
      defer { store.close() }
      guard let stored = try store.result(of: index) else {
        throw CommandError.usage(
          "--index \(index): the run has no result of it; certify status says which inputs are finished")
      }
      let witnesses = try store.witnesses(at: stored.position)
      let run = try ReopenedRun(store, places: places, logger: Terminal.logger(common))
      let replay = try Evaluator(source: run.subject.classifier, configuration: run.configuration).replay(
        run.subject.input(stored.position), stored: stored.result, witnesses: witnesses, jobs: jobs,
        control: RunControl())
      let text = ReplayText(stored: stored.result, replay: replay)
      Terminal.standardOutput(text.lines.joined(separator: "\n"))
      let contradicts = stored.result.brackets.contains(where: \.contradictionStands)
      if contradicts || replay.brackets.contains(where: \.isContradictory) {
        throw ExitCode(ExitStatus.contradiction.rawValue)
      }
      if !replay.agrees { throw ExitCode(FailureCode.runtime.rawValue) }
    }
  }
}

/// What is stored beside what was derived again, in columns.
struct ReplayText {
  let lines: [String]

  init(stored: InputResult, replay: Replay) {
    var lines = ["input \(stored.index), label \(stored.label)"]
    if stored.error != nil || replay.error != nil {
      lines += Self.table([("error", stored.error ?? "none", replay.error ?? "none")])
    }
    for bracket in replay.brackets {
      lines.append("")
      lines.append("\(bracket.stored.key)")
      lines += Self.table(Self.rows(bracket))
      lines.append(bracket.agrees ? "as stored" : "NOT AS STORED")
      if bracket.isContradictory {
        lines.append("CONTRADICTION: the witness lies inside the certified radius")
      }
    }
    self.lines = lines
  }

  private typealias Line = (name: String, stored: String, derived: String)

  private static func rows(_ bracket: ReplayedBracket) -> [Line] {
    let (stored, derived) = (bracket.stored, bracket.derived)
    var rows: [Line] = [
      ("predicted", text(stored.predicted, "abstained"), text(derived.predicted, "abstained"))
    ]
    let samplings = (stored.lower?.sampling ?? stored.sampling, derived.lower?.sampling ?? derived.sampling)
    if samplings.0 != nil || samplings.1 != nil {
      rows += [
        ("selection counts", counts(samplings.0?.selectionCounts), counts(samplings.1?.selectionCounts)),
        ("counts", counts(samplings.0?.counts), counts(samplings.1?.counts)),
        ("failed samples", text(samplings.0?.failed), text(samplings.1?.failed)),
      ]
    }
    rows.append(("certified radius", text(stored.lower?.radius), text(derived.lower?.radius)))
    guard let upper = stored.upper else { return rows + [("witness", "absent", "not searched for")] }
    guard let witness = bracket.witness else {
      return rows + [
        ("attacked radius", text(upper.radius), text(derived.upper?.radius, "no witness is stored"))
      ]
    }
    rows.append(("attacked radius", text(upper.radius), text(witness.radius)))
    rows.append(("witness class", "\(upper.witnessClass)", "\(witness.witnessClass)"))
    if let test = upper.flipTest, let again = witness.flipTest {
      rows.append(("flip test", flip(test), flip(again)))
    }
    return rows
  }

  private static func flip(_ test: FlipTestRecord) -> String {
    "\(test.outcome.rawValue), \(test.rivalHits):\(test.labelHits) of \(test.samples)"
  }

  private static func counts(_ counts: [Int]?) -> String {
    counts.map { $0.map(String.init).joined(separator: " ") } ?? "none"
  }

  private static func text(_ value: (some CustomStringConvertible)?, _ absent: String = "none") -> String {
    value?.description ?? absent
  }

  private static func table(_ rows: [Line]) -> [String] {
    let all = [("", "stored", "derived again")] + rows
    let widths = (all.map(\.0.count).max() ?? 0, all.map(\.1.count).max() ?? 0)
    return all.map { name, stored, derived in
      let first = name.padding(toLength: widths.0, withPad: " ", startingAt: 0)
      return "  \(first)  \(stored.padding(toLength: widths.1, withPad: " ", startingAt: 0))  \(derived)"
    }
  }
}
