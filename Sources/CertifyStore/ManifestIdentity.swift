import CertifyResults
import Crypto
import Foundation

/// What makes two runs the same run: the manifest without the places of its files and without the command line.
public struct ManifestIdentity: Sendable, Equatable {
  /// SHA-256 of the values, in lower-case hexadecimal.
  public let hash: String
  /// Each value by its path in the manifest.
  private let values: [String: Value]

  /// - Throws: What encoding the manifest throws.
  public init(_ manifest: RunManifest) throws {
    var manifest = manifest
    manifest.command = ""
    manifest.model.path = ""
    manifest.data.path = ""
    manifest.labels?.path = ""
    let json = Data(try RecordJSON.encode(manifest).utf8)
    hash = SHA256.hash(data: json).hexadecimal
    values = try RecordJSON.decode(Value.self, from: json).flattened()
  }

  /// A value that differs between two runs.
  public struct Difference: Sendable, Equatable {
    /// Its path in the manifest, such as `samples` or `model.sha256`.
    public var parameter: String
    /// The two values as JSON; `nil` where a run has none.
    public var stored: String?
    /// The value of the run that is asked for.
    public var asked: String?

    /// Both values, and whose they are.
    ///
    /// - Parameters:
    ///   - first: Whose the first value is.
    ///   - second: Whose the second one is.
    public func text(_ first: String, _ second: String) -> String {
      "\(parameter) is \(stored ?? "absent") \(first) and \(asked ?? "absent") \(second)"
    }
  }

  /// The values in which a run that is asked for differs from this one, in the order of their names.
  public func differences(from asked: ManifestIdentity) -> [Difference] {
    Set(values.keys).union(asked.values.keys).sorted().compactMap { name in
      values[name] == asked.values[name]
        ? nil
        : Difference(
          parameter: name, stored: values[name]?.description, asked: asked.values[name]?.description)
    }
  }
}

/// A value of JSON.
private indirect enum Value: Sendable, Equatable, Decodable, CustomStringConvertible {
  case null
  case bool(Bool)
  case integer(Int)
  case unsigned(UInt64)
  case number(Double)
  case string(String)
  case array([Value])
  case object([String: Value])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(UInt64.self) {
      self = .unsigned(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode([Value].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: Value].self))
    }
  }

  /// Objects are taken apart, everything else is a value.
  func flattened(path: String = "") -> [String: Value] {
    guard case .object(let members) = self else { return [path: self] }
    return members.reduce(into: [:]) { values, member in
      let path = path.isEmpty ? member.key : "\(path).\(member.key)"
      values.merge(member.value.flattened(path: path)) { first, _ in first }
    }
  }

  var description: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .unsigned(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string(let value): value
    case .array(let values): values.isEmpty ? "none" : values.map(\.description).joined(separator: " ")
    case .object(let members):
      "{" + members.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "}"
    }
  }
}
