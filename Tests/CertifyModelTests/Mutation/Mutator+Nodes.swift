import Foundation

@testable import CertifyModel

/// Damage to nodes, their attributes and functions.
extension Mutator {
  /// Operators whose attributes and inputs are checked in different ways.
  static let operators = [
    "Add", "ArgMax", "AveragePool", "BatchNormalization", "Cast", "Clip", "Concat", "Constant",
    "ConstantOfShape", "Conv",
    "ConvTranspose", "CumSum", "DepthToSpace", "DequantizeLinear", "Div", "Dropout", "Einsum", "Equal", "Erf",
    "Expand",
    "Flatten", "Gather", "GatherElements", "GatherND", "Gelu", "Gemm", "GlobalAveragePool",
    "GroupNormalization", "HardSwish",
    "Identity", "If", "InstanceNormalization", "LRN", "LayerNormalization", "LeakyRelu", "LogSoftmax", "Loop",
    "MatMul",
    "Max", "MaxPool", "Mean", "Mod", "Mul", "Not", "PRelu", "Pad", "Pow", "QuantizeLinear", "Range",
    "ReduceL2", "ReduceMax",
    "ReduceMean", "ReduceProd", "ReduceSum", "Relu", "Reshape", "Resize", "Round", "Shape", "Sigmoid", "Size",
    "Slice",
    "Softmax", "SpaceToDepth", "Split", "Squeeze", "Sub", "Sum", "Tile", "TopK", "Transpose", "Unsqueeze",
    "Upsample",
    "Where",
  ]
  static let attributes = [
    "axis", "axes", "perm", "pads", "strides", "dilations", "kernel_shape", "group", "auto_pad", "ceil_mode",
    "keepdims",
    "alpha", "beta", "epsilon", "transA", "transB", "to", "mode", "value", "min", "max", "shape", "allowzero",
    "starts", "ends",
    "split", "num_outputs", "blocksize", "output_shape", "output_padding", "size", "num_groups", "equation",
    "exclusive",
    "scales", "sizes", "batch_dims", "noop_with_empty_axes", "coordinate_transformation_mode",
  ]

  mutating func damageNode(in nodes: inout [Onnx_NodeProto], tensors: [Onnx_TensorProto]) {
    guard !nodes.isEmpty else { return }
    // Names that exist make cycles, double writes and shapes that do not fit.
    let names = nodes.flatMap { $0.output + $0.input } + tensors.map(\.name)
    func name(_ mutator: inout Mutator) -> String {
      mutator.chance(0.85) && !names.isEmpty ? mutator.pick(names) : mutator.text()
    }
    let place = below(nodes.count)
    switch below(12) {
    case 0...2: rearrange(&nodes[place].input, or: name)
    case 3: rearrange(&nodes[place].output, or: name)
    case 4: nodes[place].opType = pick(Self.operators)
    case 5: nodes[place].domain = pick(["", "ai.onnx", "ai.onnx.ml", "com.example", text()])
    case 6: nodes[place].name = text()
    default: damageAttributes(&nodes[place].attribute)
    }
  }

  private mutating func damageAttributes(_ attributes: inout [Onnx_AttributeProto]) {
    guard !attributes.isEmpty, chance(0.8) else {
      rearrange(&attributes) { $0.attribute() }
      return
    }
    let place = below(attributes.count)
    switch below(10) {
    case 0: attributes[place].type = Int32(below(14)) - 1
    case 1: attributes[place].name = pick(Self.attributes)
    case 2: attributes[place].refAttrName = pick(Self.attributes)
    case 3, 4: attributes[place].i = integer()
    case 5...7: rearrange(&attributes[place].ints) { $0.integer() }
    case 8: attributes[place].f = number()
    default:
      if attributes[place].hasT {
        damage(&attributes[place].t)
      } else {
        attributes[place].s = pick([
          Data(), Data("SAME_UPPER".utf8), Data("bij,bjk->bik".utf8), Data([0xFF, 0xFE]),
        ])
      }
    }
  }

  private mutating func attribute() -> Onnx_AttributeProto {
    var attribute = Onnx_AttributeProto()
    attribute.name = pick(Self.attributes)
    attribute.type = pick([0, 1, 2, 3, 7, 7, 6])
    attribute.i = integer()
    attribute.f = number()
    attribute.ints = (0..<below(6)).map { _ in integer() }
    attribute.floats = (0..<below(3)).map { _ in number() }
    return attribute
  }

  /// Functions that call one another, themselves, or stand in an operator's place.
  mutating func damageFunctions(_ functions: inout [Onnx_FunctionProto], donor: Onnx_ModelProto) {
    if !functions.isEmpty, chance(0.6) {
      let place = below(functions.count)
      switch below(6) {
      case 0: functions[place].name = pick(functions.map(\.name) + Self.operators)
      case 1: rearrange(&functions[place].input) { $0.text() }
      case 2: rearrange(&functions[place].output) { $0.text() }
      case 3: functions[place].opsetImport = []
      case 4:
        rearrange(&functions[place].node) {
          $0.pick(donor.graph.node.isEmpty ? [Onnx_NodeProto()] : donor.graph.node)
        }
      default: damageNode(in: &functions[place].node, tensors: [])
      }
      return
    }
    for level in 0..<pick([1, 2, 40, 80]) {
      var function = Onnx_FunctionProto()
      function.name = level == 0 ? pick(Self.operators) : "f\(level)"
      (function.input, function.output) = (["a"], ["b"])
      for side in 0..<2 {
        var call = Onnx_NodeProto()
        call.opType = chance(0.05) ? pick(Self.operators) : "f\(level + 1)"
        call.input = [side == 0 ? "a" : "m"]
        call.output = [side == 0 ? "m" : "b"]
        function.node.append(call)
      }
      functions.append(function)
    }
  }
}
