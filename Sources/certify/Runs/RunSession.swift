import CertifyEvaluation
import CertifyResults
import CertifyStore
import Logging

/// The evaluation of a run's pending inputs into its store.
struct RunSession {
  let subject: Subject
  let configuration: RunConfiguration
  let store: RunStore
  let logger: Logger
  let showsProgress: Bool

  /// Evaluates what is pending; when nothing is left and the run is no shard, diagnoses the gradients too.
  ///
  /// - Returns: The signal that interrupted it, if one did.
  /// - Throws: What ``Evaluator`` throws; `StoreError`.
  func evaluate(jobs: Int) throws -> Int32? {
    let control = RunControl()
    let interrupts = Interrupts(control: control)
    defer { interrupts.end() }
    let pending = try store.pendingPositions()
    let before = try store.progress()
    if before.done > 0 {
      logger.notice("going on: \(before.done - before.failed) of \(before.total) inputs are finished")
    }
    let progress = showsProgress ? ProgressDisplay(control: control, total: pending.count) : nil
    progress?.begin()
    defer { progress?.end() }
    let evaluator = Evaluator(source: subject.classifier, configuration: configuration)
    let (subject, store, logger) = (subject, store, logger)
    try evaluator.run(
      count: pending.count, jobs: jobs, control: control, foresees: showsProgress,
      input: { subject.input(pending[$0]) },
      deliver: { position, evaluated in
        try store.record(
          evaluated.result, witnesses: evaluated.witnesses, at: pending[position],
          seconds: evaluated.duration / .seconds(1))
        let line = Logger.Message(stringLiteral: Self.line(evaluated.result))
        logger.log(level: evaluated.result.error == nil ? .info : .warning, line)
      })
    try diagnose(evaluator, control)
    return interrupts.signal
  }

  /// What was found of an input, in a line: `input 3: base l2 0.12…0.15`.
  private static func line(_ result: InputResult) -> String {
    let brackets = result.brackets.map { bracket in
      let kind = bracket.smoothing.map { "\(bracket.classifier) σ \($0.sigma)" } ?? "\(bracket.classifier)"
      let lower = bracket.lower.map { "\($0.radius)" } ?? "–"
      return "\(kind) \(bracket.norm) \(lower)…\(bracket.upper.map { "\($0.radius)" } ?? "–")"
    }
    return "input \(result.index): " + (result.error ?? brackets.joined(separator: ", "))
  }

  /// Whether gradients can be trusted is a question about the whole run.
  private func diagnose(_ evaluator: Evaluator, _ control: RunControl) throws {
    let results = try store.results()
    guard !results.interrupted, results.shard == nil, !control.isCancelled else { return }
    let diagnosis = try evaluator.diagnoseGradients(
      results.inputs, control: control, count: subject.indices.count, input: subject.input)
    try store.finish(diagnosis: diagnosis, verdict: nil)
  }
}
