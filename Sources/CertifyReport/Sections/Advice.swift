import CertifyGate
import CertifyResults

/// What a run's own figures say is worth doing next; every item names the figure behind it.
struct Advice {
  var source: ReportSource

  /// The most pressing first, never empty.
  var items: [Prose] {
    if source.summary.contradictions > 0 {
      return [
        "Do not rely on this run: keep \(code: "results.json") and find out which of the model, the set-up or the tool is wrong."
      ]
    }
    // Nothing else is worth reading of a model that is fed with something else than it was trained on.
    if let suspicion { return completeness + [suspicion] }
    var items = completeness + requirements + attacks
    for group in source.summary.groups where group.inputs > 0 { items += method(group) }
    items += sample
    if items.isEmpty {
      items = ["Nothing stands out. Fix what must hold in a policy and let CI judge every new model by it."]
    }
    return Array(items.prefix(6))
  }

  private var completeness: [Prose] {
    let results = source.results
    var items: [Prose] = []
    if Shortcoming.isIncomplete(results) {
      items.append(
        "Finish the run: \(results.inputs.count) of \(results.manifest.selectedInputs) inputs were evaluated; \(code: "--resume") goes on."
      )
    }
    let failed = FailedInputs.groups(results)
    if let first = failed.first {
      let count = failed.reduce(0) { $0 + $1.indices.count }
      items.append(
        "Find out why \(PlainText.count(count, "input")) could not be evaluated (\(first.error)); \(code: "--resume") tries them again."
      )
    }
    return items
  }

  /// A model that may as well be guessing: mostly values in another range, channels in another order or labels with
  /// another numbering than in training.
  private var suspicion: Prose? {
    let classes = source.results.manifest.classCount
    guard classes > 1, let group = source.summary.groups.first(where: { $0.key.classifier == .base }) else {
      return nil
    }
    let brackets = source.results.inputs.compactMap { $0.bracket(of: group.key) }
    guard brackets.count >= 10, let bounds = AccuracyBounds(of: group.key, in: source.results),
      bounds.certified(group.correct) < 1 / Double(classes), 2 * group.correct * classes <= 3 * brackets.count
    else { return nil }
    let answers = Dictionary(grouping: brackets.compactMap(\.predicted)) { $0 }.mapValues(\.count)
    let most = answers.max { ($0.value, $1.key) < ($1.value, $0.key) }
    let same =
      most.flatMap { most in
        10 * most.value >= 9 * brackets.count
          ? ", and answers \(source.names.name(most.key)) to \(most.value) of them" : nil
      } ?? ""
    return
      "See first whether the model gets what it was trained on: it is right on \(group.correct) of \(brackets.count) inputs, no more than guessing among \(classes) classes\(same). Are the values scaled as in training (normalisation belongs inside the model), the channels in the same order, the labels numbered alike? \(code: "certify predict") shows what it answers."
  }

  private var requirements: [Prose] {
    guard let verdict = source.verdict, verdict.requirements.contains(where: { $0.level != .off }) else {
      return [
        "Say what must hold, for instance \(code: "--require '\(suggestion)'"): the exit code then tells whether it does."
      ]
    }
    // What is wrong with a run that cannot be judged is said once, not for each requirement.
    let isSaid = !completeness.isEmpty
    return verdict.failures.filter { $0.judged || !isSaid }.map { outcome in
      outcome.remedies.first.map { "Meet \(code: outcome.requirement): it would pass \($0)." }
        ?? "Meet \(code: outcome.requirement): \(outcome.explanation)"
    }
  }

  private var suggestion: String {
    let group =
      source.summary.groups.first { $0.lowerAbsent < $0.brackets } ?? source.summary.groups.first
    let radius = group.map { Wording.number(source.keyRadius(of: $0)) } ?? "0.25"
    let kind = group.map { $0.lowerAbsent < $0.brackets } == true ? "certified" : "attacked"
    return "\(kind)-accuracy(\(radius), \(group.map { "\($0.key)" } ?? "classifier: base")) >= 0.6"
  }

  private var attacks: [Prose] {
    if let diagnosis = source.results.diagnosis, !diagnosis.isClean {
      return [
        "Do not trust the upper bounds of the base classifier: its gradients are hidden. Attack with \(code: "hopskipjump") or \(code: "square"), which need none."
      ]
    }
    let groups = source.summary.groups.filter { $0.inputs > 0 }
    return groups.isEmpty || groups.contains(where: source.wasAttacked)
      ? [] : ["Attack it too: without \(code: "--attack none") every input gets an upper bound."]
  }

  private func method(_ group: GroupSummary) -> [Prose] {
    let title = Wording.title(group.key)
    guard group.lowerAbsent < group.brackets else {
      return group.key.classifier == .base
        ? [
          "\(title): nothing is proven of the saved model itself. \(code: "--certificate crown") (or \(code: "ibp"), \(code: "lipschitz")) may prove something."
        ] : []
    }
    return [ceiling(group, title), training(group, title), width(group, title)].compactMap(\.self)
  }

  /// Certificates in which every sample agreed: the samples, not the model, are the limit.
  private func ceiling(_ group: GroupSummary, _ title: String) -> Prose? {
    let agreed = source.results.inputs.count { input in
      guard let sampling = input.bracket(of: group.key)?.lowerInForce?.sampling else { return false }
      return sampling.counts.indices.contains(sampling.candidate)
        && sampling.counts[sampling.candidate] == sampling.samples
    }
    guard agreed * 10 >= group.inputs else { return nil }
    return
      "\(title): for \(agreed) of \(group.inputs) inputs all samples agreed, so that the number of samples is what limits their radius. More \(code: "--samples") prove more of them."
  }

  /// A smoothed classifier that loses what the saved model has.
  private func training(_ group: GroupSummary, _ title: String) -> Prose? {
    guard group.key.classifier == .smoothed,
      let base = source.summary.groups.first(where: {
        $0.key.classifier == .base && $0.key.norm == group.key.norm
      }), (base.correct - group.correct) * 10 >= group.inputs
    else { return nil }
    return
      "\(title): right on \(group.correct) of \(group.inputs) inputs, the saved model on \(base.correct). Train with noise of this σ, or choose a smaller one."
  }

  /// More unknown than proven.
  private func width(_ group: GroupSummary, _ title: String) -> Prose? {
    guard let gap = group.medianGap, let proven = group.medianCertifiedRadius,
      2 * group.gaps >= group.inputs, proven > 0, gap > proven
    else { return nil }
    let widest = Rounding.up(gap, places: group.places)
    return
      "\(title): the gap (\(widest) in the median) is wider than what is proven. A stronger attack (\(code: "--steps"), \(code: "--attack-queries")) lowers the upper end, \(group.key.classifier == .smoothed ? "more samples" : "a tighter certificate") the other."
  }

  /// So few inputs that what they say of new ones is vague.
  private var sample: [Prose] {
    let count = source.results.inputs.count
    let available = source.results.manifest.availableInputs
    guard count < 100, available > count else { return [] }
    return [
      "Use more of the \(available) inputs: \(count == 1 ? "one leaves" : "\(count) leave") wide bounds for new ones; four times as many halve them."
    ]
  }
}
