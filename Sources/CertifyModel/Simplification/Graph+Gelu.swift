extension Graph {
  /// Recognises x·Φ(x), and its approximation by tanh, written out in simpler functions.
  ///
  /// Exporters write ½x·(1 + erf(x/√2)) with the ½ and the product in any order.
  mutating func fuseGelu() -> Bool {
    let links = Links(self)
    for index in nodes.indices {
      guard case .unary(let function) = nodes[index].operation else { continue }
      let fused: UnaryFunction
      let x: ValueID
      switch function {
      case .erf:
        guard let root = scaled(nodes[index].inputs[0], links), isClose(root.factor, 0.5.squareRoot()) else {
          continue
        }
        (fused, x) = (.gelu, root.value)
      case .tanh:
        guard let cubic = cubicArgument(nodes[index].inputs[0], links) else { continue }
        (fused, x) = (.geluTanh, cubic)
      default: continue
      }
      if replaceProduct(of: index, x: x, by: fused, links) { return true }
    }
    return false
  }

  /// Replaces (b·x)·(a + a·f) by 2ab·gelu(x), where f is what the node computes.
  private mutating func replaceProduct(
    of index: Int, x: ValueID, by fused: UnaryFunction, _ links: Links
  ) -> Bool {
    guard let sum = links.onlyConsumer(nodes[index].output), case .affine(let affine) = nodes[sum].operation,
      let a = number(affine.scale, or: 1), let shift = number(affine.shift, or: 0), isClose(shift, a), a != 0,
      let product = links.onlyConsumer(nodes[sum].output),
      case .binary(.multiply) = nodes[product].operation,
      let other = nodes[product].inputs.first(where: { $0 != nodes[sum].output }),
      shape(nodes[sum].output) == shape(x)
    else { return false }
    let b: Double
    if other == x {
      b = 1
    } else if let left = scaled(other, links), left.value == x {
      b = left.factor
    } else {
      return false
    }
    guard shape(nodes[product].output) == shape(x) else { return false }
    nodes[sum] = Node(
      name: nodes[index].name, operation: .unary(fused), inputs: [x], output: nodes[sum].output)
    let scale = isClose(2 * a * b, 1) ? 1 : Float(2 * a * b)
    nodes[product].operation = .affine(Affine(scale: Tensor(shape: [], elements: [scale]), shift: nil))
    nodes[product].inputs = [nodes[sum].output]
    return true
  }

  /// x where the value is √(2/π)·(x + 0.044715·x³).
  private func cubicArgument(_ value: ValueID, _ links: Links) -> ValueID? {
    guard let outer = scaled(value, links), isClose(outer.factor, (2 / Double.pi).squareRoot()),
      let sum = links.producer(outer.value), case .binary(.add) = nodes[sum].operation
    else { return nil }
    let terms = nodes[sum].inputs
    for (x, cubic) in [(terms[0], terms[1]), (terms[1], terms[0])] {
      if let term = scaled(cubic, links), isClose(term.factor, 0.044715), isCube(term.value, of: x, links) {
        return x
      }
    }
    return nil
  }

  private func isCube(_ value: ValueID, of x: ValueID, _ links: Links) -> Bool {
    guard let producer = links.producer(value) else { return false }
    switch nodes[producer].operation {
    case .unary(.power(exponent: 3)): return nodes[producer].inputs[0] == x
    case .binary(.multiply):
      let factors = nodes[producer].inputs
      guard factors.contains(x), let square = factors.first(where: { $0 != x }),
        let inner = links.producer(square)
      else { return false }
      switch nodes[inner].operation {
      case .unary(.power(exponent: 2)): return nodes[inner].inputs[0] == x
      case .binary(.multiply): return nodes[inner].inputs == [x, x]
      default: return false
      }
    default: return false
    }
  }

  /// The value as a number times another value; 1 times itself when nothing scales it.
  private func scaled(_ value: ValueID, _ links: Links) -> (factor: Double, value: ValueID)? {
    guard let producer = links.producer(value), case .affine(let affine) = nodes[producer].operation,
      AffineArithmetic.isZero(affine.shift), shape(value) == shape(nodes[producer].inputs[0])
    else { return (1, value) }
    guard let factor = number(affine.scale, or: 1) else { return (1, value) }
    return (factor, nodes[producer].inputs[0])
  }

  /// The number that every element is.
  private func number(_ tensor: Tensor?, or fallback: Double) -> Double? {
    guard let tensor else { return fallback }
    guard let first = tensor.elements.first, tensor.elements.allSatisfy({ $0 == first }) else { return nil }
    return Double(first)
  }

  /// Equal up to the rounding of a constant to single precision, twice.
  private func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 3e-7 * abs(b) }
}
