extension Dataset {
  /// The same inputs in the model's shape, when only extents of 1 or flattening stand between the two.
  ///
  /// Equal shapes fit; so do shapes that are equal once extents of 1 are dropped, and a flat side with as many
  /// coordinates as the other, read in row-major order. Images whose channels are on another axis do not fit:
  /// see ``channelsFirst(height:width:channels:)`` and ``channelsLast(height:width:channels:)``.
  ///
  /// - Parameter modelShape: the extents of one input of the model, without the batch axis.
  /// - Throws: ``DataError/shapeMismatch(data:model:remedy:)``.
  public func reshaped(to modelShape: [Int]) throws -> Dataset {
    if sampleShape == modelShape { return self }
    let data = sampleShape.filter { $0 != 1 }
    let model = modelShape.filter { $0 != 1 }
    if data == model { return try with(sampleShape: modelShape) }
    func mismatch(_ remedy: String) -> DataError {
      .shapeMismatch(data: sampleShape, model: modelShape, remedy: remedy)
    }
    guard checkedProduct(modelShape) == inputCount else {
      throw mismatch(
        "the inputs have \(inputCount) coordinates: give data of the model's shape, or another model")
    }
    if data.count <= 1 || model.count <= 1 {
      guard model.count == 3 || data.count == 3 else { return try with(sampleShape: modelShape) }
      let image = data.count == 3 ? data : model
      return try with(
        sampleShape: modelShape,
        note: "flat inputs are read in row-major order of \(image); "
          + "if their channels are ordered otherwise, convert them first")
    }
    if data.count == 3, model.count == 3 {
      if [data[2], data[0], data[1]] == model {
        throw mismatch("the channels are last in the data and first in the model: transpose to \(model)")
      }
      if [data[1], data[2], data[0]] == model {
        throw mismatch("the channels are first in the data and last in the model: transpose to \(model)")
      }
    }
    throw mismatch("the coordinates are as many but arranged otherwise: transpose or reshape the data")
  }

  /// Images stored as height × width × channels, as channels × height × width.
  ///
  /// - Throws: ``DataError/shapeMismatch(data:model:remedy:)`` when the inputs have another number of
  ///   coordinates, or a shape that says otherwise.
  public func channelsFirst(height: Int, width: Int, channels: Int) throws -> Dataset {
    try permuted(
      from: [height, width, channels], to: [channels, height, width],
      note: "channels moved from the last axis to the first"
    ) { position in
      let (channel, pixel) = position.quotientAndRemainder(dividingBy: height * width)
      return pixel * channels + channel
    }
  }

  /// Images stored as channels × height × width, as height × width × channels.
  ///
  /// - Throws: ``DataError/shapeMismatch(data:model:remedy:)`` when the inputs have another number of
  ///   coordinates, or a shape that says otherwise.
  public func channelsLast(height: Int, width: Int, channels: Int) throws -> Dataset {
    try permuted(
      from: [channels, height, width], to: [height, width, channels],
      note: "channels moved from the first axis to the last"
    ) { position in
      let (pixel, channel) = position.quotientAndRemainder(dividingBy: channels)
      return channel * height * width + pixel
    }
  }

  /// Takes coordinate `source(i)` to position i of every input.
  private func permuted(
    from stored: [Int], to wanted: [Int], note: String, source: (Int) -> Int
  ) throws -> Dataset {
    let extents = sampleShape.filter { $0 != 1 }
    guard checkedProduct(stored) == inputCount, extents.count <= 1 || extents == stored.filter({ $0 != 1 })
    else {
      throw DataError.shapeMismatch(
        data: sampleShape, model: wanted, remedy: "the conversion needs inputs of shape \(stored)")
    }
    let size = inputCount
    let order = (0..<size).map(source)
    func permute<T>(_ values: [T]) -> [T] {
      var result: [T] = []
      result.reserveCapacity(values.count)
      for start in stride(from: 0, to: values.count, by: size) {
        for i in order { result.append(values[start + i]) }
      }
      return result
    }
    switch samples {
    case .bytes(let values):
      return try with(samples: .bytes(permute(values)), sampleShape: wanted, note: note)
    case .floats(let values):
      return try with(samples: .floats(permute(values)), sampleShape: wanted, note: note)
    }
  }
}
