/// What the classes are called, by number.
struct ClassNames: Equatable, Sendable {
  /// Empty where classes have numbers only.
  var names: [String]

  /// Characters of a name before the rest is cut off.
  private static let longest = 60

  /// The name as far as it is shown, or the number of a class without one.
  func name(_ label: Int) -> String {
    names.indices.contains(label) && !names[label].isEmpty
      ? PlainText.shortened(names[label], to: Self.longest) : "\(label)"
  }
}
