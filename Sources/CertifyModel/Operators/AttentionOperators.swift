/// Attention and rotary embeddings as operators of their own, since opset 23.
enum AttentionOperators {
  static let all: [OperatorDefinition] = [
    OperatorDefinition(
      "Attention", opsets: 23...OperatorTable.supportedOpsets.upperBound, lower: attention),
    OperatorDefinition(
      "RotaryEmbedding", opsets: 23...OperatorTable.supportedOpsets.upperBound, lower: rotaryEmbedding),
  ]

  /// Y = softmax(s·Q·Kᵀ + mask)·V for each head (Vaswani et al. 2017, arXiv:1706.03762).
  ///
  /// The other outputs are the keys and values with those of the past, and the scores.
  private static let attention: OperatorDefinition.Lower = { call, builder in
    let hasHeads = builder.shape(try call.input(0)).count == 4
    let query = try heads(call, 0, "q_num_heads", &builder)
    var key = try heads(call, 1, "kv_num_heads", &builder)
    var value = try heads(call, 2, "kv_num_heads", &builder)
    var past: Int?
    if let pastKey = call.optionalInput(4), let pastValue = call.optionalInput(5) {
      past = builder.shape(pastKey).dropFirst(2).first
      key = try JoinOperators.joined([pastKey, key], axis: 2, call, &builder)
      value = try JoinOperators.joined([pastValue, value], axis: 2, call, &builder)
    }
    let present = (key: key, value: value)
    let (shape, size) = (builder.shape(query), builder.shape(key))
    guard shape[3] == size[3], size[1] >= 1, shape[1].isMultiple(of: size[1]),
      builder.shape(value)[2] == size[2]
    else {
      throw call.invalid("queries \(shape), keys \(size) and values \(builder.shape(value)) do not fit")
    }
    if shape[1] != size[1] {
      // Several query heads share a head of keys and values.
      let shared = (0..<shape[1]).map { $0 / (shape[1] / size[1]) }
      key = try GatherOperators.slabs(call, key, shared, axis: 1, &builder)
      value = try GatherOperators.slabs(call, value, shared, axis: 1, &builder)
    }

    let turned = try builder.transposed(call, key, [0, 1, 3, 2])
    guard case .value(let products) = try LinearOperators.product(call, query, turned, &builder) else {
      throw call.unsupported(
        "its queries and keys are constants", help: "simplify the model (onnxsim)")
    }
    let scale = try call.float("scale").map(Double.init) ?? 1 / Double(shape[3]).squareRoot()
    let raw = try builder.affine(call, products, scale: .number(scale, call))
    var scores = raw
    if let cap = try call.float("softcap"), cap > 0 {
      let bounded = try builder.unary(
        call, .tanh, builder.affine(call, raw, scale: .number(1 / Double(cap), call)))
      scores = try builder.affine(call, bounded, scale: .number(Double(cap), call))
    }
    let capped = scores
    let mask = try AttentionMask(call, queries: shape[2], keys: size[2], past: past, &builder)
    if let bias = mask?.bias { scores = try builder.affine(call, scores, shift: bias) }
    let masked = scores
    var weights = try builder.emit(call, .softmax(axis: 3), [scores], shape: builder.shape(scores))
    if let open = mask?.openRows { weights = try builder.affine(call, weights, scale: open) }

    var result = try LinearOperators.product(call, .value(weights), value, &builder)
    if !hasHeads {
      result = try builder.transposed(call, result, [0, 2, 1, 3])
      let merged = builder.shape(result)
      result = try ShapeOperators.reshaped(
        result, [merged[0], merged[1], merged[2] * merged[3]], call, &builder)
    }
    let exposed: ValueID
    switch try call.int("qk_matmul_output_mode") ?? 0 {
    case 0: exposed = raw
    case 1: exposed = capped
    case 2: exposed = masked
    case 3: exposed = weights
    case let other: throw call.invalid("qk_matmul_output_mode is \(other)")
    }
    let outputs = [result, present.key, present.value]
    if call.node.outputs.count > 3, try call.int("qk_matmul_output_mode") == 2, mask?.isInfinite ?? false {
      throw call.unsupported(
        "its scores, which are asked for, are infinite where they are masked",
        help: "export without that output")
    }
    return outputs + [.value(exposed)]
  }

  /// An input as [batch, heads, places, numbers].
  private static func heads(
    _ call: OperatorCall, _ index: Int, _ attribute: String, _ builder: inout GraphBuilder
  ) throws -> Operand {
    let operand = try call.input(index)
    let shape = builder.shape(operand)
    if shape.count == 4 { return operand }
    guard shape.count == 3, let count = try call.int(attribute), count >= 1, shape[2].isMultiple(of: count)
    else { throw call.invalid("\(attribute) is missing or does not fit \(shape)") }
    let split = try ShapeOperators.reshaped(
      operand, [shape[0], shape[1], count, shape[2] / count], call, &builder)
    return try builder.transposed(call, split, [0, 2, 1, 3])
  }

  /// Pairs of numbers turned by angles: y = cos·x + sin·R·x, where R turns by a right angle (Su et al. 2021,
  /// arXiv:2104.09864).
  private static let rotaryEmbedding: OperatorDefinition.Lower = { call, builder in
    let x = try call.value(0)
    let from = builder.shape(x)
    var shape = from
    if from.count == 3 {
      guard let count = try call.int("num_heads"), count >= 1, from[2].isMultiple(of: count) else {
        throw call.invalid("num_heads is missing or does not fit \(from)")
      }
      shape = [from[0], from[1], count, from[2] / count]
    }
    guard shape.count == 4 else { throw call.invalid("\(from) must have rank 3 or 4") }
    let width = shape[3]
    let given = try call.int("rotary_embedding_dim") ?? 0
    let turned = given == 0 ? width : given
    guard turned >= 2, turned <= width, turned.isMultiple(of: 2) else {
      throw call.invalid("rotary_embedding_dim \(given) does not fit \(from)")
    }
    let half = turned / 2
    let isInterleaved = try call.flag("interleaved", default: false)
    /// The pair that a number belongs to, and whether it is its first.
    func pair(_ place: Int) -> (index: Int, isFirst: Bool) {
      isInterleaved ? (place / 2, place.isMultiple(of: 2)) : (place % half, place < half)
    }
    typealias Entry = (column: Int, weight: Float)
    let step = isInterleaved ? 1 : half
    let quarterTurn = (0..<width).map { place -> [Entry] in
      if place >= turned { return [] }
      let entry: Entry = pair(place).isFirst ? (place + step, -1) : (place - step, 1)
      return [entry]
    }
    // [batch, places, width], with 1 and 0 where nothing turns.
    func factors(_ index: Int, _ what: String, rest: Double) throws -> Constant {
      let angles = try angles(call, index, what, half: half, &builder)
      try builder.spend(angles.count / half * width, on: call)
      let rows = angles.doubles
      let numbers = (0..<angles.count / half).flatMap { row in
        (0..<width).map { $0 < turned ? rows[row * half + pair($0).index] : rest }
      }
      let (batch, places) = (angles.shape[0], angles.shape[1])
      return Constant(
        name: call.node.name,
        shape: from.count == 3 ? [batch, places, 1, width] : [batch, 1, places, width],
        .double(numbers))
    }
    let split = try builder.reshape(call, x, shape)
    let turn = try builder.modeProduct(
      call, split, axis: 3, SparseMatrix(columnCount: width, rows: quarterTurn))
    let kept = try builder.affine(call, split, scale: factors(1, "cosines", rest: 1))
    let added = try builder.affine(call, turn, scale: factors(2, "sines", rest: 0))
    return [.value(try builder.reshape(call, builder.binary(call, .add, kept, added), from))]
  }

  /// Cosines or sines as [batch, places, half], looked up at the positions where those are given.
  private static func angles(
    _ call: OperatorCall, _ index: Int, _ what: String, half: Int, _ builder: inout GraphBuilder
  ) throws -> Constant {
    var table = try call.constant(index, what)
    guard table.isFloating, table.shape.last == half else {
      throw call.invalid("\(what) of shape \(table.shape) do not fit \(half) pairs")
    }
    if let positions = try call.optionalConstant(3, "position") {
      guard let places = positions.integers, table.shape.count == 2 else {
        throw call.invalid("positions of shape \(positions.shape) do not fit \(what) of shape \(table.shape)")
      }
      let rows = try GatherOperators.places(places, in: table.shape[0], call)
      try builder.spend(rows.count * half, on: call)
      let sources = rows.flatMap { ($0 * half)..<(($0 + 1) * half) }
      table = table.gathered(sources, shape: positions.shape + [half])
    }
    guard table.shape.count == 3 else { throw call.invalid("\(what) have shape \(table.shape)") }
    return table
  }
}
