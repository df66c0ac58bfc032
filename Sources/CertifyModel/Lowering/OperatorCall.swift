import Foundation

/// A node of the file with what its inputs stand for.
struct OperatorCall {
  let node: SourceNode
  /// The version of the operator set that the file imports for the node's domain.
  let opset: Int
  /// `nil` where an optional input is left out.
  let inputs: [Operand?]

  // MARK: errors

  func invalid(_ reason: String) -> ModelError {
    .invalidNode(node: node.name, operatorName: node.operatorName, reason: reason)
  }

  func unsupported(_ reason: String, help: String) -> ModelError {
    .unsupportedUse(
      node: node.name, operatorName: node.operatorName, opset: opset, reason: reason, help: help)
  }

  // MARK: inputs

  func optionalInput(_ index: Int) -> Operand? { index < inputs.count ? inputs[index] : nil }

  func input(_ index: Int) throws -> Operand {
    guard let operand = optionalInput(index) else { throw invalid("input \(index) is missing") }
    return operand
  }

  /// The input if it is left out or constant.
  func optionalConstant(_ index: Int, _ what: String) throws -> Constant? {
    switch optionalInput(index) {
    case nil: return nil
    case .constant(let constant): return constant
    case .value:
      throw unsupported(
        "its \(what) depends on the model's input", help: "only constants are supported there")
    }
  }

  func constant(_ index: Int, _ what: String) throws -> Constant {
    guard let constant = try optionalConstant(index, what) else { throw invalid("its \(what) is missing") }
    return constant
  }

  /// The input as integers if it is there.
  func integers(_ index: Int, _ what: String) throws -> [Int]? {
    guard let constant = try optionalConstant(index, what) else { return nil }
    guard let integers = constant.integers else { throw invalid("its \(what) must be integers") }
    return integers
  }

  /// The input as one finite or infinite number if it is there.
  func scalar(_ index: Int, _ what: String) throws -> Double? {
    guard let constant = try optionalConstant(index, what) else { return nil }
    guard let scalar = constant.scalar else { throw invalid("its \(what) must be one number") }
    if scalar.isNaN { throw ModelError.nonFinite(tensor: constant.name, index: 0, value: .nan) }
    return scalar
  }

  /// The input as a value that depends on the model's input.
  func value(_ index: Int) throws -> ValueID {
    switch try input(index) {
    case .value(let value): return value
    case .constant:
      throw unsupported(
        "it is applied to a constant, which is not folded",
        help: "simplify the model (onnxsim, or export with do_constant_folding=True)")
    }
  }

  // MARK: attributes

  private enum AttributeType: Int32 {
    case float = 1
    case int = 2
    case string = 3
    case tensor = 4
    case floats = 6
    case ints = 7
    case strings = 8
  }

  private func attribute(_ name: String, _ type: AttributeType) throws -> Onnx_AttributeProto? {
    guard let attribute = node.attributes[name] else { return nil }
    // Files from before the type was written leave it 0.
    guard attribute.type == 0 || attribute.type == type.rawValue else {
      throw invalid("attribute '\(name)' has the wrong type")
    }
    return attribute
  }

  func int(_ name: String) throws -> Int? { try attribute(name, .int).map { Int($0.i) } }

  func flag(_ name: String, default: Bool) throws -> Bool { try int(name).map { $0 != 0 } ?? `default` }

  func ints(_ name: String) throws -> [Int]? { try attribute(name, .ints).map { $0.ints.map { Int($0) } } }

  func float(_ name: String) throws -> Float? {
    guard let value = try attribute(name, .float)?.f else { return nil }
    if value.isNaN { throw invalid("attribute '\(name)' is NaN") }
    return value
  }

  func floats(_ name: String) throws -> [Float]? { try attribute(name, .floats)?.floats }

  func string(_ name: String) throws -> String? {
    try attribute(name, .string).map { String(decoding: $0.s, as: UTF8.self) }
  }

  func stringCount(_ name: String) throws -> Int { try attribute(name, .strings)?.strings.count ?? 0 }

  func tensor(_ name: String) throws -> Onnx_TensorProto? { try attribute(name, .tensor)?.t }

  /// An axis counted from the front.
  func axis(_ axis: Int, rank: Int) throws -> Int {
    guard let axis = Extents.axis(axis, rank: rank) else {
      throw invalid("axis \(axis) is out of range for rank \(rank)")
    }
    return axis
  }

  /// Distinct axes counted from the front, ascending.
  func axes(_ axes: [Int], rank: Int) throws -> [Int] {
    guard rank <= Extents.maximumRank else { throw invalid("rank \(rank) is absurd") }
    let sorted = try axes.map { try axis($0, rank: rank) }.sorted()
    guard Set(sorted).count == sorted.count else { throw invalid("an axis is named twice in \(axes)") }
    return sorted
  }
}
