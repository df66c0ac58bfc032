import CertifyTraining
import Foundation
import Logging

/// Shows how far a training is: a line rewritten in place on a terminal, and a line an epoch.
struct TrainingDisplay {
  let stepsAtStart: Int
  let stepsPerEpoch: Int
  let isQuiet: Bool
  private let start = ContinuousClock.now
  private let isInteractive = Terminal.isInteractive
  private var lastShown: ContinuousClock.Instant?
  private var timeLeft = ""

  init(stepsAtStart: Int, stepsPerEpoch: Int, isQuiet: Bool) {
    self.stepsAtStart = stepsAtStart
    self.stepsPerEpoch = stepsPerEpoch
    self.isQuiet = isQuiet
  }

  mutating func show(done: Int, of total: Int) {
    guard !isQuiet else { return }
    let now = ContinuousClock.now
    let seconds = (now - start) / .seconds(1)
    let left = seconds / Double(done - stepsAtStart) * Double(total - done)
    timeLeft = "\(ProgressLine.clock(Int(left.rounded(.up)))) left"
    guard isInteractive, lastShown.map({ now - $0 > .milliseconds(250) }) ?? true else { return }
    lastShown = now
    let epoch = (done - 1) / stepsPerEpoch + 1
    Terminal.standardError(
      "\r\u{1B}[Kepoch \(epoch), step \((done - 1) % stepsPerEpoch + 1)/\(stepsPerEpoch) · \(timeLeft)",
      terminator: "")
  }

  func clear() {
    if isInteractive, !isQuiet { Terminal.standardError("\r\u{1B}[K", terminator: "") }
  }

  func finish(_ report: EpochReport, epochs: Int, _ logger: Logger) {
    clear()
    logger.notice("epoch \(report.epoch)/\(epochs): \(Self.text(report)) · \(timeLeft)")
  }

  /// Such as `loss 0.1234, accuracy .971; held out: clean .982, one step .801, many steps .702`.
  static func text(_ report: EpochReport) -> String {
    var text = "loss \(rounded(report.loss, places: 4)), accuracy \(rounded(report.accuracy, places: 3))"
    guard let holdout = report.holdout else { return text }
    let parts: [(String, Double?)] = [
      ("clean", holdout.clean), ("noisy", holdout.noisy), ("one step", holdout.oneStep),
      ("many steps", holdout.multiStep), ("interval", holdout.interval),
    ]
    let shown = parts.compactMap { name, share in share.map { "\(name) \(rounded($0, places: 3))" } }
    text += "; \(holdout.inputs) held out: " + shown.joined(separator: ", ")
    return text
  }

  private static func rounded(_ value: Double, places: Int) -> String {
    String(format: "%.\(places)f", value)
  }
}
