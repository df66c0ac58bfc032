extension TermMatrix {
  /// The terms of a convolution, each pattern of weights kept once: the places of a window differ only where it
  /// leaves the input and, going back, by where they fall between the strides.
  ///
  /// - Parameter room: How many terms may be stored.
  /// - Returns: `nil` when there is no room.
  init?(_ terms: ConvolutionTerms, room: Int) {
    var ofOutput = [[(tap: Int, place: Int)]](repeating: [], count: terms.outputPlaces)
    var ofInput = [[(tap: Int, place: Int)]](repeating: [], count: terms.inputPlaces)
    terms.window.forEachPair { place, tap, position in
      ofOutput[place].append((tap, position))
      ofInput[position].append((tap, place))
    }
    let (forward, back) = (PlacePatterns(ofOutput), PlacePatterns(ofInput))
    let (stored, overflow) = (forward.size + back.size).multipliedReportingOverflow(
      by: terms.outputChannels * terms.width)
    guard !overflow, stored <= room else { return nil }
    let share = terms.outputChannels / terms.groups
    byOutput = forward.list(
      images: terms.images, channels: terms.outputChannels, places: terms.outputPlaces,
      otherSize: terms.inputChannels * terms.inputPlaces
    ) { o, offsets, pattern in
      for c in 0..<terms.width {
        let channel = (terms.firstChannel(of: o) + c) * terms.inputPlaces
        for offset in offsets { pattern.put(channel + offset.place, terms.weight(o, c, offset.tap)) }
      }
    }
    byInput = back.list(
      images: terms.images, channels: terms.inputChannels, places: terms.inputPlaces,
      otherSize: terms.outputChannels * terms.outputPlaces
    ) { channel, offsets, pattern in
      let (group, c) = (channel / terms.width, channel % terms.width)
      for o in group * share..<(group + 1) * share {
        for offset in offsets {
          pattern.put(o * terms.outputPlaces + offset.place, terms.weight(o, c, offset.tap))
        }
      }
    }
  }

  /// The map the other way round.
  var transposed: TermMatrix { TermMatrix(byOutput: byInput, byInput: byOutput) }
}

/// Which places have the same taps at the same distances.
private struct PlacePatterns {
  typealias Offset = (tap: Int, place: Int)

  /// For each pattern its taps, and their places counted from the smallest.
  private var offsets: [[Offset]] = []
  /// For each place its pattern and the smallest place on the other side.
  private var placed: [(pattern: Int, base: Int)] = []

  init(_ lists: [[Offset]]) {
    var known: [[Int]: Int] = [:]
    for list in lists {
      let base = list.map(\.place).min() ?? 0
      let own = list.map { (tap: $0.tap, place: $0.place - base) }
      let key = own.flatMap { [$0.tap, $0.place] }
      let pattern = known[key] ?? offsets.count
      if pattern == offsets.count {
        known[key] = pattern
        offsets.append(own)
      }
      placed.append((pattern, base))
    }
  }

  /// The taps of all patterns together.
  var size: Int { offsets.reduce(0) { $0 + $1.count } }

  /// One block a place and image, with a row a channel.
  ///
  /// - Parameter fill: Puts the terms of a channel into the pattern.
  func list(
    images: Int, channels: Int, places: Int, otherSize: Int,
    fill: (_ channel: Int, _ offsets: [Offset], _ pattern: inout TermList.Pattern) -> Void
  ) -> TermList {
    let patterns = offsets.map { offsets in
      var pattern = TermList.Pattern()
      for channel in 0..<channels {
        fill(channel, offsets, &pattern)
        pattern.endRow()
      }
      return pattern
    }
    var blocks: [TermList.Block] = []
    for image in 0..<images {
      for (place, own) in placed.enumerated() {
        blocks.append(
          TermList.Block(
            pattern: own.pattern, base: image * otherSize + own.base,
            first: image * channels * places + place))
      }
    }
    return TermList(patterns: patterns, blocks: blocks, stride: places)
  }
}
