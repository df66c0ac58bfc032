extension Summary {
  /// Computes the figures.
  ///
  /// - Parameters:
  ///   - results: The run; its inputs are the denominator.
  ///   - radii: Where certified and attacked accuracy are wanted; without a list, one that fits each group.
  ///   - including: Radii wanted besides, such as those that requirements name.
  public init(of results: RunResults, radii: [Double]? = nil, including: [Double] = []) {
    let keys = results.keys.isEmpty ? results.manifest.keys : results.keys
    self.init(
      inputs: results.inputs.count,
      selectedInputs: results.manifest.selectedInputs,
      groups: keys.map { key in
        GroupSummary(key: key, inputs: results.inputs, radii: radii, including: including)
      })
  }
}

extension GroupSummary {
  /// Computes the figures of one key over all `inputs`, those without such a bracket included.
  ///
  /// - Parameters:
  ///   - key: Which brackets count.
  ///   - inputs: The results of the run.
  ///   - radii: Where the accuracies are computed; `nil` for round numbers up to the largest radius.
  ///   - including: Radii to add to those.
  public init(key: BracketKey, inputs: [InputResult], radii: [Double]? = nil, including: [Double] = []) {
    let brackets = inputs.compactMap { $0.bracket(of: key) }
    let certifiedRadii =
      (brackets.map(\.certifiedRadius) + Array(repeating: 0, count: inputs.count - brackets.count)).sorted()
    let gaps = brackets.compactMap(\.gap).filter(\.isFinite).sorted()

    self.key = key
    self.inputs = inputs.count
    self.brackets = brackets.count
    correct = brackets.count { $0.correct && !$0.abstained }
    abstained = brackets.count(where: \.abstained)
    cleanAccuracy = Self.ratio(correct, inputs.count)
    abstentionRate = Self.ratio(abstained, inputs.count)
    contradictions = brackets.count(where: \.contradictionStands)
    settledContradictions = brackets.count(where: \.contradictionSettled)
    lowerAbsent = brackets.count { $0.lowerInForce == nil }
    upperAbsent = brackets.count { $0.upperInForce == nil }
    self.gaps = gaps.count
    meanGap = Mean.roundedDown(gaps)
    medianGap = Quantile.of(0.5, sorted: gaps)
    let parts = brackets.compactMap(\.gapParts).filter { $0.total != nil }
    partedGaps = parts.isEmpty ? nil : parts.count
    meanGapParts = GapParts(meanOf: parts)
    meanCertifiedRadius = Mean.roundedDown(certifiedRadii)
    medianCertifiedRadius = Quantile.of(0.5, sorted: certifiedRadii)

    let wanted = radii ?? RadiusList.fitting(Self.reach(of: brackets))
    let usable = Set(wanted + including + [0]).filter { $0.isFinite && $0 >= 0 }
    points = usable.sorted().map { radius in
      AccuracyPoint(
        radius: radius,
        certified: brackets.count { $0.isCertified(at: radius) },
        attacked: brackets.count { $0.survivesAttack(at: radius) },
        inputs: inputs.count)
    }
  }

  /// The radius up to which accuracies are worth listing: the largest proof, or the median witness if
  /// larger; without proofs the 0.9-quantile of the witnesses.
  private static func reach(of brackets: [Bracket]) -> Double {
    let proven = brackets.map(\.certifiedRadius).filter(\.isFinite).max() ?? 0
    let witnessed = brackets.filter(\.correct).compactMap(\.upperInForce?.radius).filter(\.isFinite).sorted()
    return max(proven, Quantile.of(proven > 0 ? 0.5 : 0.9, sorted: witnessed) ?? 0)
  }
}

extension InputResult {
  /// The bracket of a key; the first where there are several.
  public func bracket(of key: BracketKey) -> Bracket? {
    brackets.first { $0.key == key }
  }
}
