/// An array that is known when the model is loaded.
struct Constant: Sendable {
  enum Storage: Sendable {
    /// As in the file.
    case single([Float])
    /// The result of folding, rounded to single precision only where it is used.
    case double([Double])
    case integer([Int])
    case bool([Bool])
  }

  /// The name in the file that it has or was computed for.
  var name: String
  /// Non-negative extents whose product is the number of elements.
  var shape: [Int]
  var storage: Storage
  /// The type in the file of whole numbers that were not computed.
  var integerType: ElementType?

  init(name: String, shape: [Int], _ storage: Storage) {
    self.name = name
    self.shape = shape
    self.storage = storage
  }

  /// A scalar that is not in the file; messages name the node.
  static func number(_ value: Double, _ call: OperatorCall) -> Constant {
    Constant(name: call.node.name, shape: [], .double([value]))
  }

  var count: Int {
    switch storage {
    case .single(let elements): elements.count
    case .double(let elements): elements.count
    case .integer(let elements): elements.count
    case .bool(let elements): elements.count
    }
  }

  var isFloating: Bool {
    switch storage {
    case .single, .double: true
    case .integer, .bool: false
    }
  }

  /// The elements as doubles; booleans are 0 and 1.
  var doubles: [Double] {
    switch storage {
    case .single(let elements): elements.map(Double.init)
    case .double(let elements): elements
    case .integer(let elements): elements.map(Double.init)
    case .bool(let elements): elements.map { $0 ? 1 : 0 }
    }
  }

  /// The elements if they are integers.
  var integers: [Int]? {
    if case .integer(let elements) = storage { return elements }
    return nil
  }

  /// The elements if they are booleans.
  var bools: [Bool]? {
    if case .bool(let elements) = storage { return elements }
    return nil
  }

  /// The only number, whatever the rank.
  var scalar: Double? {
    guard count == 1 else { return nil }
    switch storage {
    case .single(let elements): return Double(elements[0])
    case .double(let elements): return elements[0]
    case .integer(let elements): return Double(elements[0])
    case .bool(let elements): return elements[0] ? 1 : 0
    }
  }

  /// The number that every element is equal to.
  var uniform: Double? {
    guard count > 1 else { return scalar }
    switch storage {
    case .single(let elements):
      return elements.allSatisfy { $0 == elements[0] } ? Double(elements[0]) : nil
    case .double(let elements): return elements.allSatisfy { $0 == elements[0] } ? elements[0] : nil
    case .bool(let elements): return elements.allSatisfy { $0 == elements[0] } ? (elements[0] ? 1 : 0) : nil
    case .integer: return nil
    }
  }

  /// The same elements in another shape of the same size.
  func reshaped(_ shape: [Int]) -> Constant {
    var result = self
    result.shape = shape
    return result
  }

  /// The elements at the given positions.
  func gathered(_ indices: [Int], shape: [Int]) -> Constant {
    var result = reshaped(shape)
    switch storage {
    case .single(let elements): result.storage = .single(indices.map { elements[$0] })
    case .double(let elements): result.storage = .double(indices.map { elements[$0] })
    case .integer(let elements): result.storage = .integer(indices.map { elements[$0] })
    case .bool(let elements): result.storage = .bool(indices.map { elements[$0] })
    }
    return result
  }

  /// The elements in single precision.
  ///
  /// - Throws: ``ModelError/nonFinite(tensor:index:value:)``.
  func tensor(allowsInfinity: Bool = false) throws -> Tensor {
    let elements: [Float]
    if case .single(let own) = storage { elements = own } else { elements = doubles.map { Float($0) } }
    try Constant.checkFinite(elements, name: name, allowsInfinity: allowsInfinity)
    return Tensor(shape: shape, elements: elements)
  }

  private static func checkFinite(_ elements: [Float], name: String, allowsInfinity: Bool) throws {
    // x − x is 0 for finite x and NaN otherwise, so that one pass without branches finds trouble.
    let trouble = elements.withUnsafeBufferPointer { buffer in
      var sum: Float = 0
      for element in buffer { sum += element - element }
      return sum != 0 || sum.isNaN
    }
    guard trouble else { return }
    for (index, element) in elements.enumerated()
    where !element.isFinite && !(allowsInfinity && element.isInfinite) {
      throw ModelError.nonFinite(tensor: name, index: index, value: element)
    }
  }
}

/// What a name in the file stands for.
enum Operand: Sendable {
  case constant(Constant)
  case value(ValueID)

  var isConstant: Bool {
    if case .constant = self { return true }
    return false
  }
}
