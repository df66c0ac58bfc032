/// How far the drawing of a budget is.
struct BudgetDrawing: Sendable {
  let budget: Int
  /// Whether nothing else takes time when it is drawn.
  let isLast: Bool
  /// Since the beginning of the run.
  let begin: Duration
  var drawn = 0

  /// In 0...1.
  var share: Double { budget > 0 ? min(Double(drawn) / Double(budget), 1) : 1 }

  /// At the speed so far; `nil` before anything is drawn, and where more follows. Answers that need no more samples
  /// may leave a part of the budget, so that it can be less.
  func timeLeft(at time: Duration) -> Duration? {
    isLast && drawn > 0 ? (time - begin) * (1 / share - 1) : nil
  }
}
