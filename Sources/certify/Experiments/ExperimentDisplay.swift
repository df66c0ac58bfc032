import Synchronization

/// Shows how far an experiment is: a line rewritten in place on a terminal, nothing elsewhere.
final class ExperimentDisplay: Sendable {
  private let name: String
  private let isShown: Bool
  private let start = ContinuousClock.now
  private let lastShown = Mutex<ContinuousClock.Instant?>(nil)

  init(name: String, isQuiet: Bool) {
    self.name = name
    isShown = !isQuiet && Terminal.isInteractive
  }

  func show(_ done: Double) {
    guard isShown, done > 0 else { return }
    let now = ContinuousClock.now
    let isDue = lastShown.withLock { last in
      guard last.map({ now - $0 > .milliseconds(250) }) ?? true else { return false }
      last = now
      return true
    }
    guard isDue else { return }
    let left = (now - start) / .seconds(1) * (1 - done) / done
    Terminal.standardError(
      "\r\u{1B}[K\(name): \(Int(done * 100)) % · \(ProgressLine.clock(Int(left.rounded(.up)))) left",
      terminator: "")
  }

  func clear() {
    if isShown { Terminal.standardError("\r\u{1B}[K", terminator: "") }
  }
}
