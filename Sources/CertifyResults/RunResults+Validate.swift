extension RunResults {
  /// Checks what holds of every run: that figures formed from these results mean something.
  ///
  /// - Throws: `ResultsFileError.inconsistent`, naming the first input at fault.
  public func validate() throws {
    guard inputs.count <= manifest.selectedInputs else {
      throw ResultsFileError.inconsistent(
        "\(inputs.count) inputs are recorded, \(manifest.selectedInputs) were selected")
    }
    var last = -1
    for input in inputs {
      guard input.index > last else {
        throw ResultsFileError.inconsistent("the index \(input.index) comes after \(last)")
      }
      last = input.index
      if input.error != nil, !input.brackets.isEmpty {
        throw ResultsFileError.inconsistent("input \(input.index) could not be evaluated and has brackets")
      }
      var keys: Set<BracketKey> = []
      for bracket in input.brackets {
        guard keys.insert(bracket.key).inserted else {
          throw ResultsFileError.inconsistent("input \(input.index) has two brackets of \(bracket.key)")
        }
        if let problem = bracket.problem(label: input.label) {
          throw ResultsFileError.inconsistent("input \(input.index), \(bracket.key): \(problem)")
        }
      }
    }
  }
}

extension Bracket {
  /// What cannot be true of this bracket of an input with this label, if anything.
  func problem(label: Int) -> String? {
    if correct != (predicted == label) {
      return "`correct` is \(correct) where \(predicted.map(String.init) ?? "nothing") is predicted "
        + "and the label is \(label)"
    }
    if (classifier == .smoothed) != (smoothing != nil) {
      return "a smoothed classifier, and no other, has `smoothing`"
    }
    if let lower, !(lower.radius >= 0) { return "the certified radius is \(lower.radius)" }
    if let upper, !(upper.radius >= 0) { return "the attacked radius is \(upper.radius)" }
    if let lower, !(lower.confidence > 0 && lower.confidence <= 1) {
      return "the certificate's confidence is \(lower.confidence)"
    }
    if !correct, let lower, lower.radius > 0 {
      return "the prediction is not the label, and yet a radius of \(lower.radius) is certified"
    }
    return nil
  }
}
