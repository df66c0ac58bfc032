import CertifyResults

/// `results.csv`: one row a bracket, at full precision; an absent end, an abstention and whatever does not
/// apply are empty fields, and an input that could not be evaluated has a row with its error; where a retest settled a contradiction the ends are those it left. Quoted as RFC 4180 has it.
public struct CSVReport: ReportFormat {
  public let name = "csv"
  public let purpose = "one row a bracket, for spreadsheets and data frames"

  public init() {}

  public func render(_ source: ReportSource) throws -> [ReportFile] {
    var text = Self.line(Self.columns.map(\.name))
    for input in source.results.inputs {
      if let error = input.error {
        let known = ["index": "\(input.index)", "label": "\(input.label)", "error": error]
        text += Self.line(Self.columns.map { known[$0.name] ?? "" })
      }
      for bracket in input.brackets {
        text += Self.line(Self.columns.map { $0.value(input, bracket) ?? "" })
      }
    }
    return [ReportFile(path: "results.csv", text: text)]
  }

  private struct Column: Sendable {
    var name: String
    var value: @Sendable (InputResult, Bracket) -> String?

    init(
      _ name: String,
      _ value: @escaping @Sendable (InputResult, Bracket) -> (some CustomStringConvertible & Sendable)?
    ) {
      self.name = name
      self.value = { value($0, $1)?.description }
    }
  }

  private static let columns: [Column] = [
    Column("index") { input, _ in input.index },
    Column("label") { input, _ in input.label },
    Column("classifier") { $1.classifier.rawValue },
    Column("noise") { $1.smoothing?.noise },
    Column("sigma") { $1.smoothing?.sigma },
    Column("range_lower") { $1.smoothing?.range?.lower },
    Column("range_upper") { $1.smoothing?.range?.upper },
    Column("norm") { $1.norm.rawValue },
    Column("predicted") { $1.predicted },
    Column("correct") { $1.correct },
    Column("lower_radius") { $1.lowerInForce?.radius },
    Column("lower_method") { $1.lowerInForce?.method },
    Column("lower_confidence") { $1.lowerInForce?.confidence },
    Column("lower_float_sound") { $1.lowerInForce?.floatSound },
    Column("candidate") { $1.lowerInForce?.sampling?.candidate },
    Column("selection_samples") { $1.lowerInForce?.sampling?.selectionSamples },
    Column("samples") { $1.lowerInForce?.sampling?.samples },
    Column("counts") { $1.lowerInForce?.sampling?.counts.map(String.init).joined(separator: " ") },
    Column("failed") { $1.lowerInForce?.sampling?.failed },
    Column("alpha") { $1.lowerInForce?.sampling?.alpha },
    Column("upper_radius") { $1.upperInForce?.radius },
    Column("upper_attack") { $1.upperInForce?.attack },
    Column("upper_confidence") { $1.upperInForce?.confidence },
    Column("witness_class") { $1.upperInForce?.witnessClass },
    Column("attack") { $1.attack?.name },
    Column("queries") { $1.attack?.queries },
    Column("gradients") { $1.attack?.gradients },
    Column("flipped") { $1.attack?.flipped },
    Column("held") { $1.attack?.held },
    Column("inconclusive") { $1.attack?.inconclusive },
    Column("contradiction") { _, bracket in
      bracket.contradictionStands ? "stands" : bracket.contradictionSettled ? "settled" : nil
    },
    Column("error") { input, _ in input.error },
    Column("sampling_gap") { $1.gapParts?.sampling },
    Column("method_gap") { $1.gapParts?.method },
    Column("attack_gap") { $1.gapParts?.attack },
    Column("targets") { $1.targets?.map { "\($0.target)" }.joined(separator: " ") },
    Column("target_radii") {
      $1.targets?.map { $0.radius.map { "\($0)" } ?? "-" }.joined(separator: " ")
    },
  ]

  private static func line(_ fields: [String]) -> String {
    fields.map(quoted).joined(separator: ",") + "\r\n"
  }

  /// A field with a comma, a quote or a line break in quotes, quotes doubled.
  static func quoted(_ field: String) -> String {
    guard field.unicodeScalars.contains(where: { "\",\r\n".unicodeScalars.contains($0) }) else {
      return field
    }
    return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }
}
