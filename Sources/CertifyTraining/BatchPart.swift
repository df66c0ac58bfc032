/// Some inputs of a mini-batch: those of one shard.
struct BatchPart {
  let data: TrainingSet
  /// Positions in the data; never empty.
  let indices: ArraySlice<Int>
  /// The epoch, from 1, which addresses what is drawn together with the position.
  let epoch: Int
  /// The part of all steps that is done, in [0, 1).
  let progress: Double
  /// The factor of each input's loss: one over the inputs of the whole batch.
  let scale: Float

  var count: Int { indices.count }

  func index(_ row: Int) -> Int { indices[indices.startIndex + row] }
  func label(_ row: Int) -> Int { data.labels[index(row)] }
}

/// What the inputs of a part came to.
struct PartResult {
  /// The sum over inputs of the objective's loss.
  var loss = 0.0
  /// How many inputs were classified rightly where the objective looked at them.
  var correct = 0

  static func + (a: PartResult, b: PartResult) -> PartResult {
    PartResult(loss: a.loss + b.loss, correct: a.correct + b.correct)
  }
}
