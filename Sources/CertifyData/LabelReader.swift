/// Labels, wherever they are stored.
enum LabelReader {
  /// What arrays and columns of labels are called.
  static let names = ["label", "labels", "class", "target", "targets", "y"]

  /// The labels of a file that holds nothing else, or holds them by name.
  static func labels(in content: DataFile, options: DatasetOptions) throws -> [Int] {
    switch content.format {
    case .npy:
      return try labels(NpyFile.read(content.bytes, source: content.path), source: content.path)
    case .idx:
      return try labels(IDXFile.read(content.bytes, source: content.path), source: content.path)
    case .npz:
      let archive = try ZipArchive(content.bytes, path: content.path)
      return try NpzChoice.labels(alone: archive, path: content.path, options: options)
    case .cifar:
      return try CIFARFile.read(content.bytes, source: content.path).labels
    case .text:
      let table = try CSVTable(content.bytes, source: content.path)
      let named = (table.header ?? []).firstIndex { names.contains($0.lowercased()) }
      guard let column = table.columnCount == 1 ? 0 : named else {
        throw DataError.malformed(
          source: content.path, place: "\(table.columnCount) columns",
          problem: "it does not show which column holds the labels",
          remedy: "give one label a line, or name the column `label` in a header")
      }
      return try table.labels(column: column)
    }
  }

  /// The labels in an array of shape [N] or [N, 1].
  static func labels(_ array: NumericArray, source: String) throws -> [Int] {
    guard array.shape.count >= 1, array.shape.dropFirst().allSatisfy({ $0 == 1 }) else {
      throw DataError.malformed(
        source: source, place: "shape \(array.shape)", problem: "labels have one number an input",
        remedy: "give class numbers: for one-hot rows, their argmax")
    }
    switch array.elements {
    case .bytes(let values): return values.map { Int($0) }
    case .integers(let values): return values
    case .floats(let values):
      return try values.enumerated().map { index, value in
        guard let label = Int(exactly: value) else {
          throw DataError.malformed(
            source: source, place: "element \(index)", problem: "the label \(value) is no integer",
            remedy: "give class numbers, counted from 0")
        }
        return label
      }
    }
  }
}

/// Which arrays of a .npz archive are the inputs and the labels.
struct NpzChoice {
  private let archive: ZipArchive
  private let path: String
  private let inputsEntry: ZipArchive.Entry
  private let labelsEntry: ZipArchive.Entry?
  let notes: [String]

  private static let inputNames = ["images", "image", "x", "inputs", "input", "data", "features"]

  /// Chooses by the names asked for, else by the usual ones.
  ///
  /// - Throws: ``DataError/ambiguous(source:wanted:holds:)`` when they do not decide.
  init(_ archive: ZipArchive, path: String, options: DatasetOptions, wantsLabels: Bool) throws {
    self.archive = archive
    self.path = path
    let arrays = Self.arrays(of: archive)
    let holds = arrays.map(Self.name)
    func pick(_ asked: String?, _ names: [String], _ position: String, _ wanted: String) throws -> ZipArchive
      .Entry?
    {
      if let asked {
        guard let entry = arrays.first(where: { Self.name($0) == asked }) else {
          throw DataError.ambiguous(source: path, wanted: "\(wanted) named '\(asked)'", holds: holds)
        }
        return entry
      }
      let candidates = Self.candidates(arrays, names: names)
      guard candidates.count <= 1 else {
        throw DataError.ambiguous(source: path, wanted: wanted, holds: holds)
      }
      return candidates.first ?? arrays.first { Self.name($0) == position }
    }
    let labels = wantsLabels ? try pick(options.labelsEntry, LabelReader.names, "arr_1", "labels") : nil
    let labelled = Self.candidates(arrays, names: LabelReader.names)
    let rest = arrays.filter { $0 != labels && !labelled.contains($0) }
    guard
      let inputs = try pick(options.inputsEntry, Self.inputNames, "arr_0", "inputs")
        ?? (rest.count == 1 ? rest.first : nil)
    else {
      throw DataError.ambiguous(source: path, wanted: "inputs", holds: holds)
    }
    inputsEntry = inputs
    labelsEntry = labels
    notes =
      holds.count > 2
      ? ["\(path): inputs are \(Self.name(inputs)), labels \(labels.map(Self.name) ?? "none")"] : []
  }

  func inputs() throws -> NumericArray {
    try NpyFile.read(archive.read(inputsEntry), source: "\(path), entry \(inputsEntry.name)")
  }

  func labels() throws -> [Int]? {
    try labelsEntry.map { entry in
      let source = "\(path), entry \(entry.name)"
      return try LabelReader.labels(NpyFile.read(archive.read(entry), source: source), source: source)
    }
  }

  /// The labels of an archive given for its labels: the array so named, or the only one.
  static func labels(alone archive: ZipArchive, path: String, options: DatasetOptions) throws -> [Int] {
    let arrays = arrays(of: archive)
    let named =
      options.labelsEntry.map { asked in arrays.filter { name($0) == asked } }
      ?? candidates(arrays, names: LabelReader.names)
    guard let entry = named.count == 1 ? named.first : arrays.count == 1 ? arrays.first : nil else {
      throw DataError.ambiguous(source: path, wanted: "labels", holds: arrays.map(name))
    }
    let source = "\(path), entry \(entry.name)"
    return try LabelReader.labels(NpyFile.read(archive.read(entry), source: source), source: source)
  }

  private static func arrays(of archive: ZipArchive) -> [ZipArchive.Entry] {
    archive.entries.filter { $0.name.hasSuffix(".npy") }
  }

  private static func name(_ entry: ZipArchive.Entry) -> String { String(entry.name.dropLast(4)) }

  /// The arrays so named: alone, else marked as the test split.
  private static func candidates(_ arrays: [ZipArchive.Entry], names: [String]) -> [ZipArchive.Entry] {
    let plain = arrays.filter { names.contains(name($0).lowercased()) }
    guard plain.isEmpty else { return plain }
    let marked = Set(names.flatMap { ["\($0)_test", "test_\($0)"] })
    return arrays.filter { marked.contains(name($0).lowercased()) }
  }
}
