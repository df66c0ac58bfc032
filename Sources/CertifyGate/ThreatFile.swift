import CertifyThreat
import Yams

/// What an adversary may do to single features, written down in YAML or JSON.
///
/// ```yaml
/// version: 1
/// immutable: [sex, 10-19]        # names of the data's columns, positions from 0, or ranges of them
/// integer: [children]
/// scale: standard-deviation      # lengths in units of each feature's spread over the data
/// mask: mask.npy                 # 0 where a value may not change
/// features:
///   age: {lower: 18, upper: 99, integer: true}
///   income: {lower: 0, step: 100, scale: 12000}
/// ```
public struct ThreatFile: Sendable, Equatable {
  /// The version of the form.
  public static let currentVersion = 1

  /// What is said of some features in one place.
  struct Entry: Sendable, Equatable {
    /// A name, a position or a range of positions.
    var key: String
    var line: Int?
    var lower: Double?
    var upper: Double?
    var immutable: Bool?
    var step: Double?
    var scale: Double?
  }

  /// The path of an array that is 0 where a value may not change, relative to the file.
  public private(set) var mask: String?
  /// Whether lengths are measured in standard deviations of the features, where no scale of their own is given.
  public private(set) var usesDeviations = false
  var entries: [Entry] = []

  /// Reads a threat file.
  ///
  /// - Throws: `PolicyError` with the line.
  public init(yaml: String) throws {
    let root = try PolicyText.compose(yaml)
    guard let root, case .mapping(let mapping) = root else {
      throw PolicyError(
        line: root?.mark?.line, problem: "it is not a mapping; begin with `version: 1` and `features:`")
    }
    try read(mapping)
  }

  private static let keys = ["version", "features", "immutable", "integer", "mask", "scale"]
  private static let featureKeys = ["lower", "upper", "immutable", "integer", "step", "scale"]

  private mutating func read(_ mapping: Node.Mapping) throws {
    var version: Int?
    for (key, value) in mapping {
      let field = try PolicyField(key, value, known: Self.keys)
      switch field.name {
      case "version":
        version = try field.integer("names the form") { $0 == Self.currentVersion }
      case "mask": mask = try field.text()
      case "scale":
        guard try field.text() == "standard-deviation" else {
          throw field.failure("`scale` is `standard-deviation`, or stands beside single features")
        }
        usesDeviations = true
      case "immutable":
        entries += try field.texts().map { Entry(key: $0, line: field.line, immutable: true) }
      case "integer":
        entries += try field.texts().map { Entry(key: $0, line: field.line, step: 1) }
      default: try readFeatures(field)
      }
    }
    guard version != nil else {
      throw PolicyError(line: 1, problem: "`version` is missing; write `version: \(Self.currentVersion)`")
    }
  }

  private mutating func readFeatures(_ field: PolicyField) throws {
    guard case .mapping(let features) = field.value else {
      throw field.failure("`features` is a mapping: a feature's name or number, then what holds of it")
    }
    for (keyNode, value) in features {
      guard case .scalar(let name) = keyNode, case .mapping(let limits) = value else {
        throw PolicyError(
          line: keyNode.mark?.line,
          problem: "a feature is a name or a number, followed by a mapping such as `{lower: 0, upper: 1}`")
      }
      var entry = Entry(key: name.string, line: keyNode.mark?.line)
      for (key, value) in limits { try set(try PolicyField(key, value, known: Self.featureKeys), in: &entry) }
      entries.append(entry)
    }
  }

  private func set(_ field: PolicyField, in entry: inout Entry) throws {
    func number(_ kind: String, _ valid: (Double) -> Bool = { _ in true }) throws -> Double {
      try field.scalar(kind, DecimalNumber.parse, valid: valid)
    }
    func flag() throws -> Bool {
      try field.scalar("is true or false", { $0 == "true" ? true : $0 == "false" ? false : nil })
    }
    switch field.name {
    case "lower": entry.lower = try number("is a number")
    case "upper": entry.upper = try number("is a number")
    case "step": entry.step = try number("is a number above 0") { $0 > 0 }
    case "scale": entry.scale = try number("is a number above 0") { $0 > 0 }
    case "immutable": entry.immutable = try flag()
    default: if try flag() { entry.step = 1 }
    }
  }
}

extension ThreatFile {
  /// The limits of the coordinates of inputs.
  ///
  /// - Parameters:
  ///   - dimension: d.
  ///   - names: The features' names, d of them, where the data have any.
  ///   - mask: false where a value may not change; `nil` without a mask.
  ///   - deviations: The standard deviation of each feature over the data.
  /// - Throws: `PolicyError` for a feature that does not exist or whose limits make no sense.
  public func limits(
    dimension: Int, names: [String]?, mask: [Bool]?, deviations: () -> [Float]
  ) throws -> FeatureLimits {
    var lower = [Float](repeating: -.infinity, count: dimension)
    var upper = [Float](repeating: .infinity, count: dimension)
    var step = [Float](repeating: 0, count: dimension)
    var scale = [Float](repeating: 1, count: dimension)
    var immutable = Set((mask ?? []).indices.filter { mask?[$0] == false })
    if let mask, mask.count != dimension {
      throw failure("the mask has \(mask.count) values, an input \(dimension)")
    }
    var scaled: Set<Int> = []
    for entry in entries {
      for i in try coordinates(entry, dimension: dimension, names: names) {
        if let value = entry.lower { lower[i] = Float(value) }
        if let value = entry.upper { upper[i] = Float(value) }
        if let value = entry.step { step[i] = Float(value) }
        if let value = entry.scale {
          scale[i] = Float(value)
          scaled.insert(i)
        }
        if let isFixed = entry.immutable {
          if isFixed { immutable.insert(i) } else { immutable.remove(i) }
        }
        guard lower[i] <= upper[i] else {
          throw failure(
            "`\(entry.key)`: the lower bound \(lower[i]) is above the upper one \(upper[i])", entry.line)
        }
      }
    }
    if usesDeviations {
      let deviations = deviations()
      for i in 0..<dimension where !scaled.contains(i) && !immutable.contains(i) {
        guard deviations[i] > 0 else {
          throw failure(
            "feature \(names?[i] ?? "\(i)") has the same value in all inputs, so that it has no standard deviation; "
              + "give it a `scale`, or make it immutable")
        }
        scale[i] = deviations[i]
      }
    }
    guard immutable.count < dimension else { throw failure("no feature may change; leave one mutable") }
    do {
      return try FeatureLimits(
        count: dimension, lower: lower, upper: upper, immutable: Array(immutable), step: step, scale: scale)
    } catch {
      throw failure("\(error)")
    }
  }

  private func coordinates(_ entry: Entry, dimension: Int, names: [String]?) throws -> ClosedRange<Int> {
    if let position = names?.firstIndex(of: entry.key) { return position...position }
    let ends = entry.key.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2 else {
      let hint = names.map { NearestName.hint(entry.key, among: $0) }
      throw failure(
        "there is no feature `\(entry.key)`; \(hint ?? "the data name none: give positions from 0")",
        entry.line)
    }
    guard first >= 0, first <= last, last < dimension else {
      throw failure("`\(entry.key)`: positions go from 0 to \(dimension - 1)", entry.line)
    }
    return first...last
  }

  private func failure(_ problem: String, _ line: Int? = nil) -> PolicyError {
    PolicyError(line: line, problem: problem)
  }
}
