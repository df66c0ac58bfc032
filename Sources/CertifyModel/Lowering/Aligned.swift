/// Two constants broadcast against each other, for folding a function of two numbers.
struct Aligned {
  let a: Constant
  let b: Constant
  let shape: [Int]
  private let left: [Int]
  private let right: [Int]
  private let call: OperatorCall

  init(_ a: Constant, _ b: Constant, _ call: OperatorCall, _ builder: inout GraphBuilder) throws {
    guard let shape = Extents.broadcast(a.shape, b.shape), let count = Extents.product(shape) else {
      throw call.invalid("shapes \(a.shape) and \(b.shape) do not broadcast")
    }
    try builder.spend(count, on: call)
    self.a = a
    self.b = b
    self.shape = shape
    self.call = call
    left = Extents.broadcastIndices(a.shape, to: shape)
    right = Extents.broadcastIndices(b.shape, to: shape)
  }

  private var name: String { call.node.outputs.first ?? call.node.name }

  /// - Parameter integer: `nil` where there is no result, such as n / 0.
  func map(integer: (Int, Int) -> Int?, double: (Double, Double) -> Double) throws -> Constant {
    if let a = a.integers, let b = b.integers {
      let results = try zip(left, right).map { left, right in
        guard let result = integer(a[left], b[right]) else {
          throw call.invalid("there is no result for \(a[left]) and \(b[right])")
        }
        return result
      }
      return Constant(name: name, shape: shape, .integer(results))
    }
    let (a, b) = (a.doubles, b.doubles)
    return Constant(name: name, shape: shape, .double(zip(left, right).map { double(a[$0], b[$1]) }))
  }

  func compare(_ function: (Double, Double) -> Bool) -> Constant {
    let (a, b) = (a.doubles, b.doubles)
    return Constant(name: name, shape: shape, .bool(zip(left, right).map { function(a[$0], b[$1]) }))
  }
}
