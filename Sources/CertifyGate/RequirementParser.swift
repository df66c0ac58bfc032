import CertifyResults
import CertifyThreat

extension Requirement {
  /// Reads a requirement: `figure(argument, selector: value, …) >= number`.
  ///
  /// `certified-accuracy` and `attacked-accuracy` take a radius, `certified-radius` takes a quantile in
  /// [0, 1]. Selectors are `classifier`, `norm`, `sigma` and `noise`; `confidence` asks for a one-sided
  /// bound over the inputs. `no-regression(figure, tolerance: number)` compares with a baseline. `:` and `=` are alike, `>=` and `≥`, `<=` and `≤` too. Numbers are decimals or
  /// fractions such as `8/255`.
  ///
  /// - Throws: `RequirementError`, with the column and the nearest known name.
  public init(parsing text: String) throws {
    var parser = RequirementParser(text)
    self = try parser.requirement()
  }
}

struct RequirementParser {
  private let text: String
  private let characters: [Character]
  private var position = 0

  /// The requirement that compares with a baseline.
  static let regression = "no-regression"
  static let selectors = ["classifier", "norm", "sigma", "noise", "confidence"]

  init(_ text: String) {
    self.text = text
    characters = Array(text)
  }

  mutating func requirement() throws -> Requirement {
    skipSpace()
    let nameColumn = position
    let name = take { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
    guard !name.isEmpty else {
      throw failure(nameColumn, "a figure is expected here, such as `certified-accuracy(0.5) >= 0.6`")
    }
    if name == Self.regression { return try regressionRequirement() }
    try check(name, nameColumn, among: Figure.names + [Self.regression])
    let arguments = try arguments()
    let builder = RequirementBuilder(figureName: name, text: text)
    let comparison = try comparison()
    skipSpace()
    let numberColumn = position
    let number = String(characters[position...]).trimmingSpaces
    guard let threshold = DecimalNumber.parse(number) else {
      let found = number.isEmpty ? "nothing" : "`\(number)`"
      throw failure(numberColumn, "a number is expected after `\(comparison.rawValue)`, found \(found)")
    }
    return try builder.build(
      arguments: arguments, comparison: comparison, threshold: threshold, thresholdColumn: numberColumn + 1)
  }

  private func check(_ name: String, _ column: Int, among known: [String]) throws {
    guard known.contains(name) else {
      throw failure(column, "there is no figure `\(name)`; \(NearestName.hint(name, among: known))")
    }
  }

  /// The rest of `no-regression(figure(…), tolerance: number)`.
  private mutating func regressionRequirement() throws -> Requirement {
    skipSpace()
    guard position < characters.count, characters[position] == "(" else {
      throw failure(position, "`(` is expected here, as in `no-regression(clean-accuracy, tolerance: 0.01)`")
    }
    let opening = position
    position += 1
    skipSpace()
    let nameColumn = position
    let name = take { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
    try check(name, nameColumn, among: Figure.names)
    let arguments = try arguments()
    skipSpace()
    var tolerance = 0.0
    if position < characters.count, characters[position] == "," {
      position += 1
      skipSpace()
      let start = position
      let argument = try argument(take { $0 != ")" }, at: start)
      guard argument.name == "tolerance", let value = DecimalNumber.parse(argument.value) else {
        throw failure(start, "`tolerance: ` and a number are expected here")
      }
      tolerance = value
    }
    guard position < characters.count, characters[position] == ")" else {
      throw failure(opening, "this `(` is never closed")
    }
    position += 1
    skipSpace()
    guard position == characters.count else {
      throw failure(position, "`no-regression` ends here: its bound is the baseline's figure")
    }
    return try RequirementBuilder(figureName: name, text: text)
      .buildRegression(arguments: arguments, tolerance: tolerance)
  }

  private mutating func arguments() throws -> [RequirementArgument] {
    skipSpace()
    guard position < characters.count, characters[position] == "(" else { return [] }
    let opening = position
    position += 1
    var arguments: [RequirementArgument] = []
    while true {
      skipSpace()
      let start = position
      let piece = take { $0 != "," && $0 != ")" }
      guard position < characters.count else {
        throw failure(opening, "this `(` is never closed")
      }
      let closing = characters[position] == ")"
      position += 1
      if closing, arguments.isEmpty, piece.trimmingSpaces.isEmpty { return [] }
      arguments.append(try argument(piece, at: start))
      if closing { return arguments }
    }
  }

  private func argument(_ piece: String, at start: Int) throws -> RequirementArgument {
    guard let separator = piece.firstIndex(where: { $0 == ":" || $0 == "=" }) else {
      let value = piece.trimmingSpaces
      guard !value.isEmpty else { throw failure(start, "a value is missing here") }
      return RequirementArgument(name: nil, value: value, column: start + 1)
    }
    let name = String(piece[..<separator]).trimmingSpaces
    let value = String(piece[piece.index(after: separator)...]).trimmingSpaces
    guard !value.isEmpty else { throw failure(start, "`\(name)` has no value") }
    return RequirementArgument(name: name, value: value, column: start + 1)
  }

  private mutating func comparison() throws -> Comparison {
    skipSpace()
    let column = position
    let sign = take { "<>=≤≥!".contains($0) }
    switch sign {
    case ">=", "≥": return .atLeast
    case "<=", "≤": return .atMost
    default:
      let rest = String(characters[column...])
      throw failure(column, "`>=` or `<=` is expected here, found \(rest.isEmpty ? "the end" : "`\(rest)`")")
    }
  }

  private mutating func take(while condition: (Character) -> Bool) -> String {
    let start = position
    while position < characters.count, condition(characters[position]) { position += 1 }
    return String(characters[start..<position])
  }

  private mutating func skipSpace() {
    while position < characters.count, characters[position].isWhitespace { position += 1 }
  }

  private func failure(_ position: Int, _ problem: String) -> RequirementError {
    RequirementError(requirement: text, column: position + 1, problem: problem)
  }
}

extension String {
  /// Without white space at either end.
  var trimmingSpaces: String {
    let tail = drop(while: \.isWhitespace)
    guard let last = tail.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(tail[...last])
  }
}
