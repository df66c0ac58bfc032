import CertifyModel
import _CertifyTestSupport

/// Grows a small graph of random operations whose values are read again and again: branches, residuals,
/// concatenations.
struct RandomGraph {
  private var random: SplitMix
  private var values: [Value]
  private var nodes: [Node] = []
  /// The values that may be read, images and rows of numbers.
  private var images: [ValueID] = []
  private var rows: [ValueID] = []

  /// A graph from [batch, channels, height, width] to a row of numbers, determined by `seed`.
  static func make(seed: UInt64) -> Graph {
    var maker = RandomGraph(seed: seed)
    return maker.grow()
  }

  private init(seed: UInt64) {
    random = SplitMix(seed: seed)
    values = []
  }

  private mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

  private mutating func pick<T>(_ elements: [T]) -> T { elements[below(elements.count)] }

  private mutating func tensor(_ shape: [Int], scale: Float = 1) -> Tensor {
    Tensor(
      shape: shape,
      elements: (0..<shape.reduce(1, *)).map { _ in scale * Float(2 * random.unit() - 1) })
  }

  private func shape(_ value: ValueID) -> [Int] { values[value].shape }

  /// Adds a node and makes its result readable.
  @discardableResult
  private mutating func add(
    _ operation: CertifyModel.Operation, _ inputs: [ValueID], _ shape: [Int]
  ) -> ValueID {
    values.append(Value(name: "v\(values.count)", shape: shape))
    nodes.append(
      Node(name: "n\(nodes.count)", operation: operation, inputs: inputs, output: values.count - 1))
    if shape.count == 4 { images.append(values.count - 1) } else { rows.append(values.count - 1) }
    return values.count - 1
  }

  private mutating func grow() -> Graph {
    let batch = 1 + below(3)
    values.append(Value(name: "x", shape: [batch, pick([1, 3, 8]), 3 + below(3), 3 + below(3)]))
    images = [0]
    for _ in 0..<6 + below(8) { addImage() }
    // Every result that nothing reads joins the output, so that nothing is dead.
    let read = Set(nodes.flatMap(\.inputs))
    for image in images.filter({ !read.contains($0) || $0 == 0 }) { flatten(image) }
    for _ in 0..<2 + below(3) { addRow() }
    let last = Set(nodes.flatMap(\.inputs))
    let ends = rows.filter { !last.contains($0) }
    let joined =
      ends.count == 1
      ? ends[0] : add(.concatenation(axis: 1), ends, [batch, ends.reduce(0) { $0 + shape($1)[1] }])
    let output = addLinear(joined, outputs: 1 + below(5))
    return Graph(values: values, nodes: nodes, input: 0, output: output)
  }

  /// One operation on images that are there.
  private mutating func addImage() {
    // Late values more often: depth; early ones often enough: long lives.
    let source = below(3) == 0 ? pick(images) : images[images.count - 1]
    let from = shape(source)
    switch below(16) {
    case 0...4: addConvolution(source)
    case 5...6:
      add(.unary(pick([.relu, .tanh, .sigmoid, .leakyRelu(slope: 0.2), .gelu, .erf, .abs])), [source], from)
    case 7: add(.unary(.clip(lower: -0.5, upper: 0.7)), [source], from)
    case 8...10:
      let others = images.filter { shape($0) == from }
      add(.binary(pick([.add, .add, .add, .subtract, .multiply, .maximum])), [source, pick(others)], from)
    case 11:
      add(
        .affine(
          Affine(scale: tensor([1, from[1], 1, 1]), shift: below(2) == 0 ? tensor([from[1], 1, 1]) : nil)),
        [source], from)
    case 12: addWindow(source)
    case 13:
      let others = images.filter {
        shape($0).dropFirst(2) == from.dropFirst(2) && shape($0)[1] + from[1] <= 16
      }
      guard !others.isEmpty else { return }
      let other = pick(others)
      add(
        .concatenation(axis: 1), [source, other], [from[0], from[1] + shape(other)[1]] + from.dropFirst(2))
    case 14:
      add(
        .transpose(permutation: [0, 1, 3, 2]), [source], [from[0], from[1], from[3], from[2]])
    default: addGate(source)
    }
  }

  private mutating func addConvolution(_ source: ValueID) {
    let from = shape(source)
    let kernel = pick([1, 3])
    let groups = from[1] % 2 == 0 && below(3) == 0 ? 2 : 1
    let outputs = groups * pick([2, 3, 4, 8]) / (groups == 2 ? 1 : 1)
    let stride = below(5) == 0 ? 2 : 1
    let pad = kernel / 2
    let extents = from.dropFirst(2).map { ($0 + 2 * pad - kernel) / stride + 1 }
    let fan = Float(from[1] / groups * kernel * kernel)
    let convolved = add(
      .convolution(
        Convolution(
          weights: tensor([outputs, from[1] / groups, kernel, kernel], scale: 2 / fan.squareRoot()),
          bias: below(2) == 0 ? tensor([outputs]) : nil, strides: [stride, stride], dilations: [1, 1],
          padsBegin: [pad, pad], padsEnd: [pad, pad], groups: groups)),
      [source], [from[0], outputs] + extents)
    // What a convolution is fused with: a residual, a function, both.
    var last = convolved
    let residuals = images.filter { $0 != convolved && shape($0) == shape(convolved) }
    if below(2) == 0, !residuals.isEmpty {
      let residual = pick(residuals)
      last = add(.binary(.add), below(2) == 0 ? [last, residual] : [residual, last], shape(last))
    }
    if below(2) == 0 { add(.unary(pick([.relu, .tanh, .sigmoid])), [last], shape(last)) }
  }

  private mutating func addWindow(_ source: ValueID) {
    let from = shape(source)
    let kind = pick([Pooling.Kind.maximum, .average(countsPadding: true), .average(countsPadding: false)])
    guard from[2] >= 2, from[3] >= 2 else { return }
    let extents = from.dropFirst(2).map { $0 + 2 - 2 }
    add(
      .pooling(
        Pooling(
          kind: kind, kernel: [3, 3], strides: [1, 1], dilations: [1, 1], padsBegin: [1, 1], padsEnd: [1, 1])),
      [source], Array(from.prefix(2)) + extents)
  }

  /// x · σ(mean of x): a reduction whose result is broadcast back.
  private mutating func addGate(_ source: ValueID) {
    let from = shape(source)
    let narrow = [from[0], from[1], 1, 1]
    let mean = add(.reduction(Reduction(kind: .mean, axes: [2, 3])), [source], narrow)
    let gate = add(.unary(.sigmoid), [mean], narrow)
    images.removeAll { $0 == mean || $0 == gate }
    add(.binary(.multiply), [source, gate], from)
  }

  private mutating func flatten(_ image: ValueID) {
    let from = shape(image)
    if below(3) == 0 {
      add(
        .reduction(Reduction(kind: pick([.mean, .sum, .maximum]), axes: [2, 3])), [image], [from[0], from[1]])
    } else {
      add(.reshape, [image], [from[0], from.dropFirst().reduce(1, *)])
    }
  }

  /// One operation on rows of numbers that are there.
  private mutating func addRow() {
    let source = pick(rows)
    let from = shape(source)
    switch below(5) {
    case 0...1: addLinear(source, outputs: pick([3, 8, 17]))
    case 2: add(.unary(pick([.relu, .gelu, .tanh])), [source], from)
    case 3: add(.softmax(axis: 1), [source], from)
    default:
      let others = rows.filter { shape($0) == from }
      add(.binary(pick([.add, .multiply])), [source, pick(others)], from)
    }
  }

  @discardableResult
  private mutating func addLinear(_ source: ValueID, outputs: Int) -> ValueID {
    let from = shape(source)
    var last = add(
      .linear(
        Linear(
          weights: tensor([outputs, from[1]], scale: 2 / Float(from[1]).squareRoot()),
          bias: below(2) == 0 ? tensor([outputs]) : nil)),
      [source], [from[0], outputs])
    let residuals = rows.filter { $0 != last && shape($0) == shape(last) }
    if below(2) == 0, !residuals.isEmpty { last = add(.binary(.add), [last, pick(residuals)], shape(last)) }
    return below(3) == 0 ? add(.unary(.tanh), [last], shape(last)) : last
  }
}
