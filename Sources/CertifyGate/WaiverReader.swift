import Yams

/// Turns the nodes of a policy's waivers into values.
struct WaiverReader {
  static let keys = ["requirement", "reason", "expires"]

  func waivers(_ field: PolicyField) throws -> [(waiver: Waiver, line: Int?)] {
    guard case .sequence(let nodes) = field.value else {
      throw field.failure("`waivers` is a list: each has `requirement`, `reason` and `expires`")
    }
    return try nodes.map { node in
      guard case .mapping(let mapping) = node else {
        throw PolicyError(
          line: node.mark?.line, problem: "a waiver has `requirement`, `reason` and `expires`")
      }
      return (try waiver(mapping), node.mark?.line)
    }
  }

  private func waiver(_ mapping: Node.Mapping) throws -> Waiver {
    var values: [String: String] = [:]
    var expires: CalendarDay?
    for (key, value) in mapping {
      let field = try PolicyField(key, value, known: Self.keys)
      let text = try field.text()
      values[field.name] = text
      if field.name == "expires" {
        expires = CalendarDay(text)
        guard expires != nil else {
          throw field.failure("`expires` is a day such as 2027-01-31, found `\(text)`")
        }
      }
    }
    for name in Self.keys where values[name] == nil {
      throw PolicyError(line: mapping.mark?.line, problem: "a waiver needs `\(name)`")
    }
    guard let requirement = values["requirement"], let reason = values["reason"], let expires else {
      throw PolicyError(line: mapping.mark?.line, problem: "a waiver needs all of its three keys")
    }
    return Waiver(requirement: requirement, reason: reason, expires: expires)
  }

  /// Checks that each waiver is of a requirement that there is, and each requirement has at most one.
  static func check(_ waivers: [(waiver: Waiver, line: Int?)], _ requirements: [Requirement]) throws {
    var seen: Set<String> = []
    for (waiver, line) in waivers {
      guard requirements.contains(where: { $0.text == waiver.requirement }) else {
        throw PolicyError(
          line: line,
          problem: "no requirement reads `\(waiver.requirement)`; "
            + NearestName.hint(waiver.requirement, among: requirements.map(\.text)))
      }
      guard seen.insert(waiver.requirement).inserted else {
        throw PolicyError(line: line, problem: "`\(waiver.requirement)` is waived twice; keep one")
      }
    }
  }
}
