import CertifyEvaluation
import Dispatch
import Foundation
import Synchronization

/// Turns the first SIGINT or SIGTERM into a request to stop; a second one ends the process at once.
final class Interrupts: Sendable {
  private let sources: [any DispatchSourceSignal]
  private let caught = Atomic<Int32>(0)

  /// The signal that came, or `nil`.
  var signal: Int32? {
    let number = caught.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  init(control: RunControl) {
    let queue = DispatchQueue(label: "certify.signals")
    let numbers = [SIGINT, SIGTERM]
    sources = numbers.map { number in
      Foundation.signal(number, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: number, queue: queue)
    }
    for (number, source) in zip(numbers, sources) {
      source.setEventHandler { [self] in
        guard caught.compareExchange(expected: 0, desired: number, ordering: .relaxed).exchanged else {
          exit(128 + number)
        }
        Terminal.standardError("\ninterrupted: writing what is finished; once more to stop at once")
        control.cancel()
      }
      source.resume()
    }
  }

  func end() {
    for source in sources { source.cancel() }
  }
}
