import ArgumentParser
import CertifyEvaluation
import CertifyResults
import CertifyStore
import Foundation

/// `certify status`: how far a run is.
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Say how far a run is, also while it is on.",
    discussion: "Example: certify status report")

  @Argument(help: "The directory of a run.", completion: .directory)
  var directory: String

  @OptionGroup var common: CommonOptions

  func run() throws {
    try reportingFailures {
      let store = try RunStore(reading: directory)
      defer { store.close() }
      let text = try RunStatus(store: store, writer: RunStore.writer(of: directory), now: Date())
      Terminal.standardOutput(text.lines.joined(separator: "\n"))
    }
  }
}

/// A run's state in a screenful.
struct RunStatus {
  let lines: [String]

  /// - Parameter writer: The process that writes to the store; `nil` when none does.
  /// - Throws: What reading the store throws.
  init(store: RunStore, writer: Int32?, now: Date) throws {
    let progress = try store.progress()
    let manifest = store.run.manifest
    var lines = [
      "\(progress.done) of \(progress.total) inputs are finished"
        + (store.run.shard.map { " (shard \($0) of \(manifest.selectedInputs) inputs)" } ?? "")
        + ", \(progress.failed) of them could not be evaluated"
    ]
    let isWhole = progress.done == progress.total
    if let writer {
      lines.append("running\(writer > 0 ? " as process \(writer)" : "")")
      if let left = try Self.timeLeft(store, progress, now: now.timeIntervalSince1970) {
        lines.append("time left: \(ProgressLine.clock(Int(left.rounded(.up))))")
      }
    } else {
      lines.append(isWhole ? "finished" : "stopped; it goes on with --resume")
    }
    for failure in try store.failures(limit: 10) {
      lines.append("input \(failure.index) could not be evaluated: \(failure.error ?? "")")
    }
    let manifestHash = try ManifestIdentity(manifest).hash
    lines += [
      "model: \(manifest.model.path), SHA-256 \(manifest.model.sha256)",
      "data: \(manifest.data.path), SHA-256 \(manifest.data.sha256)",
      "seed: \(manifest.seed)",
      "certify \(manifest.tool.version), \(manifest.tool.kernels), \(manifest.tool.instructionSet)",
      "manifest: \(manifestHash)",
      "command: \(manifest.command)",
    ]
    self.lines = lines
  }

  /// The seconds left, from the inputs that the present writer has finished; `nil` before it has finished one.
  private static func timeLeft(_ store: RunStore, _ progress: StoreProgress, now: Double) throws -> Double? {
    let session = try store.session()
    guard let origin = session.map(\.started).min() else { return nil }
    let begins = session.enumerated().map { (time: $1.started, isEnd: false, position: $0) }
    let ends = session.enumerated().map { (time: $1.finished, isEnd: true, position: $0) }
    var left = TimeLeft(total: session.count + progress.total - progress.done)
    // An input begins where another one ends.
    for event in (begins + ends).sorted(by: { ($0.time, $0.isEnd ? 0 : 1) < ($1.time, $1.isEnd ? 0 : 1) }) {
      if event.isEnd {
        left.end(event.position, at: .seconds(event.time - origin))
      } else {
        left.begin(event.position, at: .seconds(event.time - origin))
      }
    }
    let last = session.map(\.finished).max() ?? now
    return left.estimate(at: .seconds(last - origin)).map { max(0, $0 / .seconds(1) - (now - last)) }
  }
}
