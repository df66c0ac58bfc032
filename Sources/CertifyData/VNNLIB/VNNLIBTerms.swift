/// X_i or Y_i.
struct Variable: Hashable, CustomStringConvertible {
  enum Kind: String {
    case input = "X"
    case output = "Y"
  }

  let kind: Kind
  let index: Int

  init?(_ name: String) {
    let parts = name.split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count == 2, let kind = Kind(rawValue: String(parts[0])),
      parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let index = Int(parts[1]),
      index < VNNLIBReader.mostVariables
    else { return nil }
    self.kind = kind
    self.index = index
  }

  var description: String { "\(kind.rawValue)_\(index)" }
}

/// Σ weight · variable + constant.
struct AffineForm {
  var weights: [Variable: Double] = [:]
  var constant = 0.0

  static func + (a: AffineForm, b: AffineForm) -> AffineForm {
    AffineForm(
      weights: a.weights.merging(b.weights, uniquingKeysWith: +), constant: a.constant + b.constant)
  }

  static func - (a: AffineForm, b: AffineForm) -> AffineForm { a + b * -1 }

  static func * (a: AffineForm, factor: Double) -> AffineForm {
    AffineForm(weights: a.weights.mapValues { $0 * factor }, constant: a.constant * factor)
  }
}

/// form ≤ 0.
struct Inequality {
  let form: AffineForm
  let line: Int
}

/// Collects the inequalities of one case.
struct CaseBuilder {
  private var lower: [Double]
  private var upper: [Double]
  private var constraints: [VNNLIBProperty.Constraint] = []
  /// That of the last inequality.
  private var lastLine = 1
  private let outputs: Int
  private let reader: VNNLIBReader

  init(inputs: Int, outputs: Int, reader: VNNLIBReader) {
    lower = [Double](repeating: -.infinity, count: inputs)
    upper = [Double](repeating: .infinity, count: inputs)
    self.outputs = outputs
    self.reader = reader
  }

  func adding(_ inequalities: [Inequality]) throws -> CaseBuilder {
    var result = self
    for inequality in inequalities { try result.add(inequality) }
    return result
  }

  private mutating func add(_ inequality: Inequality) throws {
    lastLine = inequality.line
    let weights = inequality.form.weights.filter { $0.value != 0 }
    // 0 − 0 is 0, where −0 would be shown as such.
    let bound = 0 - inequality.form.constant
    guard bound.isFinite, weights.values.allSatisfy(\.isFinite) else {
      throw reader.fail(inequality.line, "a number overflows")
    }
    for variable in weights.keys {
      guard variable.index < (variable.kind == .input ? lower.count : outputs) else {
        throw reader.fail(inequality.line, "\(variable) is not declared")
      }
    }
    let inputs = weights.filter { $0.key.kind == .input }
    guard let (variable, weight) = inputs.first else {
      guard !weights.isEmpty else {
        throw reader.fail(inequality.line, "an inequality without a variable")
      }
      let terms = weights.map { VNNLIBProperty.Term(index: $0.key.index, weight: $0.value) }
      constraints.append(
        VNNLIBProperty.Constraint(terms: terms.sorted { $0.index < $1.index }, bound: bound))
      return
    }
    guard weights.count == 1, abs(weight) == 1 else {
      throw reader.fail(
        inequality.line, "an inequality of \(variable) must compare it alone with a number: regions are boxes"
      )
    }
    if weight > 0 {
      upper[variable.index] = min(upper[variable.index], bound)
    } else {
      lower[variable.index] = max(lower[variable.index], 0 - bound)
    }
    let (least, most) = (lower[variable.index], upper[variable.index])
    guard least <= most else {
      throw reader.fail(
        inequality.line, "\(variable) must be at least \(least) and at most \(most): the region is empty",
        remedy: "correct one of its bounds, or take the case out")
    }
  }

  func finished() throws -> VNNLIBProperty.Case {
    for index in lower.indices {
      guard lower[index].isFinite, upper[index].isFinite else {
        throw reader.fail(
          lastLine, "X_\(index) has no \(lower[index].isFinite ? "upper" : "lower") bound in some case",
          remedy: "bound every X from both sides")
      }
    }
    return VNNLIBProperty.Case(lower: lower, upper: upper, constraints: constraints)
  }
}
