import Foundation

/// The part of JSON Schema (draft 2020-12) that `docs/results.schema.json` and `fixtures/schemas/sarif.json` use,
/// read strictly: a property that the schema does not list is an error, so that the schema keeps up with the program.
struct JSONSchema {
  private let root: [String: Any]

  init(_ bytes: Data) throws {
    guard let root = try JSONSerialization.jsonObject(with: bytes) as? [String: Any] else {
      throw Fault(description: "a schema is an object")
    }
    self.root = root
  }

  struct Fault: Error, CustomStringConvertible {
    var description: String
  }

  /// What is wrong with a text, one line each, with the path.
  func problems(_ json: Data) throws -> [String] {
    problems(try JSONSerialization.jsonObject(with: json, options: .fragmentsAllowed), root, "")
  }

  private static let known: Set<String> = [
    "$schema", "$id", "$defs", "$ref", "title", "description", "type", "properties", "required",
    "additionalProperties", "items", "enum", "const", "oneOf", "minimum", "maximum", "pattern",
  ]

  private func problems(_ value: Any, _ schema: [String: Any], _ path: String) -> [String] {
    var problems: [String] = []
    func fail(_ text: String) { problems.append("\(path.isEmpty ? "the top" : path): \(text)") }
    for keyword in schema.keys where !Self.known.contains(keyword) { fail("unknown keyword \(keyword)") }
    if let reference = schema["$ref"] as? String {
      let name = reference.replacingOccurrences(of: "#/$defs/", with: "")
      guard let target = (root["$defs"] as? [String: Any])?[name] as? [String: Any] else {
        return ["\(path): no definition \(reference)"]
      }
      problems += self.problems(value, target, path)
    }
    if let choices = schema["oneOf"] as? [[String: Any]] {
      let results = choices.map { self.problems(value, $0, path) }
      if results.count(where: \.isEmpty) != 1 {
        problems +=
          results.min { $0.count < $1.count }.flatMap { $0.isEmpty ? nil : $0 } ?? ["\(path): ambiguous"]
      }
    }
    if let choices = schema["enum"] as? [String], !choices.contains(value as? String ?? "") {
      fail("\(value) is none of \(choices)")
    }
    if let constant = schema["const"] as? NSNumber, constant != value as? NSNumber {
      fail("is not \(constant)")
    }
    if let type = schema["type"] as? String, !Self.isA(type, value) {
      return problems + ["\(path): no \(type)"]
    }
    if let minimum = schema["minimum"] as? NSNumber, let number = value as? NSNumber,
      number.doubleValue < minimum.doubleValue
    {
      fail("\(number) is below \(minimum)")
    }
    if let maximum = schema["maximum"] as? NSNumber, let number = value as? NSNumber,
      number.doubleValue > maximum.doubleValue
    {
      fail("\(number) is above \(maximum)")
    }
    if let pattern = schema["pattern"] as? String, let text = value as? String,
      text.range(of: pattern, options: .regularExpression) == nil
    {
      fail("`\(text)` is not of the form \(pattern)")
    }
    if let items = schema["items"] as? [String: Any], let values = value as? [Any] {
      for (index, item) in values.enumerated() { problems += self.problems(item, items, "\(path)[\(index)]") }
    }
    if let object = value as? [String: Any], schema["type"] as? String == "object" {
      problems += members(object, schema, path)
    }
    return problems
  }

  private func members(_ object: [String: Any], _ schema: [String: Any], _ path: String) -> [String] {
    let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
    // `false` is what a missing description means here already.
    let others = schema["additionalProperties"] as? [String: Any]
    var problems = (schema["required"] as? [String] ?? []).filter { object[$0] == nil }
      .map { "\(path): `\($0)` is missing" }
    for (name, value) in object {
      guard let member = properties[name] ?? others else {
        problems.append("\(path).\(name): not in the schema; describe it there")
        continue
      }
      problems += self.problems(value, member, "\(path).\(name)")
    }
    return problems
  }

  private static func isA(_ type: String, _ value: Any) -> Bool {
    let number = value as? NSNumber
    let isBoolean = number.map { Self.isTruth($0) } ?? false
    return switch type {
    case "object": value is [String: Any]
    case "array": value is [Any]
    case "string": value is String
    case "boolean": isBoolean
    case "null": value is NSNull
    case "number": number != nil && !isBoolean
    case "integer": number.map { !isBoolean && $0.doubleValue.rounded() == $0.doubleValue } ?? false
    default: false
    }
  }

  /// Whether a number of Foundation was `true` or `false` in the text.
  private static func isTruth(_ number: NSNumber) -> Bool {
    String(cString: number.objCType) == "c" || String(cString: number.objCType) == "B"
  }
}
