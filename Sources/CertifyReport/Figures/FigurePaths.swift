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

  /// `figures/accuracy-base-l2.svg` and the like.
  func path(_ kind: String, _ key: BracketKey, ending: String = "svg") -> String {
    "figures/\(kind)-\(names[key] ?? Wording.fileName(key)).\(ending)"
  }
}
