import CertifyResults
import Foundation

/// `results.sarif`: failed requirements and contradictions in the Static Analysis Results Interchange Format
/// 2.1.0 (OASIS), for code scanning.
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
        properties: .init(
          requirement: outcome.requirement, expected: outcome.expected, found: outcome.found,
          decidingInputs: outcome.decidingInputs))
    }
    if source.summary.contradictions > 0 {
      results.append(
        Log.Result(
          ruleId: "contradiction", ruleIndex: 1, level: "error",
          message: .init(
            text: "\(PlainText.count(source.summary.contradictions, "contradiction")) stood the retest: "
              + "a witness lies inside a certified radius."),
          locations: [location], suppressions: nil, properties: nil))
    }
    return Log.Run(
      tool: .init(driver: .init(version: manifest.tool.version)),
      invocations: [
        .init(
          executionSuccessful: !source.results.interrupted && !source.results.inputs.isEmpty,
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
      var rules = [
        Rule(
          id: "requirement",
          shortDescription: .init(text: "A requirement on the model's robustness is not met.")),
        Rule(
          id: "contradiction",
          shortDescription: .init(
            text: "A witness lies inside a certified radius, confirmed on fresh samples.")),
      ]
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
      var properties: Properties?
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
