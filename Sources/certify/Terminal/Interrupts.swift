import CertifyEvaluation
import Dispatch
import Foundation
import Synchronization

/// Turns the first SIGINT or SIGTERM into a request to stop; a second one ends the process at once.
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
        guard caught.note(number) else { exit(128 + number) }
        Terminal.standardError(
          (Terminal.isInteractive ? "\n" : "")
            + "interrupted: writing what is finished; once more to stop at once")
        control.cancel()
      }
      source.resume()
    }
  }

  func end() {
    for source in sources { source.cancel() }
  }
}

/// The first signal that came.
private final class CaughtSignal: Sendable {
  private let value = Atomic<Int32>(0)

  var number: Int32? {
    let number = value.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// Whether this is the first.
  func note(_ number: Int32) -> Bool {
    value.compareExchange(expected: 0, desired: number, ordering: .relaxed).exchanged
  }
}
