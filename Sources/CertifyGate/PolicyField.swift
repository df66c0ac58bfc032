import Yams

/// One key of a policy with its value, and readers that name the line when the value is of another kind.
struct PolicyField {
  var name: String
  var value: Node
  var line: Int?

  /// - Throws: `PolicyError` when the key is not one of `known`, suggesting the nearest.
  init(_ key: Node, _ value: Node, known: [String]) throws {
    line = key.mark?.line
    guard case .scalar(let scalar) = key else {
      throw PolicyError(line: line, problem: "a key must be a name")
    }
    name = scalar.string
    self.value = value
    guard known.contains(name) else {
      throw PolicyError(
        line: line, problem: "there is no key `\(name)`; \(NearestName.hint(name, among: known))")
    }
  }

  func failure(_ problem: String) -> PolicyError { PolicyError(line: line, problem: problem) }

  /// A single value that `parse` understands and `valid` accepts.
  func scalar<Value>(
    _ kind: String, _ parse: (String) -> Value?, valid: (Value) -> Bool = { _ in true }
  ) throws -> Value {
    let text = try text()
    guard let parsed = parse(text), valid(parsed) else {
      throw failure("`\(name)` \(kind), found `\(text)`")
    }
    return parsed
  }

  func text() throws -> String {
    guard case .scalar(let scalar) = value, !scalar.string.isEmpty else {
      throw failure("`\(name)` takes a single value")
    }
    return scalar.string
  }

  func integer(_ kind: String, valid: (Int) -> Bool) throws -> Int {
    try scalar("is a whole number, \(kind)", { Int($0.filter { $0 != "_" }) }, valid: valid)
  }

  func unsigned() throws -> UInt64 {
    try scalar("is a whole number from 0 to \(UInt64.max)", { UInt64($0.filter { $0 != "_" }) })
  }

  /// One value or a list of them.
  func texts(separatedByCommas: Bool = false) throws -> [String] {
    switch value {
    case .scalar(let scalar) where !scalar.string.isEmpty:
      return separatedByCommas
        ? scalar.string.split(separator: ",").map { String($0).trimmingSpaces } : [scalar.string]
    case .sequence(let nodes) where !nodes.isEmpty:
      return try nodes.map { node in
        guard case .scalar(let scalar) = node, !scalar.string.isEmpty else {
          throw PolicyError(line: node.mark?.line, problem: "`\(name)` takes a value or a list of values")
        }
        return scalar.string
      }
    default: throw failure("`\(name)` takes a value or a list of values")
    }
  }

  func numbers(
    _ kind: String, separatedByCommas: Bool = false, valid: (Double) -> Bool
  ) throws -> [Double] {
    try texts(separatedByCommas: separatedByCommas).map { text in
      guard let number = DecimalNumber.parse(text), valid(number) else {
        throw failure("`\(name)` \(kind), found `\(text)`")
      }
      return number
    }
  }

  func choices<Value: RawRepresentable & CaseIterable>(
    _: Value.Type
  ) throws -> [Value] where Value.RawValue == String {
    try texts().map { text in
      guard let value = Value(rawValue: text) else {
        let hint = NearestName.hint(text, among: Value.allCases.map(\.rawValue))
        throw failure("there is no \(name) `\(text)`; \(hint)")
      }
      return value
    }
  }
}
