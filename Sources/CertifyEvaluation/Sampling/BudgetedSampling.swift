import CertifySmoothing

/// Sampling that shares a budget with that of other inputs.
enum BudgetedSampling: StepwiseSampling {
  case decision(DecisionSampling)
  case radius(RadiusSampling)

  var next: Range<Int>? {
    switch self {
    case .decision(let sampling): sampling.next
    case .radius(let sampling): sampling.next
    }
  }

  var promise: Double {
    switch self {
    case .decision(let sampling): sampling.promise
    case .radius(let sampling): sampling.promise
    }
  }

  mutating func add(_ counts: ClassCounts) throws {
    switch self {
    case .decision(var sampling):
      try sampling.add(counts)
      self = .decision(sampling)
    case .radius(var sampling):
      try sampling.add(counts)
      self = .radius(sampling)
    }
  }

  /// What it has shown, wherever it stands.
  var evidence: SmoothedEvidence {
    switch self {
    case .decision(let sampling): .decided(sampling)
    case .radius(let sampling): .counted(sampling.sampling)
    }
  }

  /// Which of several samplings draw in a round, within what is left of the budget.
  ///
  /// All that want more, where the budget allows it; otherwise those that promise most, ties in their order, each
  /// that still fits. Nothing here depends on threads.
  static func drawing(_ samplings: [BudgetedSampling], left: Int) -> [Int] {
    let open = samplings.indices.compactMap { index in
      samplings[index].next.map { (index: index, wanted: $0.count, promise: samplings[index].promise) }
    }
    if open.reduce(0, { $0 + $1.wanted }) <= left { return open.map(\.index) }
    var left = left
    var chosen: [Int] = []
    let ranked = open.sorted { ($1.promise, $0.index) < ($0.promise, $1.index) }
    for sampling in ranked where sampling.wanted <= left {
      chosen.append(sampling.index)
      left -= sampling.wanted
    }
    return chosen.sorted()
  }
}
