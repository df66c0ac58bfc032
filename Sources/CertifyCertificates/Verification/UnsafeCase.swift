/// Inputs of a box whose outputs satisfy all of some linear constraints.
public struct UnsafeCase: Sendable, Equatable {
  /// One interval an element of the input, finite.
  public let lower: [Double]
  /// The upper ends of the same intervals.
  public let upper: [Double]
  /// Without any, every input of the box is unsafe.
  public let constraints: [Constraint]

  /// Σ weight · output ≤ bound.
  public struct Constraint: Sendable, Equatable {
    /// The elements of the output, and the weight of each.
    public let terms: [(index: Int, weight: Double)]
    /// What the sum must not exceed.
    public let bound: Double

    public init(terms: [(index: Int, weight: Double)], bound: Double) {
      self.terms = terms
      self.bound = bound
    }

    public static func == (a: Self, b: Self) -> Bool {
      a.bound == b.bound && a.terms.elementsEqual(b.terms) { $0 == $1 }
    }

    /// Σ weight · output − bound, rounded up: the constraint holds where this is not above 0.
    ///
    /// The comparison of an output with a number, and of two outputs, is exact.
    func excess(of outputs: UnsafeBufferPointer<Float>) -> Double {
      if terms.allSatisfy({ abs($0.weight) == 1 }) {
        // The sign of a sum of two numbers is never rounded.
        if terms.count == 1 { return product(0, outputs) - bound }
        if terms.count == 2, bound == 0 { return product(0, outputs) + product(1, outputs) }
      }
      var (sum, size) = (-bound, abs(bound))
      for k in terms.indices {
        sum += product(k, outputs)
        size += abs(product(k, outputs))
      }
      return sum + size * Double(terms.count + 2) * 0x1p-51
    }

    private func product(_ k: Int, _ outputs: UnsafeBufferPointer<Float>) -> Double {
      terms[k].weight * Double(outputs[terms[k].index])
    }
  }

  public init(lower: [Double], upper: [Double], constraints: [Constraint]) {
    self.lower = lower
    self.upper = upper
    self.constraints = constraints
  }

  /// The smallest and largest float of each interval.
  ///
  /// An interval without a float stands for the float nearest to its middle: the program has no other input there.
  var floats: (lower: [Float], upper: [Float]) {
    var (low, high) = ([Float](), [Float]())
    for (a, b) in zip(lower, upper) {
      let (first, last) = (Float(a), Float(b))
      let smallest = Double(first) < a ? first.nextUp : first
      let largest = Double(last) > b ? last.nextDown : last
      let only = Float((a + b) / 2)
      low.append(smallest <= largest ? smallest : only)
      high.append(smallest <= largest ? largest : only)
    }
    return (low, high)
  }

  /// The box, and the floats that stand for intervals without one.
  var region: InputRegion {
    let (low, high) = floats
    return InputRegion(
      lower: zip(lower, low).map { min($0, Double($1)) }, upper: zip(upper, high).map { max($0, Double($1)) })
  }

  /// The forms whose minimum must exceed the bound of their constraint, for one of them to be violated everywhere.
  var forms: [LinearForm] { constraints.map { LinearForm(terms: $0.terms.map { ($0.index, $0.weight) }) } }
}
