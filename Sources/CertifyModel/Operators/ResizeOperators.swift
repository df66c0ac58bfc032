/// Operators that make images larger or smaller.
enum ResizeOperators {
  /// Far above any image.
  private static let longestAxis = 1 << 20

  static let all: [OperatorDefinition] = [
    OperatorDefinition("Resize", opsets: 10...10, lower: upsample),
    OperatorDefinition("Resize", opsets: 11...OperatorTable.supportedOpsets.upperBound, lower: resize),
    OperatorDefinition("Upsample", opsets: 7...9, lower: upsample),
  ]

  /// Before opset 11 the scales are the second input, or an attribute, and coordinates are x/scale.
  private static let upsample: OperatorDefinition.Lower = { call, builder in
    let x = try call.value(0)
    let from = builder.shape(x)
    let scales =
      call.opset < 9
      ? try call.floats("scales") ?? [] : try call.constant(1, "scales").doubles.map { Float($0) }
    let kernel: Interpolation.Kernel
    switch try call.string("mode") ?? "nearest" {
    case "nearest": kernel = .nearest(.floor)
    case "linear", "bilinear": kernel = .linear(antialias: false)
    case let other: throw call.invalid("mode '\(other)' is unknown")
    }
    let interpolation = Interpolation(kernel: kernel, coordinates: .asymmetric, excludesOutside: false)
    let axes = try axes(scales, of: from, at: Array(from.indices), call)
    return [.value(try resized(call, x, axes, interpolation, extrapolation: 0, &builder))]
  }

  private static let resize: OperatorDefinition.Lower = { call, builder in
    let x = try call.value(0)
    let from = builder.shape(x)
    let named = try call.ints("axes").map { try $0.map { try call.axis($0, rank: from.count) } }
    let places = named ?? Array(from.indices)
    guard Set(places).count == places.count else { throw call.invalid("an axis is named twice") }
    let (interpolation, extrapolation) = try interpolation(call)

    var axes: [Int: Interpolation.Axis]
    let scales = try call.optionalConstant(2, "scales").map { $0.doubles.map { Float($0) } } ?? []
    if let sizes = try call.integers(3, "sizes"), !sizes.isEmpty {
      axes = try ResizeOperators.axes(sizes, of: from, at: places, call)
    } else {
      axes = try ResizeOperators.axes(scales, of: from, at: places, call)
      try checkWhole(axes, interpolation.coordinates, call)
    }
    if interpolation.coordinates == .cropAndResize {
      let region = try call.optionalConstant(1, "region").map { $0.doubles.map { Float($0) } } ?? []
      guard region.count == 2 * places.count, region.allSatisfy(\.isFinite) else {
        throw call.invalid("a region of \(region.count) numbers does not fit \(places.count) axes")
      }
      for (index, place) in places.enumerated() {
        axes[place]?.region = (region[index], region[index + places.count])
      }
    }
    return [.value(try resized(call, x, axes, interpolation, extrapolation: extrapolation, &builder))]
  }

  private static func interpolation(_ call: OperatorCall) throws -> (Interpolation, extrapolation: Float) {
    let antialias = try call.flag("antialias", default: false)
    let kernel: Interpolation.Kernel
    switch try call.string("mode") ?? "nearest" {
    case "nearest":
      let name = try call.string("nearest_mode") ?? Interpolation.Rounding.preferFloor.rawValue
      guard let rounding = Interpolation.Rounding(rawValue: name) else {
        throw call.invalid("nearest_mode '\(name)' is unknown")
      }
      kernel = .nearest(rounding)
    case "linear": kernel = .linear(antialias: antialias)
    case "cubic": kernel = .cubic(a: try call.float("cubic_coeff_a") ?? -0.75, antialias: antialias)
    case let other: throw call.invalid("mode '\(other)' is unknown")
    }
    let name =
      try call.string("coordinate_transformation_mode") ?? Interpolation.Coordinates.halfPixel.rawValue
    guard let coordinates = Interpolation.Coordinates(rawValue: name) else {
      throw call.invalid("coordinate_transformation_mode '\(name)' is unknown")
    }
    let interpolation = Interpolation(
      kernel: kernel, coordinates: coordinates,
      excludesOutside: try call.flag("exclude_outside", default: false))
    return (interpolation, try call.float("extrapolation_value") ?? 0)
  }

  /// The axes from scales: ⌊size·scale⌋ elements each.
  private static func axes(
    _ scales: [Float], of shape: [Int], at places: [Int], _ call: OperatorCall
  ) throws -> [Int: Interpolation.Axis] {
    guard scales.count == places.count, scales.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw call.invalid("scales \(scales) do not fit \(places.count) axes")
    }
    var axes: [Int: Interpolation.Axis] = [:]
    for (place, scale) in zip(places, scales) {
      let size = Float(shape[place]) * scale
      guard size >= 1, size <= Float(longestAxis) else {
        throw call.invalid("a scale of \(scale) makes \(size) elements of \(shape[place])")
      }
      axes[place] = Interpolation.Axis(size: shape[place], resized: Int(size), scale: scale)
    }
    return axes
  }

  /// The axes from sizes, with one scale for all where the aspect ratio is kept.
  private static func axes(
    _ sizes: [Int], of shape: [Int], at places: [Int], _ call: OperatorCall
  ) throws -> [Int: Interpolation.Axis] {
    guard sizes.count == places.count, sizes.allSatisfy({ (1...longestAxis).contains($0) })
    else { throw call.invalid("sizes \(sizes) do not fit \(places.count) axes") }
    let scales = zip(places, sizes).map { Float($1) / Float(shape[$0]) }
    let common: Float?
    switch try call.string("keep_aspect_ratio_policy") ?? "stretch" {
    case "stretch": common = nil
    case "not_larger": common = scales.min()
    case "not_smaller": common = scales.max()
    case let other: throw call.invalid("keep_aspect_ratio_policy '\(other)' is unknown")
    }
    var axes: [Int: Interpolation.Axis] = [:]
    for (index, place) in places.enumerated() {
      var axis = Interpolation.Axis(size: shape[place], resized: sizes[index], scale: scales[index])
      if let common {
        let size = (common * Float(shape[place])).rounded()
        guard size >= 1, size <= Float(longestAxis) else {
          throw call.invalid("a scale of \(common) makes \(size) elements of \(shape[place])")
        }
        axis.resized = Int(size)
        axis.scale = common
      }
      axes[place] = axis
    }
    return axes
  }

  /// Refuses what the operator's description leaves open: whether a size between two whole numbers counts as it is.
  private static func checkWhole(
    _ axes: [Int: Interpolation.Axis], _ coordinates: Interpolation.Coordinates, _ call: OperatorCall
  ) throws {
    switch coordinates {
    case .alignCorners, .pytorchHalfPixel, .cropAndResize: break
    default: return
    }
    guard axes.values.allSatisfy({ Float($0.size) * $0.scale == Float($0.resized) }) else {
      throw call.unsupported(
        "with '\(coordinates.rawValue)' its scales do not give whole sizes, for which runtimes differ",
        help: "export it with sizes instead of scales")
    }
  }

  /// Each axis by itself, the ones that shrink most first.
  private static func resized(
    _ call: OperatorCall, _ x: ValueID, _ axes: [Int: Interpolation.Axis], _ interpolation: Interpolation,
    extrapolation: Float, _ builder: inout GraphBuilder
  ) throws -> ValueID {
    var y = x
    var shift: Constant?
    let order = axes.sorted { ($0.value.scale, $0.key) < ($1.value.scale, $1.key) }
    for (place, axis) in order {
      let isIdentity = axis.size == axis.resized && axis.scale == 1 && axis.region == (0, 1)
      if isIdentity { continue }
      let matrix = SparseMatrix(columnCount: axis.size, rows: interpolation.rows(axis))
      y = try builder.modeProduct(call, y, axis: place, matrix)
    }
    if interpolation.coordinates == .cropAndResize, extrapolation != 0 {
      shift = try outside(builder.shape(y), axes, interpolation, extrapolation, call, &builder)
    }
    return try shift.map { try builder.affine(call, y, shift: $0) } ?? y
  }

  /// The value of places outside the cropped source, 0 elsewhere.
  private static func outside(
    _ shape: [Int], _ axes: [Int: Interpolation.Axis], _ interpolation: Interpolation, _ value: Float,
    _ call: OperatorCall, _ builder: inout GraphBuilder
  ) throws -> Constant {
    try builder.spend(shape.reduce(1, *), on: call)
    var isOutside = [Bool](repeating: false, count: shape.reduce(1, *))
    for (place, axis) in axes {
      let inner = shape[(place + 1)...].reduce(1, *)
      let missing = (0..<axis.resized).map { interpolation.coordinate($0, axis) == nil }
      for index in isOutside.indices where missing[index / inner % axis.resized] { isOutside[index] = true }
    }
    return Constant(name: call.node.name, shape: shape, .single(isOutside.map { $0 ? value : 0 }))
  }
}
