import CertifyModel
import Foundation

/// Evaluates a ``Graph`` in double precision, slowly and obviously: every output element from its definition.
public struct ReferenceInterpreter {
  /// A dense array in row-major order.
  public struct Array64: Equatable {
    public var shape: [Int]
    public var elements: [Double]

    public init(shape: [Int], elements: [Double]) {
      precondition(shape.reduce(1, *) == elements.count)
      self.shape = shape
      self.elements = elements
    }

    init(_ tensor: Tensor) { self.init(shape: tensor.shape, elements: tensor.elements.map(Double.init)) }

    /// The element at an index that is broadcast against this array, aligned at the last axis.
    subscript(broadcasting index: [Int]) -> Double {
      var position = 0
      let offset = index.count - shape.count
      for axis in shape.indices {
        position = position * shape[axis] + (shape[axis] == 1 ? 0 : index[axis + offset])
      }
      return elements[position]
    }

    /// The element at an index, or `nil` outside.
    func at(_ index: [Int]) -> Double? {
      var position = 0
      for axis in shape.indices {
        guard (0..<shape[axis]).contains(index[axis]) else { return nil }
        position = position * shape[axis] + index[axis]
      }
      return elements[position]
    }

    /// Each element from its index.
    init(shape: [Int], element: ([Int]) -> Double) {
      self.init(shape: shape, elements: ReferenceInterpreter.indices(shape).map(element))
    }
  }

  let graph: Graph

  public init(_ graph: Graph) { self.graph = graph }

  /// The output for an input of the graph's input shape.
  public func output(for input: [Double]) -> Array64 {
    var values: [ValueID: Array64] = [
      graph.input: Array64(shape: graph.values[graph.input].shape, elements: input)
    ]
    for node in graph.nodes {
      let inputs = node.inputs.map { id in
        guard let value = values[id] else { preconditionFailure("\(node.name) comes before its input") }
        return value
      }
      let shape = graph.values[node.output].shape
      values[node.output] = evaluate(node.operation, inputs, shape: shape)
    }
    guard let output = values[graph.output] else { preconditionFailure("the output is not computed") }
    return output
  }

  func evaluate(_ operation: CertifyModel.Operation, _ inputs: [Array64], shape: [Int]) -> Array64 {
    let x = inputs[0]
    switch operation {
    case .convolution(let convolution): return convolve(convolution, x, shape)
    case .transposedConvolution(let convolution): return convolveTransposed(convolution, x, shape)
    case .modeProduct(let product): return multiply(product, x, shape)
    case .pooling(let pooling): return pool(pooling, x, shape)
    case .linear(let linear):
      let w = Array64(linear.weights)
      return Array64(shape: shape) { index in
        var sum = linear.bias.map { Double($0.elements[index[index.count - 1]]) } ?? 0
        for i in 0..<w.shape[1] {
          sum += w[broadcasting: [index[index.count - 1], i]] * x[broadcasting: index.dropLast() + [i]]
        }
        return sum
      }
    case .matrixProduct:
      return Array64(shape: shape) { index in
        let leading = index.dropLast(2)
        return (0..<x.shape[x.shape.count - 1]).reduce(0) { sum, k in
          sum + x[broadcasting: leading + [index[index.count - 2], k]]
            * inputs[1][broadcasting: leading + [k, index[index.count - 1]]]
        }
      }
    case .affine(let affine):
      let scale = affine.scale.map(Array64.init)
      let shift = affine.shift.map(Array64.init)
      return Array64(shape: shape) { index in
        (scale?[broadcasting: index] ?? 1) * x[broadcasting: index] + (shift?[broadcasting: index] ?? 0)
      }
    case .unary(let function):
      return Array64(shape: shape, elements: x.elements.map { apply(function, $0) })
    case .binary(let function):
      return Array64(shape: shape) { apply(function, x[broadcasting: $0], inputs[1][broadcasting: $0]) }
    case .choice(let choice):
      var remaining = inputs[...]
      let operands = [choice.condition, choice.whenTrue, choice.whenFalse].map { constant in
        constant.map { Array64($0) } ?? remaining.removeFirst()
      }
      return Array64(shape: shape) { index in
        operands[operands[0][broadcasting: index] != 0 ? 1 : 2][broadcasting: index]
      }
    case .quantization(let q):
      let (scale, zeroPoint) = (Array64(q.scale), Array64(q.zeroPoint))
      return Array64(shape: shape) { index in
        let (s, z) = (scale[broadcasting: index], zeroPoint[broadcasting: index])
        let level = (x[broadcasting: index] / s).rounded(.toNearestOrEven) + z
        let kept = min(max(level, Double(q.lowest)), Double(q.highest))
        return q.isDequantized ? (kept - z) * s : kept
      }
    case .softmax(let axis):
      return Array64(shape: shape) { exp(logSoftmax(x, $0, axis: axis)) }
    case .logSoftmax(let axis):
      return Array64(shape: shape) { logSoftmax(x, $0, axis: axis) }
    case .reduction(let reduction): return reduce(reduction, x, shape)
    case .reshape: return Array64(shape: shape, elements: x.elements)
    case .transpose(let permutation):
      return Array64(shape: shape) { index in
        var source = index
        for (axis, from) in permutation.enumerated() { source[from] = index[axis] }
        return x[broadcasting: source]
      }
    case .padding(let padding): return pad(padding, x, shape)
    case .concatenation(let axis):
      return Array64(shape: shape) { index in
        var index = index
        for input in inputs {
          if index[axis] < input.shape[axis] { return input[broadcasting: index] }
          index[axis] -= input.shape[axis]
        }
        return .nan
      }
    case .slice(let slice):
      return Array64(shape: shape) { index in
        x.at(index.indices.map { slice.starts[$0] + index[$0] * slice.steps[$0] }) ?? .nan
      }
    case .broadcast: return Array64(shape: shape) { x[broadcasting: $0] }
    }
  }

  private func convolve(_ c: Convolution, _ x: Array64, _ shape: [Int]) -> Array64 {
    let w = Array64(c.weights)
    let inputsPerGroup = w.shape[1]
    let outputsPerGroup = w.shape[0] / c.groups
    let taps = Self.indices(Array(w.shape.dropFirst(2)))
    return Array64(shape: shape) { index in
      let channel = index[1]
      var sum = c.bias.map { Double($0.elements[channel]) } ?? 0
      for i in 0..<inputsPerGroup {
        for tap in taps {
          let place = tap.indices.map {
            index[$0 + 2] * c.strides[$0] + tap[$0] * c.dilations[$0] - c.padsBegin[$0]
          }
          let source = [index[0], channel / outputsPerGroup * inputsPerGroup + i] + place
          sum += w[broadcasting: [channel, i] + tap] * (x.at(source) ?? 0)
        }
      }
      return sum
    }
  }

  /// Every element from the places of the input whose windows cover it.
  private func convolveTransposed(_ c: Convolution, _ x: Array64, _ shape: [Int]) -> Array64 {
    let w = Array64(c.weights)
    let (inputsPerGroup, outputsPerGroup) = (w.shape[0] / c.groups, w.shape[1])
    let taps = Self.indices(Array(w.shape.dropFirst(2)))
    return Array64(shape: shape) { index in
      var sum = 0.0
      for tap in taps {
        let offsets = tap.indices.map { index[$0 + 2] + c.padsBegin[$0] - tap[$0] * c.dilations[$0] }
        guard zip(offsets, c.strides).allSatisfy({ $0 % $1 == 0 }) else { continue }
        let place = zip(offsets, c.strides).map { $0 / $1 }
        let group = index[1] / outputsPerGroup
        for channel in (group * inputsPerGroup)..<((group + 1) * inputsPerGroup) {
          sum +=
            w[broadcasting: [channel, index[1] % outputsPerGroup] + tap]
            * (x.at([index[0], channel] + place) ?? 0)
        }
      }
      return sum
    }
  }

  private func multiply(_ product: ModeProduct, _ x: Array64, _ shape: [Int]) -> Array64 {
    Array64(shape: shape) { index in
      product.matrix.entries(ofRow: index[product.axis]).reduce(0) { sum, entry in
        var source = index
        source[product.axis] = Int(product.matrix.columns[entry])
        return sum + Double(product.matrix.weights[entry]) * x[broadcasting: source]
      }
    }
  }

  private func pool(_ p: Pooling, _ x: Array64, _ shape: [Int]) -> Array64 {
    let taps = Self.indices(p.kernel)
    return Array64(shape: shape) { index in
      let found = taps.compactMap { tap in
        x.at(
          [index[0], index[1]]
            + tap.indices.map { index[$0 + 2] * p.strides[$0] + tap[$0] * p.dilations[$0] - p.padsBegin[$0] })
      }
      switch p.kind {
      case .maximum: return found.max() ?? -.infinity
      case .average(let countsPadding):
        return found.reduce(0, +) / Double(countsPadding ? taps.count : found.count)
      }
    }
  }

  private func reduce(_ r: Reduction, _ x: Array64, _ shape: [Int]) -> Array64 {
    let keeps = shape.count == x.shape.count
    let inner = Self.indices(r.axes.map { x.shape[$0] })
    return Array64(shape: shape) { index in
      var source: [Int] = []
      var next = 0
      for axis in x.shape.indices {
        if r.axes.contains(axis) {
          source.append(0)
          if keeps { next += 1 }
        } else {
          source.append(index[next])
          next += 1
        }
      }
      let found = inner.map { offsets -> Double in
        for (axis, offset) in zip(r.axes, offsets) { source[axis] = offset }
        return x[broadcasting: source]
      }
      switch r.kind {
      case .sum: return found.reduce(0, +)
      case .mean: return found.reduce(0, +) / Double(found.count)
      case .maximum: return found.reduce(-.infinity, max)
      case .minimum: return found.reduce(.infinity, min)
      case .product: return found.reduce(1, *)
      case .argMaximum(let isLast): return Double(place(of: found.max(), in: found, isLast))
      case .argMinimum(let isLast): return Double(place(of: found.min(), in: found, isLast))
      }
    }
  }

  private func place(of number: Double?, in numbers: [Double], _ isLast: Bool) -> Int {
    (isLast ? numbers.lastIndex { $0 == number } : numbers.firstIndex { $0 == number }) ?? 0
  }

  private func pad(_ p: Padding, _ x: Array64, _ shape: [Int]) -> Array64 {
    Array64(shape: shape) { index in
      var source = index.indices.map { index[$0] - p.before[$0] }
      switch p.mode {
      case .constant(let fill): return x.at(source) ?? Double(fill)
      case .edge: source = source.indices.map { min(max(source[$0], 0), x.shape[$0] - 1) }
      case .reflect:
        source = source.indices.map { axis in
          let last = x.shape[axis] - 1
          return source[axis] < 0
            ? -source[axis] : source[axis] > last ? 2 * last - source[axis] : source[axis]
        }
      }
      return x.at(source) ?? .nan
    }
  }

  private func logSoftmax(_ x: Array64, _ index: [Int], axis: Int) -> Double {
    let line = (0..<x.shape[axis]).map { k -> Double in
      var place = index
      place[axis] = k
      return x[broadcasting: place]
    }
    let top = line.reduce(-.infinity, max)
    return line[index[axis]] - top - log(line.reduce(0) { $0 + exp($1 - top) })
  }

  private func apply(_ function: BinaryFunction, _ a: Double, _ b: Double) -> Double {
    switch function {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .maximum: max(a, b)
    case .minimum: min(a, b)
    case .power: pow(a, b)
    }
  }

  /// Every index of a shape in row-major order.
  static func indices(_ shape: [Int]) -> [[Int]] {
    shape.reduce([[]]) { prefixes, extent in prefixes.flatMap { prefix in (0..<extent).map { prefix + [$0] } }
    }
  }
}
