import CertifyResults

extension Gate {
  /// Judges `no-regression`: the figure against the baseline's, on the same inputs.
  ///
  /// Passes when the figure is worse than the baseline's by at most the tolerance: for a fraction of n inputs
  /// by at most ⌊tolerance · n⌋ of them.
  static func regression(
    _ requirement: Requirement, on results: RunResults, baseline: RunResults
  ) throws -> RequirementOutcome {
    let tolerance = requirement.tolerance ?? 0
    let base: Sample
    let current: Sample
    do throws(Unjudged) {
      current = try sample(for: requirement, in: results)
      do throws(Unjudged) {
        base = try sample(for: requirement, in: baseline)
      } catch .reason(let explanation, _) {
        throw .reason("The baseline cannot be judged: \(explanation)", deciding: [])
      }
    } catch .gate(let error) {
      throw error
    } catch .reason(let explanation, let deciding) {
      return requirement.outcome(explanation, deciding: deciding)
    }
    let obstacles = Comparability(
      base: baseline, current: results, key: current.key, figure: requirement.figure
    ).obstacles
    guard obstacles.isEmpty else {
      return requirement.outcome(
        "The baseline is not comparable: \(obstacles.joined(separator: "; ")). Make the baseline again.")
    }
    guard let before = base.figure(requirement.figure), before.isFinite else {
      return requirement.outcome("The baseline has no such figure.")
    }
    var bounded = requirement
    bounded.tolerance = nil
    bounded.threshold = threshold(requirement, base: base, figure: before, tolerance: tolerance)
    var outcome = try absolute(bounded, on: results)
    outcome.expected = "\(bounded.expected), the baseline's \(before) with a tolerance of \(tolerance)"
    guard requirement.figure.isFraction else { return outcome }
    let paired = try PairedComparison(base: base, current: current, figure: requirement.figure)
    outcome.explanation += " Against the baseline: \(paired.words)."
    let worse = requirement.comparison == .atLeast ? paired.lost : paired.gained
    if !outcome.pass { outcome.decidingInputs = Array(worse.prefix(20)) }
    return outcome
  }

  /// The bound that a figure must keep; for fractions a count of inputs, so that rounding decides nothing.
  private static func threshold(
    _ requirement: Requirement, base: Sample, figure: Double, tolerance: Double
  ) -> Double {
    let sign: Double = requirement.comparison == .atLeast ? -1 : 1
    guard requirement.figure.isFraction, base.count > 0 else { return max(0, figure + sign * tolerance) }
    let product = tolerance * Double(base.count)
    let nearest = product.rounded()
    // A decimal tolerance is only approximated: a product within a few ulp of an integer is that integer.
    let allowed = abs(product - nearest) <= 4 * product.ulp ? nearest : product.rounded(.down)
    let count = Double(base.successes(requirement.figure)) + sign * allowed
    return min(max(count, 0), Double(base.count)) / Double(base.count)
  }
}

/// Whether a figure of two runs may be compared.
struct Comparability {
  var base: RunResults
  var current: RunResults
  var key: BracketKey
  var figure: Figure

  /// What stands in the way, one clause each.
  var obstacles: [String] {
    var obstacles = Self.differentInputs(base, current)
    let old = base.manifest
    let new = current.manifest
    func compare<Value: Equatable>(_ name: String, _ before: Value, _ now: Value) {
      if before != now { obstacles.append("\(name) was \(before) and is \(now)") }
    }
    if base.interrupted || base.inputs.count < old.selectedInputs {
      obstacles.append("it was interrupted after \(base.inputs.count) of \(old.selectedInputs) inputs")
    }
    if base.inputs.map(\.index) != current.inputs.map(\.index) {
      obstacles.append("it is of other inputs of the data")
    }
    if key.classifier == .smoothed {
      compare("samples", old.samples, new.samples)
      compare("selection-samples", old.selectionSamples, new.selectionSamples)
      compare("alpha", old.alpha, new.alpha)
    }
    if case .attackedAccuracy = figure {
      compare("the attacks", old.attacks, new.attacks)
      compare("epsilon", old.epsilons, new.epsilons)
    }
    return obstacles
  }

  /// Whether two runs speak of the same inputs under the same threat model.
  static func differentInputs(_ base: RunResults, _ current: RunResults) -> [String] {
    var obstacles: [String] = []
    if base.manifest.data.sha256 != current.manifest.data.sha256 {
      obstacles.append("the data are not the same file")
    }
    if base.manifest.labels?.sha256 != current.manifest.labels?.sha256 {
      obstacles.append("the labels are not the same file")
    }
    if base.manifest.space != current.manifest.space || base.manifest.scaling != current.manifest.scaling {
      obstacles.append("the allowed inputs or the scaling of the data differ")
    }
    return obstacles
  }
}
