/// What an epoch came to.
public struct EpochReport: Sendable, Codable, Equatable {
  /// From 1.
  public var epoch: Int
  /// The mean of the objective over the epoch's mini-batches, each before its step.
  public var loss: Double
  /// The part of the training inputs that were right where the objective looked at them.
  public var accuracy: Double
  /// Of the last step.
  public var learningRate: Double
  /// What was measured on the inputs held out; `nil` without any.
  public var holdout: HoldoutReport?
  /// Whether the accuracy under the multi-step attack has collapsed: ``CatastrophicOverfitting``.
  public var isOverfitted: Bool
}

/// Accuracies on inputs that are not trained on, each a part of `inputs`.
public struct HoldoutReport: Sendable, Codable, Equatable {
  /// The number of inputs held out.
  public var inputs: Int
  /// At the inputs themselves.
  public var clean: Double
  /// Under one draw of the objective's noise; `nil` without noise.
  public var noisy: Double?
  /// After one step of length 1.25 ε from a random start; `nil` for ε = 0.
  public var oneStep: Double?
  /// After as many steps as asked for, of length 2.5 ε over their number, from the same start; `nil` for ε = 0.
  public var multiStep: Double?
  /// Decided by interval arithmetic over the whole box, rounding aside; `nil` for other objectives than IBP.
  public var interval: Double?
}

/// Catastrophic overfitting (Wong, Rice & Kolter 2020, arXiv 2001.03994): a network trained by one-step attacks goes on
/// to resist these while attacks of several steps succeed all at once.
public enum CatastrophicOverfitting {
  /// Whether the last epoch's accuracy under the multi-step attack is below half of the best one before it, while the
  /// accuracy under the one-step attack is at least half of its own best one and twice the multi-step one.
  public static func isPresent(in history: [HoldoutReport]) -> Bool {
    guard let last = history.last, let oneStep = last.oneStep, let multiStep = last.multiStep else {
      return false
    }
    let before = history.dropLast()
    let bestMultiStep = before.compactMap(\.multiStep).max() ?? 0
    let bestOneStep = before.compactMap(\.oneStep).max() ?? 0
    return multiStep < bestMultiStep / 2 && oneStep >= bestOneStep / 2 && oneStep > 2 * multiStep
  }
}
