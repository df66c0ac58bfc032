/// Operators that sample images at constant places, or add patches up to images.
enum SamplingOperators {
  static let all: [OperatorDefinition] = [
    OperatorDefinition("GridSample", since: 16, lower: gridSample),
    OperatorDefinition("Col2Im", since: 18, lower: columnsToImage),
  ]

  /// y[…, p] = x at the place that the grid has for p (Jaderberg et al. 2015, arXiv:1506.02025).
  private static let gridSample: OperatorDefinition.Lower = { call, builder in
    let x = try call.value(0)
    let shape = builder.shape(x)
    let grid = try call.constant(1, "grid")
    let rank = shape.count - 2
    guard (1...3).contains(rank), grid.isFloating, grid.shape.count == rank + 2, grid.shape.last == rank,
      grid.shape[0] == 1 || grid.shape[0] == shape[0]
    else { throw call.invalid("a grid of shape \(grid.shape) does not fit \(shape)") }
    let sampling = GridSampling(
      kernel: try kernel(call), outside: try outside(call),
      alignsCorners: try call.flag("align_corners", default: false), extents: Array(shape.dropFirst(2)))
    let coordinates = try grid.tensor().elements
    let places = (0..<coordinates.count / rank).map { coordinates[($0 * rank)..<(($0 + 1) * rank)] }
    let taps = sampling.kernel == .cubic ? 4 : 2
    try builder.spend(places.count * (0..<rank).reduce(1) { count, _ in count * taps }, on: call)
    if sampling.kernel == .cubic, sampling.outside == .border, !places.allSatisfy(sampling.isInside) {
      throw call.unsupported(
        "it samples outside the image with cubic weights and repeats the border, for which runtimes differ",
        help: "use linear weights, or reflection")
    }
    let size = sampling.extents.reduce(1, *)
    let output = shape.prefix(2) + grid.shape.dropFirst().dropLast()
    let perInput = places.count / grid.shape[0]
    if grid.shape[0] == 1 || isRepeated(coordinates, count: grid.shape[0]) {
      let matrix = SparseMatrix(columnCount: size, rows: places.prefix(perInput).map { sampling.row(at: $0) })
      let flat = try builder.reshape(call, x, shape.prefix(2) + [size])
      return [
        .value(try builder.reshape(call, builder.modeProduct(call, flat, axis: 2, matrix), Array(output)))
      ]
    }
    throw call.unsupported(
      "its grid differs between the inputs of a batch", help: "export with a batch of 1")
  }

  private static func isRepeated(_ numbers: [Float], count: Int) -> Bool {
    let size = numbers.count / max(count, 1)
    return numbers.indices.allSatisfy { numbers[$0] == numbers[$0 % max(size, 1)] }
  }

  private static func kernel(_ call: OperatorCall) throws -> GridSampling.Kernel {
    switch try call.string("mode") ?? "linear" {
    case "nearest": .nearest
    case "linear", "bilinear": .linear
    case "cubic", "bicubic": .cubic
    case let other: throw call.invalid("mode '\(other)' is unknown")
    }
  }

  private static func outside(_ call: OperatorCall) throws -> GridSampling.Outside {
    let name = try call.string("padding_mode") ?? GridSampling.Outside.zeros.rawValue
    guard let outside = GridSampling.Outside(rawValue: name) else {
      throw call.invalid("padding_mode '\(name)' is unknown")
    }
    return outside
  }

  /// Patches [N, C·k₁·…, windows] added up where they overlap: the transpose of cutting an image into them.
  private static let columnsToImage: OperatorDefinition.Lower = { call, builder in
    let x = try call.value(0)
    let shape = builder.shape(x)
    let limit = 1...OperatorCall.largestWindow
    guard let image = try call.integers(1, "image's shape"),
      let block = try call.integers(2, "block's shape"),
      shape.count == 3, !image.isEmpty, image.count == block.count, image.count <= 3,
      image.allSatisfy(limit.contains), block.allSatisfy(limit.contains), let taps = Extents.product(block),
      let pixels = Extents.product(image), pixels <= Extents.maximumValueElements,
      shape[1].isMultiple(of: taps)
    else { throw call.invalid("its shapes do not fit \(shape)") }
    let rank = image.count
    let strides = try call.windowInts("strides", count: rank, default: 1, from: 1)
    let dilations = try call.windowInts("dilations", count: rank, default: 1, from: 1)
    let pads = try call.windowInts("pads", count: 2 * rank, default: 0, from: 0)
    let room = (0..<rank).map { axis -> Int in
      let reach = (block[axis] - 1) * dilations[axis] + 1
      let padded = image[axis] + pads[axis] + pads[axis + rank]
      return padded - reach
    }
    let windows = zip(room, strides).map { $0 / $1 + 1 }
    guard room.allSatisfy({ $0 >= 0 }), Extents.product(windows) == shape[2] else {
      throw call.invalid("\(shape[2]) windows do not fit an image of \(image)")
    }
    try builder.spend(pixels + taps * shape[2], on: call)
    let steps = Extents.strides(image)
    // The pixel that each number of a patch is added to; −1 for those beyond the image.
    let pixel = (0..<taps * shape[2]).map { number -> Int in
      let offset = Extents.coordinates(number / shape[2], in: block)
      let start = Extents.coordinates(number % shape[2], in: windows)
      var position = 0
      for axis in 0..<rank {
        let place = start[axis] * strides[axis] + offset[axis] * dilations[axis] - pads[axis]
        guard (0..<image[axis]).contains(place) else { return -1 }
        position += place * steps[axis]
      }
      return position
    }
    let channels = shape[1] / taps
    let flat = try builder.reshape(call, x, [shape[0], channels, taps * shape[2]])
    let matrix = SparseMatrix(selecting: pixel, of: pixels).transposed
    let sums = try builder.modeProduct(call, flat, axis: 2, matrix)
    return [.value(try builder.reshape(call, sums, [shape[0], channels] + image))]
  }
}

extension Extents {
  /// The index of the element at a row-major position.
  fileprivate static func coordinates(_ position: Int, in shape: [Int]) -> [Int] {
    zip(strides(shape), shape).map { position / $0 % $1 }
  }
}
