/// Normalisation with fixed statistics, and dropout, which is the identity once training is over.
enum NormalizationOperators {
  static let all: [OperatorDefinition] = [
    OperatorDefinition("BatchNormalization", lower: batchNormalization),
    OperatorDefinition("Dropout", lower: dropout),
  ]

  /// y = γ·(x − μ)/√(v + ε) + β, one number a channel.
  private static let batchNormalization: OperatorDefinition.Lower = { call, builder in
    let trains =
      call.opset >= 14
      ? try call.flag("training_mode", default: false)
      : call.node.outputs.dropFirst().contains { !$0.isEmpty }
    if trains {
      throw ModelError.trainingMode(node: call.node.name, operatorName: call.node.operatorName)
    }
    if call.opset < 9, try call.int("spatial") ?? 1 == 0 {
      throw call.unsupported("spatial is 0", help: "export with opset 9 or later")
    }
    let x = try call.value(0)
    let shape = builder.shape(x)
    guard shape.count >= 2 else { throw call.invalid("its input has no channel axis") }
    let parameters = try ["scale", "bias", "mean", "variance"].enumerated().map { index, what in
      let constant = try call.constant(index + 1, what)
      guard constant.shape == [shape[1]] else {
        throw call.invalid("its \(what) of shape \(constant.shape) does not fit \(shape[1]) channels")
      }
      // Names the tensor that holds the NaN rather than the result.
      return (try constant.tensor().elements.map(Double.init), constant.name)
    }
    let epsilon = Double(try call.float("epsilon") ?? 1e-5)
    let variance = parameters[3].0
    if let index = variance.firstIndex(where: { $0 + epsilon <= 0 }) {
      throw call.unsupported(
        "the variance '\(parameters[3].1)' is \(variance[index]) at index \(index)",
        help: "variances must not be negative: check the training run")
    }
    var scale: [Double] = []
    var shift: [Double] = []
    for channel in variance.indices {
      scale.append(parameters[0].0[channel] / (variance[channel] + epsilon).squareRoot())
      shift.append(parameters[1].0[channel] - parameters[2].0[channel] * scale[channel])
    }
    let constants = [shape[1]] + [Int](repeating: 1, count: shape.count - 2)
    let y = try builder.affine(
      call, x, scale: Constant(name: parameters[0].1, shape: constants, .double(scale)),
      shift: Constant(name: parameters[1].1, shape: constants, .double(shift)))
    return [.value(y)]
  }

  /// The second output is which elements are kept: all.
  private static let dropout: OperatorDefinition.Lower = { call, builder in
    if call.opset >= 12, try call.constant(2, or: false) {
      throw ModelError.trainingMode(node: call.node.name, operatorName: call.node.operatorName)
    }
    let operand = try call.input(0)
    guard call.node.outputs.count > 1, !call.node.outputs[1].isEmpty else { return [operand] }
    let shape = builder.shape(operand)
    let count = shape.reduce(1, *)
    try builder.spend(count, on: call)
    let kept = Constant(
      name: call.node.outputs[1], shape: shape, .bool([Bool](repeating: true, count: count)))
    return [operand, .constant(kept)]
  }
}

extension OperatorCall {
  /// A constant boolean, or `fallback` where it is left out.
  fileprivate func constant(_ index: Int, or fallback: Bool) throws -> Bool {
    try scalar(index, "training mode").map { $0 != 0 } ?? fallback
  }
}
