import CertifyResults

/// Where each key's figures lie inside the output directory, every one a path of its own.
struct FigurePaths {
  private let names: [BracketKey: String]

  init(_ keys: [BracketKey]) {
    var taken: Set<String> = []
    var names: [BracketKey: String] = [:]
    for key in keys {
      let name = Wording.fileName(key)
      let candidates = [name] + (2...(keys.count + 1)).map { "\(name)-\($0)" }
      names[key] = candidates.first { taken.insert($0).inserted }
    }
    self.names = names
  }

  /// What a figure of a key shows.
  enum Kind: String, CaseIterable {
    case accuracy, brackets, classes, trajectories, witness
  }

  /// The figure of the gaps of all keys.
  static let gaps = "figures/gaps.svg"

  /// `figures/accuracy-base-l2.svg` and the like; `figures/witness-3-base-l2.png` for the picture of an input.
  func path(_ kind: Kind, _ key: BracketKey, input: Int? = nil, ending: String = "svg") -> String {
    let start = ([kind.rawValue] + (input.map { ["\($0)"] } ?? [])).joined(separator: "-")
    return "figures/\(start)-\(names[key] ?? Wording.fileName(key)).\(ending)"
  }
}

/// What the report and the gallery of a run leave in its directory.
public enum ReportPaths {
  /// The directory of the figures.
  public static let figures = "figures"

  /// The files beside it.
  public static let files = [
    "report.md", "report.html", "results.json", "results.csv", "results.sarif", "junit.xml", "gallery.md",
    "gallery.html",
  ]

  /// Whether a file in the directory of the figures has the name of a figure of some run.
  ///
  /// - Parameter name: Without the directory.
  public static func isFigure(_ name: String) -> Bool {
    if "\(figures)/\(name)" == FigurePaths.gaps { return true }
    return (name.hasSuffix(".svg") || name.hasSuffix(".png"))
      && FigurePaths.Kind.allCases.contains { name.hasPrefix("\($0.rawValue)-") }
  }
}
