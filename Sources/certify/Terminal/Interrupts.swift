import CertifyEvaluation
import Dispatch
import Foundation
import Synchronization

/// Turns the first SIGINT or SIGTERM into a request to finish the inputs at hand, a second one into a request to
/// leave them; a third ends the process at once.
final class Interrupts {
  private let sources: [any DispatchSourceSignal]
  private let caught = CaughtSignal()

  /// The signal that came, or `nil`.
  var signal: Int32? { caught.number }

  init(control: RunControl) {
    let queue = DispatchQueue(label: "certify.signals")
    let numbers = [SIGINT, SIGTERM]
    sources = numbers.map { number in
      Foundation.signal(number, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: number, queue: queue)
    }
    for (number, source) in zip(numbers, sources) {
      source.setEventHandler { [caught] in
        let lineFeed = Terminal.isInteractive ? "\n" : ""
        switch caught.note(number) {
        case 1:
          control.finish()
          Terminal.standardError(
            lineFeed + "interrupted: finishing the inputs at hand; once more to leave them")
        case 2:
          control.cancel()
          Terminal.standardError(
            lineFeed + "interrupted again: writing what is finished; once more to stop at once")
        default: exit(128 + number)
        }
      }
      source.resume()
    }
  }

  func end() {
    for source in sources { source.cancel() }
  }
}

/// The first signal that came, and how many there were.
private final class CaughtSignal: Sendable {
  private let state = Mutex<(number: Int32, count: Int)?>(nil)

  var number: Int32? { state.withLock { $0?.number } }

  /// The count of signals, with this one.
  func note(_ number: Int32) -> Int {
    state.withLock { state in
      let count = (state?.count ?? 0) + 1
      state = (state?.number ?? number, count)
      return count
    }
  }
}
