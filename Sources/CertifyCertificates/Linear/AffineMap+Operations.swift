import CertifyModel

extension AffineMap {
  /// The map of one node.
  ///
  /// - Throws: ``LinearModelError`` when the operation is not affine or its constants do not fit.
  init(node: Node, values: [Value]) throws(LinearModelError) {
    let inputs = node.inputs.map { values[$0].shape }
    let output = values[node.output].shape
    func fail(_ reason: String) -> LinearModelError { .inconsistent(node: node.name, reason: reason) }
    guard let input = inputs.first else { throw fail("it has no input") }
    switch node.operation {
    case .linear(let linear):
      self = try Self.linear(linear, input, output, fail)
    case .affine(let affine):
      self = try Self.affine(affine, input, output, fail)
    case .convolution(let convolution):
      self = try Self.convolution(convolution, input, output, fail)
    case .transposedConvolution(let convolution):
      self = try Self.transposedConvolution(convolution, input, output, fail)
    case .modeProduct(let product):
      self = try Self.modeProduct(product, input, output, fail)
    case .pooling(let pooling):
      guard case .average(let countsPadding) = pooling.kind else {
        throw .notAffine(node: node.name, operation: "maximum pooling")
      }
      self = try Self.average(pooling, countsPadding, input, output, fail)
    case .reduction(let reduction):
      guard reduction.kind == .sum || reduction.kind == .mean else {
        throw .notAffine(node: node.name, operation: "\(reduction.kind) over axes")
      }
      self = try Self.reduction(reduction, input, output, fail)
    case .binary(let function):
      guard function == .add || function == .subtract else {
        throw .notAffine(node: node.name, operation: "\(function) of two values")
      }
      self = try Self.sum(inputs, output, sign: function == .add ? 1 : -1, fail)
    case .concatenation(let axis):
      self = try Self.concatenation(inputs, output, axis, fail)
    case .reshape, .transpose, .padding, .slice, .broadcast:
      self = try Self.movement(node, input, output, fail)
    case .matrixProduct: throw .notAffine(node: node.name, operation: "a product of two values")
    case .unary(let function): throw .notAffine(node: node.name, operation: "\(function)")
    case .choice: throw .notAffine(node: node.name, operation: "a choice")
    case .quantization: throw .notAffine(node: node.name, operation: "quantisation")
    case .softmax: throw .notAffine(node: node.name, operation: "softmax")
    case .logSoftmax: throw .notAffine(node: node.name, operation: "log-softmax")
    }
  }

  typealias Failure = (String) -> LinearModelError

  private static func linear(
    _ linear: Linear, _ input: [Int], _ output: [Int], _ fail: Failure
  ) throws(LinearModelError) -> AffineMap {
    let shape = linear.weights.shape
    guard shape.count == 2, input.last == shape[1], output.last == shape[0],
      input.dropLast() == output.dropLast(), linear.bias.map({ $0.elements.count == shape[0] }) ?? true
    else { throw fail("weights \(shape) do not map \(input) to \(output)") }
    let (outputs, width) = (shape[0], shape[1])
    let blocks = Shape.size(Array(input.dropLast())) ?? 0
    let weights = linear.weights.elements
    var shift: [Double] = []
    if let bias = linear.bias { for _ in 0..<blocks { shift += bias.elements.map(Double.init) } }
    return AffineMap(
      forEachTerm: { body in
        for block in 0..<blocks {
          for o in 0..<outputs {
            for i in 0..<width {
              body(0, block * outputs + o, block * width + i, Double(weights[o * width + i]))
            }
          }
        }
      }, shift: shift, roundings: width + 4)
  }

  private static func affine(
    _ affine: Affine, _ input: [Int], _ output: [Int], _ fail: Failure
  ) throws(LinearModelError) -> AffineMap {
    guard let source = Shape.broadcastMap(from: input, to: output) else {
      throw fail("\(input) does not broadcast to \(output)")
    }
    func spread(_ tensor: Tensor?) throws(LinearModelError) -> [Double]? {
      guard let tensor else { return nil }
      guard let map = Shape.broadcastMap(from: tensor.shape, to: output) else {
        throw fail("a constant of shape \(tensor.shape) does not broadcast to \(output)")
      }
      return map.map { Double(tensor.elements[$0]) }
    }
    let scale = try spread(affine.scale)
    return AffineMap(
      forEachTerm: { body in
        for (o, i) in source.enumerated() { body(0, o, i, scale?[o] ?? 1) }
      }, shift: try spread(affine.shift) ?? [], roundings: 6)
  }

  private static func reduction(
    _ reduction: Reduction, _ input: [Int], _ output: [Int], _ fail: Failure
  ) throws(LinearModelError) -> AffineMap {
    guard reduction.axes.allSatisfy(input.indices.contains) else { throw fail("an axis does not exist") }
    let kept = input.indices.map { reduction.axes.contains($0) ? 1 : input[$0] }
    guard let size = Shape.size(kept), size == Shape.size(output),
      let target = Shape.broadcastMap(from: kept, to: input), size > 0
    else { throw fail("reducing \(input) does not give \(output)") }
    let count = target.count / size
    let weight = reduction.kind == .mean ? 1 / Double(max(count, 1)) : 1
    return AffineMap(
      forEachTerm: { body in
        for (i, o) in target.enumerated() { body(0, o, i, weight) }
      }, shift: [], roundings: count + 6)
  }

  private static func modeProduct(
    _ product: ModeProduct, _ input: [Int], _ output: [Int], _ fail: Failure
  ) throws(LinearModelError) -> AffineMap {
    let (axis, matrix) = (product.axis, product.matrix)
    guard input.indices.contains(axis), output.count == input.count, input[axis] == matrix.columnCount,
      output[axis] == matrix.rowCount, input[..<axis] == output[..<axis],
      input[(axis + 1)...] == output[(axis + 1)...],
      let outer = Shape.size(Array(input[..<axis])), let inner = Shape.size(Array(input[(axis + 1)...]))
    else { throw fail("its matrix does not map \(input) to \(output)") }
    let widest = (0..<matrix.rowCount).map { matrix.entries(ofRow: $0).count }.max() ?? 0
    return AffineMap(
      forEachTerm: { body in
        for block in 0..<outer {
          for row in 0..<matrix.rowCount {
            for entry in matrix.entries(ofRow: row) {
              let (to, from) = (
                block * matrix.rowCount + row, block * matrix.columnCount + Int(matrix.columns[entry])
              )
              for place in 0..<inner {
                body(0, to * inner + place, from * inner + place, Double(matrix.weights[entry]))
              }
            }
          }
        }
      }, shift: [], roundings: widest + 2)
  }

  private static func sum(
    _ inputs: [[Int]], _ output: [Int], sign: Double, _ fail: Failure
  ) throws(LinearModelError) -> AffineMap {
    guard inputs.count == 2, let first = Shape.broadcastMap(from: inputs[0], to: output),
      let second = Shape.broadcastMap(from: inputs[1], to: output)
    else { throw fail("\(inputs) do not broadcast to \(output)") }
    return AffineMap(
      forEachTerm: { body in
        for (o, i) in first.enumerated() { body(0, o, i, 1) }
        for (o, i) in second.enumerated() { body(1, o, i, sign) }
      }, shift: [], roundings: 4)
  }

  private static func concatenation(
    _ inputs: [[Int]], _ output: [Int], _ axis: Int, _ fail: Failure
  ) throws(LinearModelError) -> AffineMap {
    guard output.indices.contains(axis) else { throw fail("axis \(axis) does not exist") }
    var starts = [0]
    for shape in inputs {
      var expected = output
      guard shape.count == output.count else { throw fail("\(shape) has another rank than \(output)") }
      expected[axis] = shape[axis]
      guard shape == expected, let last = starts.last else { throw fail("\(shape) does not fit \(output)") }
      starts.append(last + shape[axis])
    }
    guard starts.last == output[axis] else { throw fail("the parts do not fill \(output)") }
    let strides = Shape.strides(output)
    return AffineMap(
      forEachTerm: { body in
        for (operand, shape) in inputs.enumerated() {
          Shape.forEachIndex(shape) { flat, index in
            var position = starts[operand] * strides[axis]
            for k in index.indices { position += index[k] * strides[k] }
            body(operand, position, flat, 1)
          }
        }
      }, shift: [], roundings: 1)
  }

  /// Operations whose every output element is one input element or a constant.
  private static func movement(
    _ node: Node, _ input: [Int], _ output: [Int], _ fail: Failure
  ) throws(LinearModelError) -> AffineMap {
    let outputSize = Shape.size(output) ?? 0
    var source = [Int](repeating: -1, count: outputSize)
    var shift: [Double] = []
    let strides = Shape.strides(input)
    switch node.operation {
    case .reshape:
      guard outputSize == Shape.size(input) else { throw fail("\(input) does not reshape to \(output)") }
      source = Array(0..<outputSize)
    case .transpose(let permutation):
      guard permutation.sorted() == Array(input.indices), permutation.map({ input[$0] }) == output else {
        throw fail("\(permutation) does not take \(input) to \(output)")
      }
      Shape.forEachIndex(output) { flat, index in
        source[flat] = zip(index, permutation).reduce(0) { $0 + $1.0 * strides[$1.1] }
      }
    case .broadcast:
      guard let map = Shape.broadcastMap(from: input, to: output) else {
        throw fail("\(input) does not broadcast to \(output)")
      }
      source = map
    case .slice(let slice):
      guard slice.starts.count == input.count, slice.steps.count == input.count, output.count == input.count
      else { throw fail("its slice has another rank than \(input)") }
      for axis in input.indices where output[axis] > 0 {
        let (span, overflow) = slice.steps[axis].multipliedReportingOverflow(by: output[axis] - 1)
        let (last, outside) = slice.starts[axis].addingReportingOverflow(span)
        guard !overflow, !outside, (0..<input[axis]).contains(slice.starts[axis]),
          (0..<input[axis]).contains(last)
        else { throw fail("its slice leaves \(input)") }
      }
      Shape.forEachIndex(output) { flat, index in
        source[flat] = index.indices.reduce(0) {
          $0 + (slice.starts[$1] + index[$1] * slice.steps[$1]) * strides[$1]
        }
      }
    case .padding(let padding):
      guard padding.before.count == input.count, output.count == input.count,
        padding.before.allSatisfy({ (0...1 << 24).contains($0) })
      else { throw fail("its pads have another rank than \(input)") }
      var padded = 0.0
      if case .constant(let value) = padding.mode { padded = Double(value) }
      shift = [Double](repeating: 0, count: padded == 0 ? 0 : outputSize)
      Shape.forEachIndex(output) { flat, index in
        var position = 0
        for axis in index.indices {
          guard let place = padding.source(of: index[axis] - padding.before[axis], extent: input[axis]) else {
            if padded != 0 { shift[flat] = padded }
            return
          }
          position += place * strides[axis]
        }
        source[flat] = position
      }
    default: throw .notAffine(node: node.name, operation: "\(node.operation)")
    }
    return AffineMap(
      forEachTerm: { body in
        for (o, i) in source.enumerated() where i >= 0 { body(0, o, i, 1) }
      }, shift: shift, roundings: 1)
  }
}

extension Padding {
  /// Where on an axis of some extent the number at a place inside or outside of it comes from; `nil` for the constant.
  fileprivate func source(of place: Int, extent: Int) -> Int? {
    if (0..<extent).contains(place) { return place }
    guard extent > 0 else { return nil }
    switch mode {
    case .constant: return nil
    case .edge: return min(max(place, 0), extent - 1)
    case .reflect:
      let period = max(2 * (extent - 1), 1)
      let phase = ((place % period) + period) % period
      return phase < extent ? phase : period - phase
    }
  }
}
