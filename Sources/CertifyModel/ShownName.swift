extension String {
  /// The text in a form fit for one line of a message: without control characters and not endless.
  func shown(limit: Int = 120) -> String {
    let scalars = unicodeScalars.prefix(limit + 1)
    let isControl = { (scalar: Unicode.Scalar) in
      scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || [0x2028, 0x2029].contains(scalar.value)
    }
    if scalars.count <= limit, !scalars.contains(where: isControl) { return self }
    var view = String.UnicodeScalarView()
    for scalar in scalars.prefix(limit) { view.append(isControl(scalar) ? "\u{FFFD}" : scalar) }
    return String(view) + (scalars.count > limit ? "…" : "")
  }
}
