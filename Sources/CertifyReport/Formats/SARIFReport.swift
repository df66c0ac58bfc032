import CZlib
import CertifyResults
import Foundation

/// `results.sarif`: failed requirements, contradictions, inputs that could not be evaluated and a run that is
/// incomplete, in the Static Analysis Results Interchange Format 2.1.0 (OASIS), for code scanning.
///
/// Code scanning takes results of one rule at one place for the same unless their fingerprints differ: each
/// requirement has its own.
public struct SARIFReport: ReportFormat {
  public let name = "sarif"
  public let purpose = "failed requirements for code scanning, SARIF 2.1.0"

  public init() {}

  public func render(_ source: ReportSource) throws -> [ReportFile] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let log = Log(runs: [run(source)])
    let text = String(decoding: try encoder.encode(log), as: UTF8.self)
    return [ReportFile(path: "results.sarif", text: text + "\n")]
  }

  private func run(_ source: ReportSource) -> Log.Run {
    let manifest = source.results.manifest
    let location = Log.Location(path: manifest.model.path)
    var results = (source.verdict?.requirements ?? []).filter { !$0.pass && $0.level != .off }.map {
      outcome in
      Log.Result(
        ruleId: "requirement", ruleIndex: 0, level: outcome.fails ? "error" : "warning",
        message: .init(
          text: ([Wording.shortfall(outcome)] + Wording.reasons(outcome)).map(PlainText.visible)
            .joined(separator: "\n")),
        locations: [location],
        suppressions: outcome.isWaived
          ? outcome.waiver.map { [.init(justification: "\($0.reason) (until \($0.expires))")] } : nil,
        partialFingerprints: .init(of: outcome.requirement),
        properties: .init(
          requirement: outcome.requirement, expected: outcome.expected, found: outcome.found,
          decidingInputs: outcome.decidingInputs))
    }
    let shortcomings = Shortcoming.all(of: source)
    results += shortcomings.map { shortcoming in
      let rule = shortcoming.kind.rawValue
      return Log.Result(
        ruleId: rule, ruleIndex: Log.Driver.rules.firstIndex { $0.id == rule } ?? -1, level: "error",
        message: .init(
          text: ([shortcoming.headline] + shortcoming.details).map(PlainText.visible)
            .joined(separator: "\n")),
        locations: [location], suppressions: nil, partialFingerprints: .init(of: rule), properties: nil)
    }
    return Log.Run(
      tool: .init(driver: .init(version: manifest.tool.version)),
      invocations: [
        .init(
          executionSuccessful: shortcomings.allSatisfy { $0.kind == .contradiction },
          commandLine: manifest.command)
      ], results: results)
  }

  private struct Log: Encodable {
    var schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    var version = "2.1.0"
    var runs: [Run]

    enum CodingKeys: String, CodingKey {
      case schema = "$schema"
      case version, runs
    }

    struct Run: Encodable {
      var tool: Tool
      var invocations: [Invocation]
      var results: [Result]
    }

    struct Tool: Encodable {
      var driver: Driver
    }

    struct Driver: Encodable {
      var name = "certify"
      var version: String
      var rules = Driver.rules

      static let rules =
        [
          Rule(
            id: "requirement",
            shortDescription: .init(text: "A requirement on the model's robustness is not met."))
        ]
        + Shortcoming.Kind.allCases.map { Rule(id: $0.rawValue, shortDescription: .init(text: meaning($0))) }

      private static func meaning(_ kind: Shortcoming.Kind) -> String {
        switch kind {
        case .contradiction: "A witness lies inside a certified radius, confirmed on fresh samples."
        case .notEvaluated: "Inputs could not be evaluated."
        case .incomplete: "The run ended before every input was evaluated."
        }
      }
    }

    struct Rule: Encodable {
      var id: String
      var shortDescription: Message
    }

    struct Message: Encodable {
      var text: String
    }

    struct Invocation: Encodable {
      var executionSuccessful: Bool
      var commandLine: String
    }

    struct Result: Encodable {
      var ruleId: String
      var ruleIndex: Int
      var level: String
      var message: Message
      var locations: [Location]
      var suppressions: [Suppression]?
      var partialFingerprints: Fingerprints
      var properties: Properties?
    }

    struct Fingerprints: Encodable {
      var primaryLocationLineHash: String

      init(of text: String) {
        let bytes = Array(text.utf8)
        let sum = bytes.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) }
        primaryLocationLineHash = String(sum, radix: 16)
      }
    }

    struct Suppression: Encodable {
      var kind = "external"
      var status = "accepted"
      var justification: String
    }

    struct Properties: Encodable {
      var requirement: String
      var expected: String
      var found: Double?
      var decidingInputs: [Int]
    }

    struct Location: Encodable {
      var physicalLocation: Physical

      struct Physical: Encodable {
        var artifactLocation: Artifact
        // Code scanning wants a line; a saved model has none.
        var region = Region()
      }

      struct Region: Encodable {
        var startLine = 1
      }

      struct Artifact: Encodable {
        var uri: String
      }

      init(path: String) {
        physicalLocation = Physical(artifactLocation: Artifact(uri: PathReference.encoded(path)))
      }
    }
  }
}
