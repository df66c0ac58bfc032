/// One sign that gradients do not lead where the model is weak, looked for on a few inputs.
public struct MaskingCheck: Sendable, Equatable {
  /// The signs, after Athalye, Carlini & Wagner 2018 (arXiv 1802.00420), Carlini et al. 2019 (arXiv 1902.06705)
  /// and Croce et al. 2022 (arXiv 2202.13711).
  public enum Sign: String, Sendable, CaseIterable, Codable {
    /// A logit changes by more than one part in 10⁴ when the same input is evaluated again.
    case randomLogits = "random-logits"
    /// The gradient of the margin is zero or not finite at an input.
    case deadGradient = "dead-gradient"
    /// At every input the outputs are in [0, 1] and sum to 1.
    case probabilities
    /// FGSM breaks more inputs that PGD does not than the other way round.
    case oneStepBeatsIterative = "one-step-beats-iterative"
    /// The same of random squares, which ask for no gradients, and PGD.
    case blackBoxBeatsWhiteBox = "black-box-beats-white-box"
    /// PGD leaves more than 1/K of the inputs correct at an ε that reaches all of the box.
    case unboundedFails = "unbounded-fails"
    /// From ε/4 over ε to 4ε, PGD breaks fewer inputs, or equally many and not all.
    case flatInEpsilon = "flat-in-epsilon"
    /// PGD of twice the steps breaks more than a tenth of the inputs besides, and two at least.
    case moreStepsHelp = "more-steps-help"
    /// Random points of the ball break more inputs that PGD does not than the other way round.
    case randomSucceeds = "random-succeeds"
    /// The same of points found on another model, and PGD.
    case transferBeatsWhiteBox = "transfer-beats-white-box"
  }

  /// What was looked for.
  public var sign: Sign
  /// What was measured, in words with its figures; why not, when the check was not made.
  public var figure: String
  /// Whether the sign was seen; `nil` when the check was not made.
  public var isSeen: Bool?

  public init(sign: Sign, figure: String, isSeen: Bool?) {
    self.sign = sign
    self.figure = figure
    self.isSeen = isSeen
  }
}

extension MaskingCheck.Sign {
  /// What it means for an upper bound when the sign is seen, to follow `because`.
  public var meaning: String {
    switch self {
    case .randomLogits: "the model answers the same input differently each time"
    case .deadGradient: "the gradient is zero or not finite where the attack starts"
    case .probabilities: "the model gives probabilities instead of logits, whose gradients vanish"
    case .oneStepBeatsIterative: "one step breaks inputs that many steps do not"
    case .blackBoxBeatsWhiteBox: "an attack without gradients breaks inputs that one with gradients does not"
    case .unboundedFails: "inputs stay correct although the attack may go anywhere"
    case .flatInEpsilon: "a larger budget does not break more inputs"
    case .moreStepsHelp: "twice the steps still break more inputs"
    case .randomSucceeds: "random points of the ball break inputs that the attack does not"
    case .transferBeatsWhiteBox: "points found on another model break inputs that the attack does not"
    }
  }
}
