import CertifyEngine

extension BaseAttack {
  /// Whether attacks on several inputs can share batches: those at a fixed ε that only follow gradients, where every
  /// input is attacked in the same units.
  public var sharesBatches: Bool {
    guard case .epsilons = goal, threat.space.features?.scale == nil else { return false }
    return name.ascent(parameters) != nil
  }

  /// Attacks several inputs, whose rows share batches.
  ///
  /// An input's outcome depends on nothing but that input, as long as the answers of `shared` do not depend on how many
  /// rows it is asked about; an input that is broken leaves its place to the next. Attacks that cannot share
  /// batches run one after another.
  ///
  /// - Parameters:
  ///   - inputs: The inputs, with their labels and indices in the data.
  ///   - reference: The classifier that defines f; every reported witness was verified on it, alone.
  ///   - gradients: The classifier that is asked about one input at a time, before and after the steps.
  ///   - shared: The classifier whose batches are shared.
  /// - Returns: The outcomes, in the order of the inputs.
  /// - Throws: What ``run(on:reference:gradients:surrogate:)`` throws, for whichever input comes to it first.
  public func run(
    on inputs: [AttackInput], reference: any Classifier, gradients: any DifferentiableClassifier,
    shared: any DifferentiableClassifier
  ) throws -> [AttackOutcome] {
    guard sharesBatches, case .epsilons(let epsilons) = goal, let method = name.ascent(parameters) else {
      return try inputs.map { try run(on: $0, reference: reference, gradients: gradients) }
    }
    var lanes = try inputs.map { input in
      let oracle = try oracle(input, reference: reference, gradients: gradients)
      return (oracle: oracle, cleanClass: try oracle.cleanClass(), tried: [Double]())
    }
    for (round, epsilon) in epsilons.sorted().enumerated() {
      var standing = lanes.indices.filter { index in
        let (oracle, cleanClass, tried) = lanes[index]
        return cleanClass == oracle.input.label && !oracle.isBroken(within: tried.last)
      }[...]
      for index in standing { lanes[index].tried.append(epsilon) }
      try Lockstep(classifier: shared).run {
        while let index = standing.popFirst() {
          let oracle = lanes[index].oracle
          let generator = generator(name, input: oracle.input.index, round: round)
          let ascent = try method.ascent(on: oracle, epsilon: epsilon, generator: generator)
          if let ascent { return ascent }
        }
        return nil
      }
    }
    return try lanes.map { oracle, cleanClass, tried in
      try outcome(oracle, cleanClass: cleanClass, epsilons: tried.isEmpty ? nil : tried)
    }
  }
}

extension Oracle {
  /// Whether a flipping point within `epsilon` is known.
  func isBroken(within epsilon: Double?) -> Bool {
    guard let epsilon, let bestDistance else { return false }
    return AttackGoal.isWithin(bestDistance, epsilon: epsilon)
  }
}
