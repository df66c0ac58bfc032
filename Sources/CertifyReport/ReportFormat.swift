import CertifyGate
import CertifyResults

/// What a report is made of.
public struct ReportSource: Sendable, Equatable {
  public var results: RunResults
  public var summary: Summary
  /// `nil` when the run was not judged.
  public var verdict: Verdict?

  /// - Parameters:
  ///   - results: The run.
  ///   - summary: Its figures; computed from `results` when left out, with accuracies at the radii
  ///     that the verdict speaks of besides those that fit.
  ///   - verdict: What a gate said of it.
  public init(results: RunResults, summary: Summary? = nil, verdict: Verdict? = nil) {
    self.results = results
    let asked = (verdict?.requirements ?? []).compactMap { outcome in
      (try? Requirement(parsing: outcome.requirement))?.figure.radius
    }
    self.summary = summary ?? Summary(of: results, including: asked)
    self.verdict = verdict
  }
}

/// A file of a report.
public struct ReportFile: Sendable, Equatable {
  /// Relative to the output directory, with `/`.
  public var path: String
  public var text: String

  public init(path: String, text: String) {
    self.path = path
    self.text = text
  }
}

/// A way to write a run down. Pure: nothing is read or written.
public protocol ReportFormat: Sendable {
  /// The name on the command line.
  var name: String { get }
  /// What it is good for, in a few words.
  var purpose: String { get }
  /// The files, the main one first.
  func render(_ source: ReportSource) throws -> [ReportFile]
}

/// The formats there are. A new one is one file and a line here.
public enum ReportFormats {
  public static let all: [any ReportFormat] = [MarkdownReport(), JSONReport(), CSVReport()]

  /// The format of a name.
  ///
  /// - Throws: `UnknownReportFormat`, with the nearest name.
  public static func named(_ name: String) throws -> any ReportFormat {
    guard let format = all.first(where: { $0.name == name }) else { throw UnknownReportFormat(name: name) }
    return format
  }
}

/// A name that no format has.
public struct UnknownReportFormat: Error, Equatable, CustomStringConvertible {
  public var name: String

  public init(name: String) { self.name = name }

  public var description: String {
    "there is no report format `\(name)`; \(NearestName.hint(name, among: ReportFormats.all.map(\.name)))"
  }
}
