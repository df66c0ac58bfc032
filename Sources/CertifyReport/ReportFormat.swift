import CertifyGate
import CertifyResults

/// A file of a report.
public struct ReportFile: Sendable, Equatable {
  /// Relative to the output directory, with `/`.
  public var path: String
  /// The content.
  public var bytes: [UInt8]

  /// A file of `text`, in UTF-8, at `path` relative to the output directory.
  public init(path: String, text: String) { self.init(path: path, bytes: Array(text.utf8)) }

  public init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }

  /// The content of a file of text.
  public var text: String { String(decoding: bytes, as: UTF8.self) }
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
  /// Those that a run writes.
  public static let written: [any ReportFormat] = [
    MarkdownReport(), HTMLReport(), JSONReport(), CSVReport(), JUnitReport(), SARIFReport(),
  ]

  /// All that can be asked for.
  public static let all: [any ReportFormat] =
    written + [JUnitReport(inputs: true), GitHubAnnotations(), StepSummary()]

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
  /// The name that was asked for.
  public var name: String

  public init(name: String) { self.name = name }

  public var description: String {
    "there is no report format `\(name)`; \(NearestName.hint(name, among: ReportFormats.all.map(\.name)))"
  }
}
