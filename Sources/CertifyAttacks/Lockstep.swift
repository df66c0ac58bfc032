import CertifyEngine

/// Evaluates the rows of several attacks as batches of one classifier.
///
/// Rows wait in a queue and each batch takes as many as it holds from its head; an attack whose round is complete puts
/// its next rows at the end, and when rows are too few another attack begins. What an attack learns about a row does
/// not depend on the rows beside it as long as the classifier's answers do not.
struct Lockstep {
  let classifier: any DifferentiableClassifier

  /// An attack and how many of its rows are waiting.
  private final class Lane {
    let ascent: any Ascent
    var waiting = 0

    init(_ ascent: any Ascent) { self.ascent = ascent }
  }

  /// A point to ask about.
  private struct Question {
    let lane: Lane
    let index: Int
  }

  /// Runs one attack to its end.
  func run(_ ascent: any Ascent) throws {
    var next: (any Ascent)? = ascent
    try run {
      defer { next = nil }
      return next
    }
  }

  /// Runs attacks to their ends.
  ///
  /// - Parameter next: Provides attacks one by one, each when there is room for it; `nil` when there are no more.
  func run(_ next: () throws -> (any Ascent)?) throws {
    var queue: [Question] = []
    var isExhausted = false
    while true {
      while !isExhausted, queue.count < classifier.batchSize {
        if let ascent = try next() { Self.ask(Lane(ascent), &queue) } else { isExhausted = true }
      }
      guard !queue.isEmpty else { return }
      let batch = queue.prefix(classifier.batchSize)
      queue.removeFirst(batch.count)
      try answer(batch)
      for question in batch {
        question.lane.waiting -= 1
        guard question.lane.waiting == 0 else { continue }
        question.lane.ascent.endRound()
        Self.ask(question.lane, &queue)
      }
    }
  }

  /// Puts the next round of an attack into the queue, when its budget allows it.
  private static func ask(_ lane: Lane, _ queue: inout [Question]) {
    let asked = lane.ascent.asked
    guard !asked.isEmpty else { return }
    guard lane.ascent.oracle.grants(asked.count) else { return lane.ascent.stop() }
    lane.waiting = asked.count
    queue += asked.map { Question(lane: lane, index: $0) }
  }

  private func answer(_ batch: some Collection<Question>) throws {
    let (d, classes) = (classifier.inputCount, classifier.classCount)
    func row(_ slot: Int) -> UnsafeMutableBufferPointer<Float> {
      UnsafeMutableBufferPointer(rebasing: classifier.inputs[slot * d..<(slot + 1) * d])
    }
    func logits(_ slot: Int) -> UnsafeBufferPointer<Float> {
      UnsafeBufferPointer(rebasing: classifier.logits[slot * classes..<(slot + 1) * classes])
    }
    for (slot, question) in batch.enumerated() {
      _ = row(slot).update(fromContentsOf: question.lane.ascent.points[question.index])
      question.lane.ascent.oracle.neighbourhood.snap(row(slot))
    }
    try classifier.forward(count: batch.count)
    for (slot, question) in batch.enumerated() {
      let (ascent, oracle) = (question.lane.ascent, question.lane.ascent.oracle)
      oracle.record(
        UnsafeBufferPointer(row(slot)), decided: classifier.decision(row: slot), attack: ascent.attack)
      ascent.loss(question.index).writeGradient(
        logits: logits(slot), label: oracle.input.label,
        into: UnsafeMutableBufferPointer(
          rebasing: classifier.logitGradients[slot * classes..<(slot + 1) * classes]))
    }
    try classifier.backward(count: batch.count)
    for (slot, question) in batch.enumerated() {
      let oracle = question.lane.ascent.oracle
      oracle.recordGradient()
      try question.lane.ascent.learn(
        question.index,
        Oracle.Answer(
          point: UnsafeBufferPointer(row(slot)),
          flips: classifier.decision(row: slot) != oracle.input.label, logits: logits(slot),
          gradient: UnsafeBufferPointer(rebasing: classifier.inputGradients[slot * d..<(slot + 1) * d])))
    }
  }
}
