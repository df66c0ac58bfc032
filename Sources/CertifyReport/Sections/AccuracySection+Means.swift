import CertifyResults

extension AccuracySection {
  /// What a figure rests on: the methods, how sure each end is, and the seed.
  func means(of group: GroupSummary) -> Prose {
    "Proofs: " + proofs(group) + ". Witnesses: " + witnesses(group)
      + ". Seed \(source.results.manifest.seed)."
  }

  private func proofs(_ group: GroupSummary) -> Prose {
    let methods = Set(brackets(group).compactMap { $0.lower?.method }).sorted()
    guard !methods.isEmpty else { return "none" }
    return Self.codes(methods) + ", \(certainty(of: group.key))"
  }

  private func certainty(of key: BracketKey) -> String {
    guard let smoothing = key.smoothing else { return "without any probability" }
    if let splits = smoothing.splits { return "from all of \(splits) samples, without any probability" }
    let manifest = source.results.manifest
    let plan = manifest.plan
    let isMost = plan?.decide != nil || plan?.radiusTolerance != nil
    return (plan?.simultaneous == true ? "together" : "each")
      + " with confidence 1 − \(Wording.number(manifest.alpha)), from \(isMost ? "at most " : "")"
      + "\(manifest.samples) samples an input"
  }

  private func witnesses(_ group: GroupSummary) -> Prose {
    let attacks = Set(brackets(group).compactMap { $0.attack?.name }).sorted()
    guard !attacks.isEmpty else { return "none, not attacked" }
    let manifest = source.results.manifest
    let check =
      switch (group.key.smoothing, group.key.smoothing?.splits) {
      case (nil, _): "each evaluated again by itself"
      case (_, .some): "each evaluated on all samples"
      default:
        "each tested on fresh samples"
          + (manifest.parameters["beta"].map { " with confidence 1 − \($0)" } ?? "")
      }
    return Self.codes(attacks) + ", \(check)"
  }

  private func brackets(_ group: GroupSummary) -> [Bracket] {
    source.results.inputs.compactMap { $0.bracket(of: group.key) }
  }

  private static func codes(_ names: [String]) -> Prose {
    names.map { Prose.code($0) }.joined(separator: ", ")
  }
}
