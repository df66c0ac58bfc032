/// What a set of noise samples is drawn for; samples of different purposes are independent.
public enum SamplePurpose: Sendable, Hashable {
  /// Choosing the class to certify.
  case selection
  /// Estimating its probability.
  case estimation
  /// Searching for a witness; `round` separates searches.
  case search(round: UInt16)
  /// Testing the candidate witness of this number: `selection` picks the rival class, the rest decides.
  case flipSelection(candidate: UInt16)
  /// Deciding the test of the candidate witness of this number.
  case flipDecision(candidate: UInt16)
  /// Testing a contradiction again.
  case retestSelection
  /// Estimating the class's probability again.
  case retestEstimation
  /// Picking the rival class of a witness that is tested again.
  case retestFlipSelection
  /// Deciding the test of a witness that is tested again.
  case retestFlipDecision
  /// The offsets of the splitting noise, which all inputs share.
  case splittingOffsets
}

extension SamplePurpose {
  /// Philox's counter word of this purpose: its kind in bits 16 to 23, its number in the 16 below.
  ///
  /// Distinct purposes have distinct words. The highest bit stays clear: it marks the refining bits of
  /// the exact sampler.
  var word: UInt32 {
    switch self {
    case .selection: Self.word(kind: 1, number: 0)
    case .estimation: Self.word(kind: 2, number: 0)
    case .search(let round): Self.word(kind: 3, number: round)
    case .flipSelection(let candidate): Self.word(kind: 4, number: candidate)
    case .flipDecision(let candidate): Self.word(kind: 5, number: candidate)
    case .retestSelection: Self.word(kind: 6, number: 0)
    case .retestEstimation: Self.word(kind: 7, number: 0)
    case .retestFlipSelection: Self.word(kind: 8, number: 0)
    case .retestFlipDecision: Self.word(kind: 9, number: 0)
    case .splittingOffsets: Self.word(kind: 10, number: 0)
    }
  }

  /// The word of this purpose's noise of a leading linear layer.
  var linearWord: UInt32 { word | 0x4000_0000 }

  private static func word(kind: UInt32, number: UInt16) -> UInt32 {
    kind << 16 | UInt32(number)
  }
}
