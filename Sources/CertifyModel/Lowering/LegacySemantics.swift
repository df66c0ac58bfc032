/// What operators meant before opset 7, in the terms of later ones.
enum LegacySemantics {
  /// The call with its second operand aligned at the axis that an attribute names.
  ///
  /// - Throws: ``ModelError/trainingMode(node:operatorName:)`` where the file does not say that it is for testing.
  static func updated(_ call: OperatorCall, _ builder: inout GraphBuilder) throws -> OperatorCall {
    guard call.opset < 7, call.node.domain.isEmpty else { return call }
    switch call.node.operatorName {
    case "BatchNormalization", "Dropout":
      guard try call.flag("is_test", default: false) else {
        throw ModelError.trainingMode(node: call.node.name, operatorName: call.node.operatorName)
      }
      return call
    case "PRelu": return try aligned(call, at: 1, &builder)
    case "Add", "Sub", "Mul", "Div", "Pow", "And", "Or", "Xor", "Equal", "Greater", "Less":
      guard let axis = try call.int("axis") else { return call }
      return try aligned(call, at: axis, &builder)
    default: return call
    }
  }

  /// The second operand's axes begin at `axis` of the first.
  private static func aligned(
    _ call: OperatorCall, at axis: Int, _ builder: inout GraphBuilder
  ) throws -> OperatorCall {
    let operand = try call.input(1)
    let (rank, shape) = (builder.shape(try call.input(0)).count, builder.shape(operand))
    if shape.reduce(1, *) == 1 { return call }
    let missing = rank - (try call.axis(axis, rank: rank)) - shape.count
    guard missing >= 0 else { throw call.invalid("\(shape) does not fit rank \(rank) from axis \(axis) on") }
    let extended = shape + [Int](repeating: 1, count: missing)
    var inputs = call.inputs
    inputs[1] = try ShapeOperators.reshaped(operand, extended, call, &builder)
    return OperatorCall(node: call.node, opset: call.opset, inputs: inputs)
  }
}
