/// Operators of the domain `ai.onnx.ml` that converters of scikit-learn's models write.
enum ScikitOperators {
  /// The domain of these operators.
  static let domain = "ai.onnx.ml"

  static let all: [OperatorDefinition] = [
    definition("LinearClassifier", linearClassifier),
    definition("LinearRegressor", linearRegressor),
    definition("Scaler", scaler),
    definition("Normalizer", normalizer),
    definition("Binarizer", binarizer),
    definition("ArrayFeatureExtractor", arrayFeatureExtractor),
    definition("ZipMap") { call, _ in [try call.input(0)] },
  ]

  private static func definition(_ name: String, _ lower: @escaping OperatorDefinition.Lower)
    -> OperatorDefinition
  {
    OperatorDefinition(name, domain: domain, opsets: 1...5, lower: lower)
  }

  /// What may help someone whose model has another operator of the domain.
  static func help(_ name: String) -> String {
    switch name {
    case "TreeEnsembleClassifier", "TreeEnsembleRegressor", "TreeEnsemble":
      "trees are not supported: certify a linear model or a neural network"
    case "SVMClassifier", "SVMRegressor":
      "support vector machines with kernels are not supported: use LinearSVC"
    case "Imputer":
      "inputs must be finite, so that there is nothing to impute: leave the step out of the pipeline"
    case "OneHotEncoder", "CategoryMapper", "DictVectorizer", "LabelEncoder":
      "inputs must be numbers: leave the encoding out of the pipeline"
    default:
      "convert a linear model or a neural network, with StandardScaler, MinMaxScaler or Normalizer before it"
    }
  }

  /// A row of features: [N, C].
  private static func features(_ call: OperatorCall, _ builder: GraphBuilder) throws -> (
    x: ValueID, count: Int
  ) {
    let x = try call.value(0)
    let shape = builder.shape(x)
    guard shape.count == 2 else {
      throw call.unsupported("its input has shape \(shape)", help: "[N, features] is supported")
    }
    return (x, shape[1])
  }

  /// x·Wᵀ + b with the weights row by row.
  private static func scores(
    _ call: OperatorCall, outputs: Int?, _ builder: inout GraphBuilder
  ) throws -> (scores: ValueID, count: Int) {
    let (x, features) = try features(call, builder)
    let weights = try call.floats("coefficients") ?? []
    let intercepts = try call.floats("intercepts") ?? []
    let rows = weights.count / features
    guard rows >= 1, weights.count == rows * features, outputs ?? rows == rows,
      intercepts.isEmpty || intercepts.count == rows
    else {
      throw call.invalid(
        "\(weights.count) coefficients and \(intercepts.count) intercepts do not fit \(features) features")
    }
    let bias = Constant(name: "\(call.node.name)/intercepts", shape: [rows], .single(intercepts))
    let linear = Linear(
      weights: try Constant(
        name: "\(call.node.name)/coefficients", shape: [rows, features], .single(weights)
      ).tensor(), bias: intercepts.isEmpty ? nil : try bias.tensor())
    let y = try builder.emit(call, .linear(linear), [x], shape: [builder.shape(x)[0], rows])
    return (y, rows)
  }

  /// The second output; the first, a label, is not read (``OutputChoice``).
  private static let linearClassifier: OperatorDefinition.Lower = { call, builder in
    let (scores, rows) = try scores(call, outputs: nil, &builder)
    let shape = builder.shape(scores)
    let labels = max(
      try call.ints("classlabels_ints")?.count ?? 0, try call.stringCount("classlabels_strings"))
    let transform = try call.string("post_transform") ?? "NONE"
    let result: ValueID
    switch (transform, rows, labels) {
    case ("LOGISTIC", 1, 2):
      // The probabilities of both classes from one score.
      let second = try builder.unary(call, .sigmoid, scores)
      let first = try builder.affine(call, second, scale: .number(-1, call), shift: .number(1, call))
      result = try builder.emit(call, .concatenation(axis: 1), [first, second], shape: [shape[0], 2])
    case (_, 1, 2):
      throw call.unsupported(
        "it has one row of coefficients for two classes with post_transform \(transform)",
        help: "convert with one row a class, or with post_transform LOGISTIC")
    case ("NONE", _, _): result = scores
    case ("LOGISTIC", _, _): result = try builder.unary(call, .sigmoid, scores)
    case ("SOFTMAX", _, _): result = try builder.emit(call, .softmax(axis: 1), [scores], shape: shape)
    default:
      throw call.unsupported("post_transform \(transform)", help: "NONE, LOGISTIC and SOFTMAX are supported")
    }
    let label = try builder.copy(call, result, as: .label)
    return [.value(label), .value(result)]
  }

  private static let linearRegressor: OperatorDefinition.Lower = { call, builder in
    let transform = try call.string("post_transform") ?? "NONE"
    guard transform == "NONE" else {
      throw call.unsupported("post_transform \(transform)", help: "NONE is supported")
    }
    return [.value(try scores(call, outputs: call.int("targets") ?? 1, &builder).scores)]
  }

  /// (x − offset)·scale, one number a feature or one for all.
  private static let scaler: OperatorDefinition.Lower = { call, builder in
    let (x, count) = try features(call, builder)
    func constant(_ name: String) throws -> Constant {
      let numbers = try call.floats(name) ?? []
      guard numbers.count == count || numbers.count == 1 else {
        throw call.invalid("\(numbers.count) numbers in \(name) do not fit \(count) features")
      }
      return Constant(name: "\(call.node.name)/\(name)", shape: [numbers.count], .single(numbers))
    }
    var offset = try constant("offset")
    offset.storage = .double(offset.doubles.map { -$0 })
    let shifted = try builder.affine(call, x, shift: offset)
    return [.value(try builder.affine(call, shifted, scale: constant("scale")))]
  }

  private static let normalizer: OperatorDefinition.Lower = { call, builder in
    let (x, _) = try features(call, builder)
    switch try call.string("norm") ?? "MAX" {
    case "L1":
      return [.value(try StatisticOperators.normalized(x, by: .absoluteSum, along: 1, call, &builder))]
    case "L2": return [.value(try StatisticOperators.normalized(x, by: .length, along: 1, call, &builder))]
    case "MAX":
      // The largest number, not the largest magnitude; rows whose largest number is 0 stay.
      let largest = try ReductionOperators.emit(.plain(.maximum), x, [1], call, &builder)
      let divisor = try builder.binary(call, .add, largest, builder.unary(call, .isZero, largest))
      return [.value(try builder.binary(call, .divide, x, divisor))]
    case let other: throw call.invalid("norm '\(other)' is unknown")
    }
  }

  /// 1 where x is above the threshold, else 0.
  private static let binarizer: OperatorDefinition.Lower = { call, builder in
    let threshold = Double(try call.float("threshold") ?? 0)
    let x = try builder.affine(call, call.value(0), shift: .number(-threshold, call))
    return [.value(try builder.unary(call, .isPositive, x))]
  }

  /// Elements along the last axis.
  private static let arrayFeatureExtractor: OperatorDefinition.Lower = { call, builder in
    let x = try call.value(0)
    let shape = builder.shape(x)
    guard let last = shape.last, let places = try call.integers(1, "indices"), !places.isEmpty,
      places.allSatisfy({ (0..<last).contains($0) })
    else { throw call.invalid("its indices do not fit \(shape)") }
    var part = shape
    part[shape.count - 1] = 1
    let parts = try places.map { place in
      var starts = [Int](repeating: 0, count: shape.count)
      starts[shape.count - 1] = place
      let slice = Slice(starts: starts, steps: shape.map { _ in 1 })
      return try builder.emit(call, .slice(slice), [x], shape: part)
    }
    part[shape.count - 1] = parts.count
    if parts.count == 1 { return [.value(parts[0])] }
    return [.value(try builder.emit(call, .concatenation(axis: shape.count - 1), parts, shape: part))]
  }
}
