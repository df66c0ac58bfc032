import Foundation

extension OnnxNodes {
  /// Writes one operation.
  ///
  /// - Throws: ``ModelError/unsupportedUse(node:operatorName:opset:reason:help:)``.
  mutating func add(_ node: Node) throws {
    let inputs = node.inputs.map(name)
    func write(_ kind: String, _ extra: [String] = [], _ attributes: [Onnx_AttributeProto] = []) {
      append(kind, node, inputs + extra, output: node.output, attributes)
    }
    switch node.operation {
    case .convolution(let convolution): add(convolution, node)
    case .linear(let linear): add(linear, node)
    case .affine(let affine): add(affine, node)
    case .matrixProduct: write("MatMul")
    case .unary(let function): try add(function, node)
    case .binary(let function): write(function.operatorName)
    case .softmax(let axis): write("Softmax", [], [.integer("axis", axis)])
    case .logSoftmax(let axis): write("LogSoftmax", [], [.integer("axis", axis)])
    case .pooling(let pooling): add(pooling, node)
    case .reduction(let reduction):
      guard let kind = reduction.kind.operatorName, !reduction.axes.contains(0) else {
        throw refusal(node)
      }
      let axes = constant(reduction.axes, of: node, "axes")
      let keeps = shape(node.output).count == shape(node.inputs[0]).count
      write(kind, [axes], [.integer("keepdims", keeps ? 1 : 0)])
    case .reshape: write("Reshape", [constant([-1] + shape(node.output).dropFirst(), of: node, "shape")])
    case .transpose(let permutation):
      write("Transpose", [], [.integers("perm", permutation)])
    case .concatenation(let axis): write("Concat", [], [.integer("axis", axis)])
    case .broadcast: write("Expand", [constant([1] + shape(node.output).dropFirst(), of: node, "shape")])
    case .padding(let padding): add(padding, node)
    case .slice(let slice): try add(slice, node)
    case .transposedConvolution, .choice, .quantization, .modeProduct: throw refusal(node)
    }
  }

  private mutating func add(_ convolution: Convolution, _ node: Node) {
    var inputs = [name(node.inputs[0]), constant(convolution.weights, of: node, "weight", role: .weight)]
    if let bias = convolution.bias { inputs.append(constant(bias, of: node, "bias", role: .bias)) }
    append(
      "Conv", node, inputs, output: node.output,
      [
        .integers("kernel_shape", Array(convolution.weights.shape.dropFirst(2))),
        .integers("strides", convolution.strides), .integers("dilations", convolution.dilations),
        .integers("pads", convolution.padsBegin + convolution.padsEnd),
        .integer("group", convolution.groups),
      ])
  }

  /// A Gemm on rows; elsewhere a product with the transposed matrix, and a sum.
  private mutating func add(_ linear: Linear, _ node: Node) {
    let input = name(node.inputs[0])
    if shape(node.inputs[0]).count == 2 {
      var inputs = [input, constant(linear.weights, of: node, "weight", role: .weight)]
      if let bias = linear.bias { inputs.append(constant(bias, of: node, "bias", role: .bias)) }
      append("Gemm", node, inputs, output: node.output, [.integer("transB", 1)])
      return
    }
    let weights = constant(linear.weights.transposed, of: node, "weight", role: .weight)
    guard let bias = linear.bias else {
      append("MatMul", node, [input, weights], output: node.output)
      return
    }
    let product = append("MatMul", node, [input, weights])
    let added = constant(bias, of: node, "bias", role: .bias)
    append("Add", node, [product, added], output: node.output)
  }

  private mutating func add(_ affine: Affine, _ node: Node) {
    var value = name(node.inputs[0])
    if let scale = affine.scale {
      let factor = constant(scale, of: node, "scale", role: .scale)
      value = append("Mul", node, [value, factor], output: affine.shift == nil ? node.output : nil)
    }
    if let shift = affine.shift {
      append("Add", node, [value, constant(shift, of: node, "shift", role: .shift)], output: node.output)
    }
  }

  private mutating func add(_ function: UnaryFunction, _ node: Node) throws {
    let input = name(node.inputs[0])
    if case .clip(let lower, let upper) = function {
      let ends = [("min", lower), ("max", upper)].map { what, number in
        constant(Tensor(shape: [], elements: [number]), of: node, what)
      }
      append("Clip", node, [input] + ends, output: node.output)
      return
    }
    guard let (kind, attributes) = function.operatorName else { throw refusal(node) }
    append(kind, node, [input], output: node.output, attributes)
  }

  private mutating func add(_ pooling: Pooling, _ node: Node) {
    var attributes: [Onnx_AttributeProto] = [
      .integers("kernel_shape", pooling.kernel), .integers("strides", pooling.strides),
      .integers("dilations", pooling.dilations), .integers("pads", pooling.padsBegin + pooling.padsEnd),
    ]
    var kind = "MaxPool"
    if case .average(let countsPadding) = pooling.kind {
      kind = "AveragePool"
      attributes.append(.integer("count_include_pad", countsPadding ? 1 : 0))
    }
    append(kind, node, [name(node.inputs[0])], output: node.output, attributes)
  }

  private mutating func add(_ padding: Padding, _ node: Node) {
    var inputs = [name(node.inputs[0]), constant(padding.before + padding.after, of: node, "pads")]
    let mode: String
    switch padding.mode {
    case .constant(let number):
      mode = "constant"
      inputs.append(constant(Tensor(shape: [], elements: [number]), of: node, "value"))
    case .reflect: mode = "reflect"
    case .edge: mode = "edge"
    }
    append("Pad", node, inputs, output: node.output, [.text("mode", mode)])
  }

  private mutating func add(_ slice: Slice, _ node: Node) throws {
    let shape = shape(node.output)
    guard slice.starts[0] == 0, slice.steps[0] == 1 else { throw refusal(node) }
    let axes = Array(1..<shape.count)
    let ends = axes.map { axis in
      let end = slice.starts[axis] + slice.steps[axis] * shape[axis]
      // A negative end would count from the back.
      return end < 0 ? -Int(Int32.max) : end
    }
    let lists = [
      ("starts", axes.map { slice.starts[$0] }), ("ends", ends), ("axes", axes),
      ("steps", axes.map { slice.steps[$0] }),
    ]
    let inputs = lists.map { constant($0.1, of: node, $0.0) }
    append("Slice", node, [name(node.inputs[0])] + inputs, output: node.output)
  }

  private func refusal(_ node: Node) -> ModelError {
    .unsupportedUse(
      node: node.name, operatorName: node.operation.name, opset: OnnxWriter.opset,
      reason: "the operation cannot be written to an ONNX file",
      help: "train a network without it")
  }
}

extension Onnx_AttributeProto {
  fileprivate init(_ name: String, type: Int32) {
    self.init()
    self.name = name
    self.type = type
  }

  fileprivate static func integer(_ name: String, _ value: Int) -> Self {
    var made = Self(name, type: 2)
    made.i = Int64(value)
    return made
  }

  fileprivate static func integers(_ name: String, _ values: [Int]) -> Self {
    var made = Self(name, type: 7)
    made.ints = values.map(Int64.init)
    return made
  }

  fileprivate static func number(_ name: String, _ value: Float) -> Self {
    var made = Self(name, type: 1)
    made.f = value
    return made
  }

  fileprivate static func text(_ name: String, _ value: String) -> Self {
    var made = Self(name, type: 3)
    made.s = Data(value.utf8)
    return made
  }
}

extension Tensor {
  /// The transpose of a matrix.
  fileprivate var transposed: Tensor {
    let (rows, columns) = (shape[0], shape[1])
    return Tensor(
      shape: [columns, rows],
      elements: (0..<rows * columns).map { elements[$0 % rows * columns + $0 / rows] })
  }
}

extension UnaryFunction {
  /// The operator that computes the function, with its attributes; `nil` where there is none.
  fileprivate var operatorName: (String, [Onnx_AttributeProto])? {
    switch self {
    case .relu: ("Relu", [])
    case .leakyRelu(let slope): ("LeakyRelu", [.number("alpha", slope)])
    case .thresholdedRelu(let threshold): ("ThresholdedRelu", [.number("alpha", threshold)])
    case .sigmoid: ("Sigmoid", [])
    case .tanh: ("Tanh", [])
    case .gelu: ("Gelu", [.text("approximate", "none")])
    case .geluTanh: ("Gelu", [.text("approximate", "tanh")])
    case .elu(let alpha): ("Elu", [.number("alpha", alpha)])
    case .softplus: ("Softplus", [])
    case .softsign: ("Softsign", [])
    case .hardSwish: ("HardSwish", [])
    case .mish: ("Mish", [])
    case .erf: ("Erf", [])
    case .exp: ("Exp", [])
    case .log: ("Log", [])
    case .sqrt: ("Sqrt", [])
    case .abs: ("Abs", [])
    case .reciprocal: ("Reciprocal", [])
    case .sin: ("Sin", [])
    case .cos: ("Cos", [])
    default: nil
    }
  }
}

extension BinaryFunction {
  fileprivate var operatorName: String {
    switch self {
    case .add: "Add"
    case .subtract: "Sub"
    case .multiply: "Mul"
    case .divide: "Div"
    case .maximum: "Max"
    case .minimum: "Min"
    case .power: "Pow"
    }
  }
}

extension Reduction.Kind {
  fileprivate var operatorName: String? {
    switch self {
    case .sum: "ReduceSum"
    case .mean: "ReduceMean"
    case .maximum: "ReduceMax"
    case .minimum: "ReduceMin"
    case .product: "ReduceProd"
    case .argMaximum, .argMinimum: nil
    }
  }
}
