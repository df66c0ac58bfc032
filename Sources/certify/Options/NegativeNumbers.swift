/// Negative numbers as values of options.
///
/// The parser takes what begins with a dash for an option, and calls the value of `--bounds -1,1` missing: it is written
/// as `--bounds=-1,1`.
enum NegativeNumbers {
  /// The arguments with each negative number joined to the option that it stands behind.
  static func joined(_ arguments: [String]) -> [String] {
    var result: [String] = []
    var option: String?
    for (position, argument) in arguments.enumerated() {
      if argument == "--" { return result + arguments[position...] }
      if let name = option, isNegativeNumber(argument) {
        // Behind the option itself the value takes its place; further values name the option again.
        if result.last == name { result.removeLast() }
        result.append("\(name)=\(argument)")
        continue
      }
      if argument.hasPrefix("--") { option = argument.contains("=") ? nil : argument }
      result.append(argument)
    }
    return result
  }

  /// Whether it begins as a negative number does.
  private static func isNegativeNumber(_ argument: String) -> Bool {
    guard argument.hasPrefix("-") else { return false }
    let rest = argument.dropFirst().lowercased()
    return rest.first?.isASCII == true && rest.first?.isNumber == true
      || rest.first == "." && rest.dropFirst().first?.isNumber == true
      || ["inf", "infinity", "nan"].contains(rest)
  }
}
