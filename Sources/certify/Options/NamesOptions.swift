import ArgumentParser
import Foundation

/// What the classes are called.
struct NamesOptions: ParsableArguments {
  @Option(
    help: "A file with the names of the classes, one a line, the first for class 0.",
    completion: .file(extensions: ["txt"]))
  var classNames: String?

  /// More classes than this have no names.
  private static let most = 1 << 16

  /// The names; `nil` without a file.
  ///
  /// - Parameter count: How many classes there are.
  /// - Throws: ``CommandError`` for a file that cannot be read or has another number of lines.
  func names(count: Int) throws -> [String]? {
    guard let classNames else { return nil }
    let bytes = try readFile(classNames, what: "class names")
    guard let text = String(data: bytes, encoding: .utf8), text.utf8.count <= 1 << 24 else {
      throw CommandError(
        code: .badInput, description: "\(classNames): the class names are not UTF-8 text, one name a line")
    }
    var names = text.split(omittingEmptySubsequences: false) { $0.isNewline }
      .map { $0.trimmingCharacters(in: .whitespaces) }
    if names.last == "" { names.removeLast() }
    guard names.count == count, count <= Self.most else {
      throw CommandError(
        code: .badInput,
        description:
          "\(classNames): it has \(names.count) names, the model \(count) classes; write one a line")
    }
    return names
  }
}
