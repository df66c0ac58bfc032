import Foundation

/// The content of `results.json`: the record of a run, its summary and, where it was judged, the verdict.
///
/// Deterministic: equal values are equal bytes (``RecordJSON``).
public struct ResultsFile: Sendable, Equatable {
  /// The record of the run.
  public var results: RunResults
  /// Its figures.
  public var summary: Summary
  /// What a gate decided; `nil` when the run was not judged.
  public var verdict: Verdict?

  public init(results: RunResults, summary: Summary, verdict: Verdict?) {
    self.results = results
    self.summary = summary
    self.verdict = verdict
  }

  /// The file's text: `schemaVersion`, `manifest`, `interrupted`, `shard`, `diagnosis` and `classNames` where
  /// there are any, `inputs` with one line an input, `summary` and `verdict` (`null` when the run was not judged); the
  /// keys inside these are in alphabetical order.
  public func json() throws -> String {
    let inputs = try results.inputs.map { try RecordJSON.encode($0) }
    let diagnosis = try results.diagnosis.map {
      "\n\"diagnosis\": \(try RecordJSON.encode($0, pretty: true)),"
    }
    let names = try results.classNames.map {
      "\n\"classNames\": \(try RecordJSON.encode($0)),"
    }
    let shard = try results.shard.map { "\n\"shard\": \(try RecordJSON.encode($0))," }
    return """
      {
      "schemaVersion": \(results.schemaVersion),
      "manifest": \(try RecordJSON.encode(results.manifest, pretty: true)),
      "interrupted": \(results.interrupted),\(shard ?? "")\(diagnosis ?? "")\(names ?? "")
      "inputs": [\(inputs.isEmpty ? "" : "\n")\(inputs.joined(separator: ",\n"))
      ],
      "summary": \(try RecordJSON.encode(summary, pretty: true)),
      "verdict": \(try verdict.map { try RecordJSON.encode($0, pretty: true) } ?? "null")
      }

      """
  }

  /// Reads a file's bytes, and checks that what they say is possible.
  ///
  /// - Throws: `ResultsFileError`.
  public init(json: Data) throws {
    let version = try RecordJSON.decode(VersionOnly.self, from: json).schemaVersion
    guard version == RunResults.currentSchemaVersion else {
      throw ResultsFileError.otherVersion(version)
    }
    let content = try RecordJSON.decode(Content.self, from: json)
    results = RunResults(
      manifest: content.manifest, inputs: content.inputs, interrupted: content.interrupted,
      diagnosis: content.diagnosis, classNames: content.classNames, shard: content.shard)
    summary = content.summary
    verdict = content.verdict
    try results.validate()
  }

  private struct VersionOnly: Decodable {
    var schemaVersion: Int
  }

  private struct Content: Decodable {
    var manifest: RunManifest
    var interrupted: Bool
    var diagnosis: GradientDiagnosis?
    var classNames: [String]?
    var shard: Shard?
    var inputs: [InputResult]
    var summary: Summary
    var verdict: Verdict?
  }
}

/// Why a `results.json` cannot be used.
public enum ResultsFileError: Error, Equatable, CustomStringConvertible {
  /// It is not JSON, breaks off, or holds a number that does not fit; the decoder does not tell which.
  case notJSON
  /// It is JSON of another form; where, and what was expected.
  case malformed(path: String, problem: String)
  /// It was written in another version of the form.
  case otherVersion(Int)
  /// It says something that no run can have found.
  case inconsistent(String)

  public var description: String {
    switch self {
    case .notJSON:
      "the results are not valid JSON or hold a number out of range; "
        + "the file is damaged or incomplete: run certify again"
    case .malformed(let path, let problem):
      "the results are not in the form that certify writes: at \(path): \(problem); run certify again"
    case .otherVersion(let version):
      "the results have schema version \(version), this certify reads version "
        + "\(RunResults.currentSchemaVersion); read them with the certify that wrote them, or run again"
    case .inconsistent(let problem):
      "the results contradict themselves: \(problem); the file was changed or damaged: run certify again"
    }
  }

  init(_ error: DecodingError) {
    switch error {
    case .dataCorrupted(let context) where context.codingPath.isEmpty:
      self = .notJSON
    case .dataCorrupted(let context):
      self = .malformed(path: Self.path(context.codingPath), problem: context.debugDescription)
    case .keyNotFound(let key, let context):
      self = .malformed(path: Self.path(context.codingPath), problem: "`\(key.stringValue)` is missing")
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      self = .malformed(path: Self.path(context.codingPath), problem: context.debugDescription)
    @unknown default:
      self = .notJSON
    }
  }

  private static func path(_ keys: [any CodingKey]) -> String {
    guard !keys.isEmpty else { return "the top" }
    return keys.reduce(into: "") { path, key in
      if let index = key.intValue {
        path += "[\(index)]"
      } else {
        path += (path.isEmpty ? "" : ".") + key.stringValue
      }
    }
  }
}
