import Foundation

/// Files that tests read.
public enum Fixtures {
  /// The package's directory.
  public static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The path of a file under `fixtures/`.
  public static func path(_ relative: String) -> String {
    package.appendingPathComponent("fixtures").appendingPathComponent(relative).path
  }

  /// The names, without their ending, of the files of one kind in a directory under `fixtures/`, sorted.
  public static func names(in directory: String, ending: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(directory)).filter { $0.hasSuffix(".\(ending)") }
      .map { String($0.dropLast(ending.count + 1)) }.sorted()
  }

  /// A directory of models and data that others made, or `nil` when none is named.
  public static var externalModels: String? { ProcessInfo.processInfo.environment["CERTIFY_EXTERNAL_MODELS"] }
}
