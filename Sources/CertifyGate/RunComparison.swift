import CertifyResults

/// Two runs on the same data, input by input: what a change of the model gained and lost.
public struct RunComparison: Sendable, Equatable {
  /// One classifier and norm in both runs.
  public struct Part: Sendable, Equatable {
    /// The classifier and the norm.
    public var key: BracketKey
    /// Clean accuracy, then certified and attacked accuracy at each radius, where the runs have them.
    public var rows: [PairedComparison]
  }

  /// In order of the keys that both runs have.
  public var parts: [Part]
  /// What only one of them has.
  public var onlyInBase: [BracketKey]
  /// What only the current run has.
  public var onlyInCurrent: [BracketKey]
  /// What is different besides the model, one clause each.
  public var notes: [String]

  /// - Parameters:
  ///   - base: The earlier run.
  ///   - current: The later run.
  ///   - radii: Where certified and attacked accuracy are compared; empty for radii that fit.
  /// - Throws: `ComparisonError` for runs that cannot be compared; what the statistics throw.
  public init(base: RunResults, current: RunResults, radii: [Double]) throws {
    let obstacles = Comparability.differentInputs(base, current)
    guard obstacles.isEmpty else { throw ComparisonError.notTheSame(obstacles) }
    let indices = Set(base.inputs.map(\.index)).intersection(current.inputs.map(\.index))
    guard !indices.isEmpty else { throw ComparisonError.noCommonInput }
    let keys = Set(base.keys).intersection(current.keys).sorted()
    guard !keys.isEmpty else { throw ComparisonError.noCommonKey(base: base.keys, current: current.keys) }
    onlyInBase = base.keys.filter { !keys.contains($0) }
    onlyInCurrent = current.keys.filter { !keys.contains($0) }
    notes = Self.notes(base, current, common: indices.count)
    parts = try keys.map { key in
      try Self.part(key, base, current, indices: indices, radii: radii)
    }
  }

  private static func part(
    _ key: BracketKey, _ base: RunResults, _ current: RunResults, indices: Set<Int>, radii: [Double]
  ) throws -> Part {
    func sample(_ results: RunResults) -> Sample {
      Sample(
        key: key, manifest: results.manifest,
        inputs: results.inputs.filter { indices.contains($0.index) }
          .compactMap { input in input.bracket(of: key).map { (input.index, $0) } },
        comparison: .atLeast)
    }
    let before = sample(base)
    let now = sample(current)
    let brackets = (before.inputs + now.inputs).map(\.bracket)
    let reach = brackets.map(\.certifiedRadius).filter(\.isFinite).max() ?? 0
    let witnesses = brackets.compactMap(\.upperInForce?.radius).filter(\.isFinite).sorted()
    let fitting = RadiusList.fitting(
      reach > 0 ? reach : Quantile.of(0.9, sorted: witnesses) ?? 0, steps: 5)
    let chosen = (radii.isEmpty ? fitting.filter { $0 > 0 } : radii).sorted()
    var figures: [Figure] = [.cleanAccuracy]
    if brackets.contains(where: { $0.lowerInForce != nil }) {
      figures += chosen.map { .certifiedAccuracy(radius: $0) }
    }
    if brackets.contains(where: { $0.attack != nil }) {
      figures += chosen.map { .attackedAccuracy(radius: $0) }
    }
    return Part(
      key: key, rows: try figures.map { try PairedComparison(base: before, current: now, figure: $0) })
  }

  private static func notes(_ base: RunResults, _ current: RunResults, common: Int) -> [String] {
    var notes: [String] = []
    func compare<Value: Equatable>(_ name: String, _ before: Value, _ now: Value) {
      if before != now { notes.append("\(name): \(before) in the base, \(now) in the current run") }
    }
    let old = base.manifest
    let new = current.manifest
    if base.inputs.count != common || current.inputs.count != common {
      notes.append(
        "\(common) inputs are in both runs, of \(base.inputs.count) in the base and "
          + "\(current.inputs.count) in the current run; the others are left out")
    }
    compare("interrupted", base.interrupted, current.interrupted)
    compare("samples", old.samples, new.samples)
    compare("selection-samples", old.selectionSamples, new.selectionSamples)
    compare("alpha", old.alpha, new.alpha)
    compare("seed", old.seed, new.seed)
    compare("certificates", old.certificates, new.certificates)
    compare("attacks", old.attacks, new.attacks)
    compare("epsilon", old.epsilons, new.epsilons)
    compare("certify", old.tool.version, new.tool.version)
    compare("kernels", old.tool.kernels, new.tool.kernels)
    compare("instruction set", old.tool.instructionSet, new.tool.instructionSet)
    for name in Set(old.parameters.keys).union(new.parameters.keys).sorted() {
      compare(name, old.parameters[name] ?? "absent", new.parameters[name] ?? "absent")
    }
    return notes
  }
}

/// Why two runs cannot be compared.
public enum ComparisonError: Error, Equatable, CustomStringConvertible {
  /// They are of other data or another threat model.
  case notTheSame([String])
  /// They have no input in common.
  case noCommonInput
  /// They have no classifier and norm in common.
  case noCommonKey(base: [BracketKey], current: [BracketKey])

  public var description: String {
    switch self {
    case .notTheSame(let obstacles):
      "the runs cannot be compared: \(obstacles.joined(separator: "; ")); run one of them again"
    case .noCommonInput:
      "the runs cannot be compared: no input is in both; run one of them again on the same inputs"
    case .noCommonKey(let base, let current):
      "the runs cannot be compared: the base has \(Self.list(base)), the current run \(Self.list(current)); "
        + "run one of them again with the other's classifiers, noise and norms"
    }
  }

  private static func list(_ keys: [BracketKey]) -> String {
    keys.isEmpty ? "no brackets" : keys.map { "(\($0))" }.joined(separator: " and ")
  }
}
