import CertifyResults
import CertifyStatistics

extension Sample {
  /// What the figure is and how far it can be trusted.
  func explanation(_ requirement: Requirement, found: Double?) throws -> String {
    var sentences = [what(requirement.figure)]
    if !requirement.figure.isAbstentionRate, let abstentions { sentences.append(abstentions) }
    if let confidence = requirement.confidence {
      sentences.append(bounded(requirement, confidence: confidence, found: found))
    } else if requirement.comparison == .atLeast, requirement.figure.isProven(of: key), alpha > 0 {
      sentences.append(try perInput())
    }
    if requirement.figure.radius != nil, case .attackedAccuracy = requirement.figure {
      sentences.append("An attack that finds nothing proves nothing: another may.")
    }
    return sentences.joined(separator: " ")
  }

  private func what(_ figure: Figure) -> String {
    let all = "\(count) inputs"
    return switch figure {
    case .certifiedAccuracy(let radius):
      "\(successes(figure)) of \(all) are correct and certified at \(radius)."
    case .attackedAccuracy(let radius):
      "\(successes(figure)) of \(all) are correct and were not broken within \(radius)."
    case .cleanAccuracy: "\(successes(figure)) of \(all) are correct."
    case .abstentionRate: "The classifier abstained on \(successes(figure)) of \(all)."
    case .meanCertifiedRadius: "The mean is over \(all), 0 for those without a proof."
    case .medianCertifiedRadius:
      "It is the radius of rank \(rank(0.5)) of \(count) in ascending order, 0 for inputs without a proof."
    case .certifiedRadius(let quantile):
      "It is the radius of rank \(rank(quantile)) of \(count) in ascending order, 0 for inputs without a proof."
    }
  }

  private func rank(_ quantile: Double) -> Int { Quantile.rank(quantile, count: count) ?? 0 }

  private var abstentions: String? {
    let abstained = inputs.count { $0.bracket.abstained }
    guard abstained > 0 else { return nil }
    return comparison == .atMost
      ? "Of these \(abstained) abstained and are counted as if right and robust: that never helps to pass."
      : "Of these \(abstained) abstained; they stay in the denominator."
  }

  private func bounded(_ requirement: Requirement, confidence: Double, found: Double?) -> String {
    let sampling = "if the \(count) inputs are a random sample"
    guard found != nil else {
      return
        "There is no finite upper bound at confidence \(confidence): too few inputs, or too many abstentions."
    }
    let side = comparison == .atLeast ? "lower" : "upper"
    let errors =
      comparison == .atLeast && requirement.figure.isProven(of: key) && alpha > 0
      ? ", with the error \(alpha) of each certificate taken off" : ""
    return "The figure is a one-sided \(side) bound at confidence \(confidence) for all inputs, "
      + "\(sampling)\(errors)."
  }

  /// What α an input means for all of them: the smallest B with P[Bin(n, α) > B] ≤ 0.001.
  private func perInput() throws -> String {
    let level = 0.001
    if let takenOff = try takenOff {
      return
        "Of all \(count) certificates at most \(takenOff) are wrong with confidence 1 − \(manifest.alpha); "
        + "as many are taken off the figure."
    }
    if let plan = manifest.plan, plan.simultaneous {
      return
        "All \(plan.statements) certificates of the run hold together with confidence 1 − \(manifest.alpha)."
    }
    let wrong = try AggregateErrors.most(of: count, alpha: alpha, level: level)
    return "Each input's result holds with confidence 1 − \(alpha) on its own; "
      + "of all \(count) at most \(wrong) are wrong with confidence 1 − \(level)."
  }
}

extension Figure {
  /// Whether a statistical certificate stands behind each input of the figure.
  func isProven(of key: BracketKey) -> Bool {
    switch self {
    case .cleanAccuracy: key.classifier == .smoothed
    default: needsCertificate
    }
  }
}
