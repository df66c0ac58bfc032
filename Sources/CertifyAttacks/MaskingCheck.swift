/// One sign that gradients do not lead where the model is weak, looked for on a few inputs.
public struct MaskingCheck: Sendable, Equatable {
  /// The signs, after Athalye, Carlini & Wagner 2018 (arXiv 1802.00420), Carlini et al. 2019 (arXiv 1902.06705)
  /// and Croce et al. 2022 (arXiv 2202.13711).
  public enum Sign: String, Sendable, CaseIterable, Codable {
    case randomLogits = "random-logits"
    case deadGradient = "dead-gradient"
    case probabilities
    case oneStepBeatsIterative = "one-step-beats-iterative"
    case blackBoxBeatsWhiteBox = "black-box-beats-white-box"
    case unboundedFails = "unbounded-fails"
    case flatInEpsilon = "flat-in-epsilon"
    case moreStepsHelp = "more-steps-help"
    case randomSucceeds = "random-succeeds"
    case transferBeatsWhiteBox = "transfer-beats-white-box"
  }

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
