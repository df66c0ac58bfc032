import CertifyAttacks
import CertifyEngine
import Synchronization

/// Finds out ahead of their turns which inputs f classifies correctly: those that it does not are done at once, and
/// where inputs are few the estimate of the time left has to know how many of them are to come.
///
/// Workers look between inputs, for a hundredth of the time that the run takes.
final class Foresight: Sendable {
  private struct Progress {
    var next = 0
    // A few rows may be looked at before any time has passed.
    var spent = Duration.milliseconds(-50)
    var isBusy = false
  }

  private let control: RunControl
  private let count: Int
  private let input: @Sendable (Int) -> AttackInput
  private let start = ContinuousClock.now
  private let progress = Mutex(Progress())

  init(control: RunControl, count: Int, input: @escaping @Sendable (Int) -> AttackInput) {
    self.control = control
    self.count = count
    self.input = input
  }

  /// Looks at the next inputs, as many as there is time for; what fails is met again at the input's turn.
  func look(with classifier: MonitoredClassifier) {
    while let positions = claim(classifier.batchSize) {
      let begin = ContinuousClock.now
      learn(positions, classifier)
      progress.withLock {
        $0.spent += ContinuousClock.now - begin
        $0.isBusy = false
      }
    }
  }

  private func learn(_ positions: Range<Int>, _ classifier: MonitoredClassifier) {
    let inputs = positions.map(input)
    let width = classifier.inputCount
    guard inputs.allSatisfy({ $0.point.count == width }) else { return }
    for (row, input) in inputs.enumerated() {
      _ = UnsafeMutableBufferPointer(rebasing: classifier.inputs[row * width..<(row + 1) * width])
        .update(fromContentsOf: input.point)
    }
    guard (try? classifier.glance(count: inputs.count)) != nil else { return }
    for (row, input) in inputs.enumerated() {
      control.learn(
        positions.lowerBound + row, isCorrect: classifier.decision(row: row) == input.label)
    }
  }

  private func claim(_ most: Int) -> Range<Int>? {
    progress.withLock { progress in
      guard !progress.isBusy, progress.next < count,
        progress.spent <= (ContinuousClock.now - start) / 100
      else { return nil }
      progress.isBusy = true
      let positions = progress.next..<min(progress.next + most, count)
      progress.next = positions.upperBound
      return positions
    }
  }
}
