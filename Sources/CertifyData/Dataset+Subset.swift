extension Dataset {
  /// The inputs at some positions, in the order given, with their labels.
  ///
  /// - Throws: ``DataError`` for none at all.
  package func subset(at indices: [Int]) throws -> Dataset {
    let samples: Samples =
      isEightBit
      ? .bytes(indices.flatMap { gridInput($0) ?? [] }) : .floats(indices.flatMap { input($0) })
    return try Dataset(
      samples: samples, sampleShape: sampleShape, labels: labels.map { all in indices.map { all[$0] } },
      scaling: scaling, source: source, notes: notes)
  }
}
