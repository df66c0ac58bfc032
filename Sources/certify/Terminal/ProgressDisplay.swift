import CertifyEvaluation
import Dispatch
import Foundation

/// Shows how far a run is: one line rewritten in place on a terminal, a line now and then elsewhere.
final class ProgressDisplay {
  private let line: ProgressLine
  private let timer: any DispatchSourceTimer
  private let queue = DispatchQueue(label: "certify.progress")

  init(control: RunControl, total: Int) {
    line = ProgressLine(control: control, total: total)
    timer = DispatchSource.makeTimerSource(queue: queue)
  }

  func begin() {
    let interval: DispatchTimeInterval = line.isInteractive ? .milliseconds(250) : .seconds(10)
    timer.schedule(deadline: .now() + interval, repeating: interval)
    timer.setEventHandler { [line] in line.show() }
    timer.resume()
  }

  /// Stops and leaves the terminal's line empty.
  func end() {
    timer.cancel()
    queue.sync { line.clear() }
  }
}

/// The line itself.
struct ProgressLine: Sendable {
  let control: RunControl
  let total: Int
  let start = ContinuousClock.now
  let isInteractive = Terminal.isInteractive

  func show() {
    let line = Self.line(
      inputs: control.inputs, total: total, rows: control.rows, elapsed: ContinuousClock.now - start,
      budget: control.budgetShare, left: control.timeLeft)
    if isInteractive {
      Terminal.standardError("\r\u{1B}[K\(line)", terminator: "")
    } else {
      Terminal.standardError(line)
    }
  }

  func clear() {
    if isInteractive { Terminal.standardError("\r\u{1B}[K", terminator: "") }
  }

  /// `12/100 inputs · 34 100 evaluations/s · 1:23 left`; the gradients are checked and the report is written when
  /// no input is left.
  ///
  /// - Parameter budget: The share of a budget that is drawn, before inputs are evaluated with it.
  static func line(
    inputs: Int, total: Int, rows: Int, elapsed: Duration, budget: Double? = nil, left: Duration?
  ) -> String {
    let seconds = elapsed / .seconds(1)
    var parts = ["\(inputs)/\(total) inputs"]
    if seconds > 0 { parts.append("\(grouped(Int(Double(rows) / seconds))) evaluations/s") }
    if let budget { parts.append("\(Int(budget * 100)) % of the budget drawn") }
    if total > 0, inputs >= total {
      parts.append("last checks")
    } else if let left {
      parts.append("\(clock(Int((left / .seconds(1)).rounded(.up)))) left")
    }
    return parts.joined(separator: " · ")
  }

  static func clock(_ seconds: Int) -> String {
    let (minutes, rest) = seconds.quotientAndRemainder(dividingBy: 60)
    let tail = rest < 10 ? "0\(rest)" : "\(rest)"
    guard minutes >= 60 else { return "\(minutes):\(tail)" }
    let (hours, remainder) = minutes.quotientAndRemainder(dividingBy: 60)
    return "\(hours):\(remainder < 10 ? "0" : "")\(remainder):\(tail)"
  }

  private static func grouped(_ number: Int) -> String {
    var digits = Array(String(number))
    for position in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(" ", at: position) }
    return String(digits)
  }
}
