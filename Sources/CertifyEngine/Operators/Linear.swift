import CDNNL
import CertifyModel

extension PlanBuilder {
  /// y = x·wᵀ + b (+ residual, then activation) over the last axis; the product is v·w.
  func linear(_ linear: Linear, _ group: FusedNode) throws -> Pullback {
    let node = group.node
    let source = node.inputs[0]
    let sourceShape = shape(source)
    let resultShape = shape(node.output)
    let (outputs, inputs) = (linear.weights.shape[0], linear.weights.shape[1])
    let usedRows = sourceShape.dropLast().reduce(1, *)
    let rows = evenRows(usedRows)
    let rowsIn = try Layout.plain([rows, inputs])
    let rowsOut = try Layout.plain([rows, outputs])
    let anyWeights = try Layout.any([inputs, outputs])
    let biasLayout = try linear.bias.map { _ in try Layout.plain([1, outputs]) }

    let primitive = try Primitive(
      "a linear layer", node: node.name, postOperations: try postOperations(group)
    ) { descriptor, attributes in
      cdnnl_matmul(
        descriptor, context.engine, rowsIn.handle, anyWeights.handle, biasLayout?.handle, rowsOut.handle,
        attributes)
    }
    let input = try padded(plainSlot(source), rows: usedRows, to: rows, width: inputs)
    let output = try destination(group, layout: .plain(resultShape), byteCount: rowsOut.byteCount)
    let weights = try parameter(
      node, .weight, linear.weights.elements, source: .strided([inputs, outputs], strides: [1, inputs]),
      layout: primitive.requiredLayout(dnnl_query_weights_md, shape: [inputs, outputs]))
    var arguments = [
      (DNNL_ARG_SRC, input), (DNNL_ARG_WEIGHTS, weights),
      (DNNL_ARG_DST, try view(output, as: [rows, outputs])),
    ]
    if let bias = linear.bias, let biasLayout {
      let slot = try parameter(node, .bias, bias.elements, source: biasLayout, layout: biasLayout)
      arguments.append((DNNL_ARG_BIAS, slot))
      setBias(node, slot)
    }
    try emit(primitive, arguments, writes: [DNNL_ARG_DST])
    define(group.output, output)

    return { [self] gradient in
      let gradient = try pullBackPostOperations(group, gradient)
      let anyTransposed = try Layout.any([outputs, inputs])
      let backward = try Primitive("a linear layer's gradient", node: node.name) { descriptor, attributes in
        cdnnl_matmul(
          descriptor, context.engine, rowsOut.handle, anyTransposed.handle, nil, rowsIn.handle, attributes)
      }
      let upstream = try padded(
        reorder(gradient, to: .plain(resultShape)), rows: usedRows, to: rows, width: outputs)
      try differentiateParameters(of: node, input: input, upstream: upstream)
      let weights = try parameter(
        node, .weight, linear.weights.elements, source: .plain([outputs, inputs]),
        layout: backward.requiredLayout(dnnl_query_weights_md, shape: [outputs, inputs]))
      let result = temporary(try .plain(sourceShape), byteCount: rowsIn.byteCount)
      try emit(
        backward,
        [
          (DNNL_ARG_SRC, upstream), (DNNL_ARG_WEIGHTS, weights),
          (DNNL_ARG_DST, try view(result, as: [rows, inputs])),
        ], writes: [DNNL_ARG_DST])
      try accumulate(result, into: source)
    }
  }

  /// ∂L/∂w = vᵀ·x and ∂L/∂b = Σ v over the rows; x is [rows, inputs] and v is [rows, outputs], both row-major.
  private func differentiateParameters(of node: Node, input: Slot, upstream: Slot) throws {
    let (rows, inputs) = (input.layout.shape[0], input.layout.shape[1])
    let outputs = upstream.layout.shape[1]
    if let result = try parameterGradient(node, .weight, layout: .plain([outputs, inputs])) {
      let transposed = try Layout.strided([outputs, rows], strides: [1, outputs])
      let product = try Primitive("a linear layer's weight gradient", node: node.name) {
        descriptor, attributes in
        cdnnl_matmul(
          descriptor, context.engine, transposed.handle, input.layout.handle, nil, result.layout.handle,
          attributes)
      }
      try emit(
        product,
        [
          (DNNL_ARG_SRC, Slot(buffer: upstream.buffer, layout: transposed)), (DNNL_ARG_WEIGHTS, input),
          (DNNL_ARG_DST, result),
        ], writes: [DNNL_ARG_DST])
    }
    if let result = try parameterGradient(node, .bias, layout: .plain([outputs])) {
      emit(reads: [upstream], writes: [result]) {
        result.floats.update(repeating: 0, count: outputs)
        for row in 0..<rows {
          let from = upstream.floats + row * outputs
          for output in 0..<outputs { result.floats[output] += from[output] }
        }
      }
    }
  }

  /// `rows`, rounded up so that every row is computed alike.
  ///
  /// oneDNN's AVX2 matrix product takes rows in blocks of 6 and adds up those of the last block in another
  /// order when it is short: without full blocks a row's result would depend on its place in the batch.
  private func evenRows(_ rows: Int) -> Int {
    guard let batchSize = shape(graph.input).first, batchSize > 1 else { return rows }
    return (rows + 5) / 6 * 6
  }

  /// A plain slot as `rows` rows, with rows of zeros after them up to `count`.
  private func padded(_ slot: Slot, rows: Int, to count: Int, width: Int) throws -> Slot {
    guard count > rows else { return try view(slot, as: [rows, width]) }
    let result = temporary(try .plain([count, width]))
    emit(reads: [slot], writes: [result]) {
      result.floats.update(from: slot.floats, count: rows * width)
      (result.floats + rows * width).update(repeating: 0, count: (count - rows) * width)
    }
    return result
  }
}
