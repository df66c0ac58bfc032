/// Choices that a file may leave open.
public struct DatasetOptions: Sendable, Equatable {
  /// The name of the inputs' array in a .npz archive; `nil` to recognise it.
  public var inputsEntry: String?
  /// The name of the labels' array in a .npz archive; `nil` to recognise it.
  public var labelsEntry: String?
  /// The label column of a CSV file.
  public var labelColumn: LabelColumn

  /// Where a CSV file has its labels.
  public enum LabelColumn: Sendable, Equatable {
    /// The column whose header is `label`, `labels`, `class`, `target`, `targets` or `y`; without one the
    /// first column, or none when the labels come from a file of their own.
    case automatic
    /// The column with this header, capitals aside.
    case named(String)
    /// The column at this position, from 0.
    case index(Int)
    /// No column: all hold inputs.
    case absent
  }

  public init(
    inputsEntry: String? = nil, labelsEntry: String? = nil, labelColumn: LabelColumn = .automatic
  ) {
    self.inputsEntry = inputsEntry
    self.labelsEntry = labelsEntry
    self.labelColumn = labelColumn
  }
}

extension Dataset {
  /// Reads a data set, in the format its bytes show.
  ///
  /// - .npz: the arrays named `images`, `x`, `inputs`, `data` or `features` and `labels`, `y`, `targets` or
  ///   `target`, capitals aside and with `test` before or after where there are several; or the only array,
  ///   or `arr_0` and `arr_1`.
  /// - .npy: one array whose first axis counts the inputs.
  /// - IDX (MNIST), CIFAR-10 and CIFAR-100 binary (.bin), CSV; each also compressed by gzip.
  ///
  /// Elements of 8 bits without sign are divided by 255; all others are taken as they are, 64-bit ones
  /// rounded to 32 bits. A CSV file whose inputs are all integers from 0 to 255, at least one above 1, is
  /// 8-bit. ``scaling`` says which it was.
  ///
  /// - Parameters:
  ///   - path: the data file.
  ///   - labelsPath: a file with one label an input (.npy, .npz, IDX or text); its labels replace any others.
  ///   - options: which columns of a CSV file are labels or left out, and how many classes a CIFAR file has.
  /// - Throws: ``DataError``.
  public static func load(
    path: String, labelsPath: String? = nil, options: DatasetOptions = DatasetOptions()
  ) throws -> Dataset {
    let content = try DataFile.read(path)
    let labels = try labelsPath.map { path in
      try LabelReader.labels(in: try DataFile.read(path), options: options)
    }
    let isLabelled = labels != nil
    var names: [String]?
    var found: (array: NumericArray, labels: [Int]?, scaling: String?, notes: [String])
    switch content.format {
    case .npz:
      let archive = try ZipArchive(content.bytes, path: path)
      let choice = try NpzChoice(archive, path: path, options: options, wantsLabels: !isLabelled)
      found = (try choice.inputs(), try choice.labels(), nil, choice.notes)
    case .npy:
      found = (try NpyFile.read(content.bytes, source: path), nil, nil, [])
    case .idx:
      found = (try IDXFile.read(content.bytes, source: path), nil, nil, [])
    case .cifar:
      let batch = try CIFARFile.read(content.bytes, source: path)
      found = (batch.pixels, batch.labels, nil, ["\(path) was read as a binary batch of \(batch.name)"])
    case .text:
      let table = try CSVTable(content.bytes, source: path)
      found = try table.inputs(labelColumn: options.labelColumn, isLabelled: isLabelled)
      names = try table.inputNames(labelColumn: options.labelColumn, isLabelled: isLabelled)
    }
    guard let inputs = found.array.shape.first, inputs > 0 else {
      throw DataError.malformed(
        source: path, place: "shape \(found.array.shape)", problem: "there are no inputs",
        remedy: "save an array whose first axis counts the inputs")
    }
    let samples: Samples
    var scaling = found.scaling
    switch found.array.elements {
    case .bytes(let values): samples = .bytes(values)
    case .integers(let values): samples = .floats(values.map { Float($0) })
    case .floats(let values): samples = .floats(values)
    }
    if case .floats = samples, found.array.type != "float32" {
      scaling = scaling ?? "as stored (\(found.array.type) as float32)"
    }
    return try Dataset(
      samples: samples, sampleShape: Array(found.array.shape.dropFirst()), labels: labels ?? found.labels,
      scaling: scaling, source: path, labelSource: labelsPath, notes: found.notes, featureNames: names)
  }
}

extension CSVTable {
  /// The inputs and labels of the table.
  func inputs(
    labelColumn: DatasetOptions.LabelColumn, isLabelled: Bool
  ) throws -> (array: NumericArray, labels: [Int]?, scaling: String?, notes: [String]) {
    let column = try self.column(labelColumn, isLabelled: isLabelled)
    let width = columnCount - (column == nil ? 0 : 1)
    guard rowCount > 0, width > 0 else {
      throw DataError.malformed(
        source: source, place: "\(rowCount) rows of \(columnCount) columns", problem: "there are no inputs",
        remedy: "give a label and the coordinates of one input a row")
    }
    let labels = isLabelled ? nil : try column.map { try self.labels(column: $0) }
    var inputs: [Float] = []
    inputs.reserveCapacity(rowCount * width)
    var isInteger = true
    var largest = -Double.infinity
    for row in 0..<rowCount {
      for i in 0..<columnCount where i != column {
        let value = values[row * columnCount + i]
        guard Float(value).isFinite else {
          throw DataError.malformed(
            source: source, place: "line \(lines[row]), column \(i + 1)",
            problem: "\(value) is no finite 32-bit number", remedy: "remove or repair this input")
        }
        isInteger = isInteger && value >= 0 && value <= 255 && value == value.rounded()
        largest = max(largest, value)
        inputs.append(Float(value))
      }
    }
    let note = column.map { "labels are column \($0 + 1)\(header.map { " (\($0[column ?? 0]))" } ?? "")" }
    let isEightBit = isInteger && largest > 1
    let array = NumericArray(
      shape: [rowCount, width],
      elements: isEightBit ? .bytes(inputs.map { UInt8($0) }) : .floats(inputs),
      type: isEightBit ? "uint8" : "float32")
    let scaling = isEightBit ? "divided by 255 (all values are integers from 0 to 255)" : nil
    return (array, labels, scaling, note.map { ["\(source): \($0)"] } ?? [])
  }

  /// The header without the label's column.
  func inputNames(labelColumn: DatasetOptions.LabelColumn, isLabelled: Bool) throws -> [String]? {
    let column = try self.column(labelColumn, isLabelled: isLabelled)
    return header.map { names in names.indices.filter { $0 != column }.map { names[$0] } }
  }

  /// The labels in one column.
  func labels(column: Int) throws -> [Int] {
    try (0..<rowCount).map { row in
      let value = values[row * columnCount + column]
      guard let label = Int(exactly: value) else {
        throw DataError.malformed(
          source: source, place: "line \(lines[row]), column \(column + 1)",
          problem: "the label \(value) is no integer",
          remedy: "name the label column `label` in a header, or put integer labels first")
      }
      return label
    }
  }

  /// The position of the label column.
  private func column(_ choice: DatasetOptions.LabelColumn, isLabelled: Bool) throws -> Int? {
    func columns(named names: [String]) -> [Int] {
      (header ?? []).indices.filter { names.contains(header?[$0].lowercased() ?? "") }
    }
    switch choice {
    case .absent: return nil
    case .index(let index):
      guard index >= 0, index < columnCount else {
        throw DataError.malformed(
          source: source, place: "\(columnCount) columns", problem: "there is no column \(index)",
          remedy: "count the columns from 0")
      }
      return index
    case .named(let name):
      guard let index = columns(named: [name.lowercased()]).first else {
        throw DataError.malformed(
          source: source, place: "header", problem: "there is no column '\(name)'",
          remedy:
            "name one of \(header?.prefix(20).joined(separator: ", ") ?? "the columns in a header line")")
      }
      return index
    case .automatic:
      let named = columns(named: LabelReader.names)
      guard named.count <= 1 else {
        throw DataError.ambiguous(
          source: source, wanted: "labels", holds: named.compactMap { header?[$0] })
      }
      return named.first ?? (isLabelled ? nil : 0)
    }
  }
}
