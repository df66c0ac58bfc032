import CertifyData

extension Selection {
  /// The inputs that --first and --every name, all where neither is given.
  ///
  /// - Throws: ``CommandError`` for both, and for a number below 1.
  init(first: Int?, every: Int?) throws {
    for (name, number) in [("first", first), ("every", every)] {
      if let number, number < 1 { throw CommandError.usage("--\(name) \(number): give a number from 1 on") }
    }
    switch (first, every) {
    case (nil, nil): self = .all
    case (let first?, nil): self = .first(first)
    case (nil, let every?): self = .every(every)
    default: throw CommandError.usage("--first and --every exclude each other; give one of them")
    }
  }
}
