/// What the classes are called, by number.
struct ClassNames: Equatable, Sendable {
  /// Empty where classes have numbers only.
  var names: [String]

  /// The name, or the number of a class without one.
  func name(_ label: Int) -> String {
    names.indices.contains(label) && !names[label].isEmpty ? names[label] : "\(label)"
  }
}
