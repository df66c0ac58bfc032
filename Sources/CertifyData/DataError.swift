/// Why a data set cannot be used. Every description says what is wrong, where, and what to do.
public enum DataError: Error, Equatable, CustomStringConvertible {
  /// There is no file at `path`.
  case fileNotFound(path: String)
  /// The file exists and cannot be read.
  case unreadable(path: String, reason: String)
  /// The bytes of a file are not what its format asks for.
  ///
  /// `source` is the path, with the entry for an archive; `place` an offset, a row or a field in it.
  case malformed(source: String, place: String, problem: String, remedy: String)
  /// The file is sound, and holds something that is not read here.
  case unsupported(source: String, problem: String, remedy: String)
  /// An archive does not say which of its arrays are the inputs or the labels.
  case ambiguous(source: String, wanted: String, holds: [String])
  /// There are not as many labels as inputs.
  case labelCount(inputs: Int, labels: Int, source: String)
  /// The first label that is no class of the model.
  case labelOutOfRange(input: Int, label: Int, classCount: Int)
  /// Labels are needed and there are none.
  case labelsMissing
  /// The first value outside the bounds, in row-major order.
  case valueOutOfBounds(input: Int, coordinate: Int, value: Float, lower: Float, upper: Float)
  /// The first value that is NaN or infinite as a 32-bit float.
  case notFinite(source: String, input: Int, coordinate: Int, value: Float)
  /// The inputs do not have the model's shape.
  case shapeMismatch(data: [Int], model: [Int], remedy: String)
  /// A selection leaves no inputs, or makes no sense.
  case nothingSelected(problem: String)

  /// Whether the file is missing or unreadable, rather than bad.
  public var isMissingFile: Bool {
    switch self {
    case .fileNotFound, .unreadable: true
    default: false
    }
  }

  /// One line: control characters that names and fields of a file may hold are shown as `?`.
  public var description: String {
    String(
      String.UnicodeScalarView(
        message.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
  }

  private var message: String {
    switch self {
    case .fileNotFound(let path):
      "\(path): no such file; check the path"
    case .unreadable(let path, let reason):
      "\(path): cannot be read: \(reason)"
    case .malformed(let source, let place, let problem, let remedy):
      "\(source), \(place): \(problem); \(remedy)"
    case .unsupported(let source, let problem, let remedy):
      "\(source): \(problem); \(remedy)"
    case .ambiguous(let source, let wanted, let holds):
      "\(source): which array holds the \(wanted)? It has \(holds.isEmpty ? "none" : holds.joined(separator: ", ")); "
        + "name them `images` and `labels`"
    case .labelCount(let inputs, let labels, let source):
      "\(source): \(labels) labels for \(inputs) inputs; give one label an input"
    case .labelOutOfRange(let input, let label, let classCount):
      "input \(input) has label \(label), and the model's classes are 0…\(classCount - 1); "
        + "check that the labels count from 0 and belong to this model"
    case .labelsMissing:
      "the data hold no labels; add an array named `labels`, or give a labels file"
    case .valueOutOfBounds(let input, let coordinate, let value, let lower, let upper):
      "input \(input), coordinate \(coordinate) is \(value), outside [\(lower), \(upper)]; "
        + "scale the data (8-bit values stored as uint8 are divided by 255), or give the bounds they have"
    case .notFinite(let source, let input, let coordinate, let value):
      "\(source): input \(input), coordinate \(coordinate) is \(value); remove or repair this input"
    case .shapeMismatch(let data, let model, let remedy):
      "inputs of shape \(data) do not fit a model of input shape \(model); \(remedy)"
    case .nothingSelected(let problem):
      "no inputs are selected: \(problem)"
    }
  }
}
