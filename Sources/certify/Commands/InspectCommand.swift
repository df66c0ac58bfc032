import ArgumentParser
import Foundation

/// `certify inspect`: the model as it is understood.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show a model as it is understood: operators, shapes, parameters, cost.",
    discussion: """
      Operators are those of the file; what they are computed as is shown after them. Of a model that cannot be \
      certified, every node that is in the way is named, and the exit code is 65.

      Example: certify inspect model.onnx
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  @Argument(help: "The saved classifier, an ONNX file.")
  var model: String

  @Option(help: "How to show it: text or json.")
  var format: Format = .text

  @OptionGroup var common: CommonOptions

  func run() throws {
    try reportingFailures {
      let inspection: Inspection
      do {
        inspection = try Inspection(path: model)
      } catch  where failureCode(error) == .badInput {
        try report(InspectionFailure(path: model, error: error))
        throw ExitCode(FailureCode.badInput.rawValue)
      }
      Terminal.standardOutput(format == .json ? try json(inspection) : inspection.text)
    }
  }

  private func report(_ failure: InspectionFailure) throws {
    for problem in failure.problems { Terminal.standardError("error: \(model): \(problem)") }
    if format == .json { Terminal.standardOutput(try json(failure)) }
  }

  private func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
