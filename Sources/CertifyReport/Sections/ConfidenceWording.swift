import CertifyGate
import CertifyResults

/// With what confidence the certificates of smoothed classifiers hold, and how their samples were spent.
struct ConfidenceWording {
  let results: RunResults

  private var manifest: RunManifest { results.manifest }
  private var plan: SamplingPlanRecord? { manifest.plan }

  var paragraphs: [String] { [claim, answers, spending].compactMap { $0 } }

  private var claim: String {
    let what =
      "the smoothed classifier g as defined above — its noise, σ and range included, and not the saved "
      + "model f — gives the listed class to every allowed x + δ with ‖δ‖ below the certified radius. "
    let alpha = manifest.alpha
    if !manifest.smoothings.isEmpty, manifest.smoothings.allSatisfy({ $0.splits != nil }) {
      return "For each input " + what
        + "The noise is deterministic: g was computed from all of its samples, without any probability."
    }
    let confidence = "with confidence 1 − α for α = \(alpha) over the noise that was drawn, "
    guard let plan, plan.statements > 1 || plan.simultaneous else {
      return "For each input on its own, " + confidence + what + separate(alpha)
    }
    let level = "; each was made at level α / \(plan.statements) (Bonferroni)"
    if plan.simultaneous {
      return "For all inputs together, " + confidence + what
        + "The confidence is simultaneous: it is that of all \(plan.statements) certificates of the run\(level)."
    }
    return "For each input on its own, " + confidence + what
      + "The \(plan.statements) certificates of an input, one for each σ, hold together\(level), so that the best of "
      + "them may be chosen after the fact. "
      + separate(alpha)
  }

  private func separate(_ alpha: Double) -> String {
    let inputs = results.inputs.count
    let mean = alpha * Double(inputs)
    let rounded = Double(Rounding.nearest(mean, places: Rounding.places(showing: mean)))
    let expected = Wording.number(rounded ?? mean)
    return
      "The confidence is not simultaneous: of \(PlainText.count(inputs, "such statement")) up to \(expected) are wrong "
      + "on average."
      + takenOff
  }

  private var takenOff: String {
    let key = BracketKey(classifier: .smoothed, smoothing: nil, norm: .l2)
    guard let most = try? AggregateErrors.takenOff(key, inputs: results.inputs.count, manifest: manifest)
    else {
      return ""
    }
    return
      " At most \(most) of the certificates of one σ are wrong with confidence 1 − \(manifest.alpha), and as "
      + "many are taken off certified accuracy where it speaks of all inputs: in requirements, and in the last column "
      + "of the tables below."
  }

  private var answers: String? {
    if let radii = plan?.decide {
      let list = radii.map(Wording.number).joined(separator: ", ")
      return
        "Radii were decided, not estimated: for R = \(list) it was asked whether the certified radius is at least "
        + "R, by a betting test that may stop after any number of samples. The listed radius is the largest R that was "
        + "proven; an answer that was left undecided counts as not certified."
    }
    if let tolerance = plan?.radiusTolerance {
      return
        "Sampling stopped at the first of several looks, fixed beforehand, at which ten times the samples would "
        + "have raised the radius by less than \(Wording.number(tolerance)). α is split over the looks, so that the "
        + "radius holds whichever of them was the last."
    }
    return nil
  }

  private var spending: String? {
    guard plan?.decide != nil || plan?.radiusTolerance != nil else { return nil }
    var seen: [BracketKey: (samples: Int, inputs: Int)] = [:]
    for bracket in results.inputs.flatMap(\.brackets) {
      guard let samples = bracket.drawnSamples else { continue }
      let sum = seen[bracket.key] ?? (0, 0)
      seen[bracket.key] = (sum.samples + samples, sum.inputs + 1)
    }
    guard !seen.isEmpty else { return nil }
    let lines = seen.sorted { $0.key < $1.key }.map { key, sum in
      "\(Wording.title(key)): \(sum.samples / max(sum.inputs, 1)) samples an input on average, of at "
        + "most \(manifest.samples)"
    }
    let budget = plan?.budget.map { " The run had a budget of \($0) samples in all." } ?? ""
    return lines.joined(separator: "; ") + "." + budget
  }
}
