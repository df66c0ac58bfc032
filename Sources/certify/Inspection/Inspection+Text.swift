import Foundation

extension Inspection {
  /// A line a fact, the values in a column.
  var text: String {
    let file = fileBatchSize.map { " (the file is made for \($0))" } ?? ""
    var facts = [
      ("file", model),
      ("producer", "\(producer.isEmpty ? "unknown" : producer), opset \(opset)"),
      ("input", "\(inputShape.map(String.init).joined(separator: " × ")), any batch\(file)"),
      ("classes", "\(classes)\(isBinary ? " (one output z, read as the logits 0, z)" : "")"),
      ("ends in", head),
      ("parameters", "\(parameters)"),
      ("FLOPs/input", String(format: "%.0f", flopsPerInput)),
      (
        "operators",
        Self.list(operators.map { ("\($0.domain.isEmpty ? "" : "\($0.domain).")\($0.name)", $0.count) })
      ),
      ("computed as", Self.list(operations.map { ($0.name, $0.count) })),
      ("fused", Self.list(fusions.map { ($0.name, $0.count) })),
      ("gradients", gradients.text),
      ("batch size", "\(batchSize)"),
      ("kernels", kernels),
    ]
    if let inputScaling { facts.insert(("scaling", inputScaling.text), at: 3) }
    facts += warnings.map { ("warning", $0) }
    return facts.map { $0.0.padding(toLength: 14, withPad: " ", startingAt: 0) + $0.1 }.joined(
      separator: "\n")
  }

  private static func list(_ counts: [(name: String, count: Int)]) -> String {
    counts.isEmpty ? "none" : counts.map { "\($0.name) × \($0.count)" }.joined(separator: ", ")
  }
}

extension Inspection.Gradients {
  /// Whether attacks can rely on them, and which nodes keep them from it.
  var text: String {
    func list(_ sites: [String]) -> String {
      sites.prefix(4).joined(separator: ", ") + (sites.count > 4 ? " and \(sites.count - 4) more" : "")
    }
    switch support {
    case "full": return "available"
    case "none": return "none: stopped by \(list(stopped)); attacks do without"
    default:
      let parts =
        (straightThrough.isEmpty ? [] : ["as if \(list(straightThrough)) did not round"])
        + (stopped.isEmpty ? [] : ["without what passes \(list(stopped))"])
      return "approximate, \(parts.joined(separator: ", "))"
    }
  }
}

extension Inspection.Scaling {
  /// (x − mean) / deviation, to four digits, and the range that is usual for it.
  var text: String {
    let range = usualRange.map { "usual for inputs in [\(Self.number($0[0])), \(Self.number($0[1]))]" }
    return "(x − \(Self.numbers(mean))) / \(Self.numbers(deviation)), "
      + (range ?? "of an unusual size: check the range of the inputs")
  }

  private static func numbers(_ numbers: [Double]) -> String {
    if numbers.count == 1 { return number(numbers[0]) }
    let shown = numbers.prefix(4).map(number).joined(separator: ", ")
    return "[\(shown)\(numbers.count > 4 ? ", … \(numbers.count) channels" : "")]"
  }

  private static func number(_ number: Double) -> String { String(format: "%.4g", number) }
}
