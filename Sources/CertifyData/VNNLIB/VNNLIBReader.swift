/// Turns the commands of a VNNLIB file into the cases of its unsafe set.
struct VNNLIBReader {
  let source: String
  /// The most cases that `or` and `and` may multiply to.
  static let mostCases = 100_000
  /// The most variables of a kind.
  static let mostVariables = 1 << 24

  /// A conjunction of inequalities, in the order of the file.
  private typealias Conjunction = [Inequality]

  func property(of bytes: [UInt8]) throws -> VNNLIBProperty {
    let reader = SymbolicExpressionReader(source: source, bytes: bytes)
    var declared: [Variable.Kind: Set<Int>] = [:]
    // What every case has, and the alternatives of each assertion with more than one.
    var common: Conjunction = []
    var choices: [[Conjunction]] = []
    for command in try reader.expressions() {
      guard case .list(let parts, let line) = command, let name = parts.first?.word else {
        throw fail(command.line, "a command must be a list that begins with its name")
      }
      switch name {
      case "declare-const", "declare-fun":
        let variable = try declaration(parts, line)
        guard declared[variable.kind, default: []].insert(variable.index).inserted else {
          throw fail(line, "\(variable) is declared twice")
        }
      case "assert":
        guard parts.count == 2 else { throw fail(line, "assert takes one formula") }
        let alternatives = try disjunction(of: parts[1])
        if alternatives.count == 1 { common += alternatives[0] } else { choices.append(alternatives) }
      case "set-logic", "set-info", "set-option", "check-sat", "exit": break
      default: throw fail(line, "the command \(name.prefix(40)) is not part of VNNLIB 1.0")
      }
    }
    let (inputs, outputs) = (
      try count(declared[.input] ?? [], .input), try count(declared[.output] ?? [], .output)
    )
    var conjunctions: [Conjunction] = [[]]
    for alternatives in choices {
      guard conjunctions.count * alternatives.count <= Self.mostCases else {
        throw fail(1, "its assertions multiply to more than \(Self.mostCases) cases")
      }
      conjunctions = conjunctions.flatMap { first in alternatives.map { first + $0 } }
    }
    let shared = try CaseBuilder(inputs: inputs, outputs: outputs, reader: self).adding(common)
    let cases = try conjunctions.map { try shared.adding($0).finished() }
    guard !cases.isEmpty else { throw fail(1, "an `or` without alternatives leaves no case") }
    return VNNLIBProperty(inputCount: inputs, outputCount: outputs, cases: cases)
  }

  func fail(
    _ line: Int, _ problem: String, remedy: String = SymbolicExpressionReader.remedy
  ) -> DataError {
    .malformed(source: source, place: "line \(line)", problem: problem, remedy: remedy)
  }

  private func declaration(_ parts: [SymbolicExpression], _ line: Int) throws -> Variable {
    guard parts.count >= 3, let name = parts[1].word, let type = parts[parts.count - 1].word,
      let variable = Variable(name)
    else { throw fail(line, "a declaration names X_0, X_1, … or Y_0, Y_1, … and a type") }
    guard type == "Real" else { throw fail(line, "\(variable) is declared \(type.prefix(40)), not Real") }
    return variable
  }

  /// How many variables of one kind there are; their numbers must run from 0 without a gap.
  private func count(_ indices: Set<Int>, _ kind: Variable.Kind) throws -> Int {
    guard !indices.isEmpty else { throw fail(1, "it declares no variable \(kind.rawValue)_0") }
    for index in 0..<indices.count where !indices.contains(index) {
      throw fail(
        1, "it declares \(indices.count) variables \(kind.rawValue), and \(kind.rawValue)_\(index) is missing"
      )
    }
    return indices.count
  }

  private func disjunction(of expression: SymbolicExpression) throws -> [Conjunction] {
    guard case .list(let parts, let line) = expression, let name = parts.first?.word else {
      throw fail(expression.line, "a formula must be a list")
    }
    switch name {
    case "and":
      var result: [Conjunction] = [[]]
      for part in parts.dropFirst() {
        let alternatives = try disjunction(of: part)
        guard result.count * alternatives.count <= Self.mostCases else {
          throw fail(line, "the formula multiplies to more than \(Self.mostCases) cases")
        }
        if alternatives.count == 1 {
          for k in result.indices { result[k] += alternatives[0] }
        } else {
          result = result.flatMap { first in alternatives.map { first + $0 } }
        }
      }
      return result
    case "or":
      var result: [Conjunction] = []
      for part in parts.dropFirst() { result += try disjunction(of: part) }
      guard result.count <= Self.mostCases else {
        throw fail(line, "the formula has more than \(Self.mostCases) cases")
      }
      return result
    case "<=", ">=":
      guard parts.count == 3 else { throw fail(line, "\(name) compares two terms") }
      let (left, right) = (try term(parts[1]), try term(parts[2]))
      return [[Inequality(form: name == "<=" ? left - right : right - left, line: line)]]
    case "<", ">", "=", "not", "=>":
      throw fail(line, "`\(name)` is not part of VNNLIB 1.0; use <=, >=, and, or")
    default: throw fail(line, "`\(name.prefix(40))` is no formula")
    }
  }

  private func term(_ expression: SymbolicExpression) throws -> AffineForm {
    switch expression {
    case .word(let word, let line):
      if let variable = Variable(word) { return AffineForm(weights: [variable: 1]) }
      guard let value = Double(word), value.isFinite else {
        throw fail(line, "'\(word.prefix(40))' is no variable and no finite number")
      }
      return AffineForm(constant: value)
    case .list(let parts, let line):
      guard let name = parts.first?.word, parts.count >= 2 else { throw fail(line, "a term is expected") }
      let operands = try parts.dropFirst().map(term)
      switch name {
      case "+": return operands.dropFirst().reduce(operands[0], +)
      case "-" where operands.count == 1: return operands[0] * -1
      case "-": return operands.dropFirst().reduce(operands[0], -)
      case "*":
        guard operands.count == 2, let (factor, form) = product(operands[0], operands[1]) else {
          throw fail(line, "a product must have two factors, one of them a number")
        }
        return form * factor
      default: throw fail(line, "`\(name.prefix(40))` is no linear term")
      }
    }
  }

  private func product(_ a: AffineForm, _ b: AffineForm) -> (Double, AffineForm)? {
    if a.weights.isEmpty { return (a.constant, b) }
    return b.weights.isEmpty ? (b.constant, a) : nil
  }
}
