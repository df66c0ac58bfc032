import CertifyReport
import CertifyResults
import Foundation

/// A page with what it takes to make it again.
public struct ExperimentRecord: Sendable, Codable, Equatable {
  /// The experiment's name.
  public var experiment: String
  /// How large it was.
  public var scale: ExperimentSetting.Scale
  /// What everything random was drawn from.
  public var seed: UInt64
  /// The version of the program that ran it.
  public var toolVersion: String
  /// What came out.
  public var page: ExperimentPage

  public init(
    experiment: String, scale: ExperimentSetting.Scale, seed: UInt64, toolVersion: String,
    page: ExperimentPage
  ) {
    self.experiment = experiment
    self.scale = scale
    self.seed = seed
    self.toolVersion = toolVersion
    self.page = page
  }

  /// Reads a record.
  ///
  /// - Throws: `ResultsFileError` for what is none.
  public init(json: Data) throws { self = try RecordJSON.decode(ExperimentRecord.self, from: json) }

  /// The page, its figures and the record itself: `NAME.md`, `NAME-FIGURE.svg` and `NAME.json`.
  ///
  /// - Throws: What encoding throws.
  public func files() throws -> [ReportFile] {
    let blocks = ExperimentDocument(self).blocks
    return [ReportFile(path: "\(experiment).md", text: MarkdownRenderer().render(blocks) + "\n")]
      + blocks.files
      + [ReportFile(path: "\(experiment).json", text: try RecordJSON.encode(self, pretty: true) + "\n")]
  }

  /// Where a figure lies beside the record.
  func path(of figure: ExperimentFigure) -> String { "\(experiment)-\(figure.name).svg" }
}
