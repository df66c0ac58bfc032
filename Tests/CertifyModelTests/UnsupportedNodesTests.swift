import Testing

@testable import CertifyModel

struct UnsupportedNodesTests {
  /// Each node that cannot be used is named; those that only depend on one are not.
  @Test func allAreNamed() throws {
    var builder = ModelBuilder(input: [nil, 4])
    builder.node("NonZero", ["x"], ["a"], name: "first")
    builder.node("Relu", ["a"], ["b"], name: "innocent")
    builder.node("Gather", ["x", "b"], ["c"], name: "unknown")
    builder.node("Loop", ["c"], ["d"], name: "second")
    builder.node("Gather", ["x", "x"], ["e"], name: "third")
    builder.node("Add", ["d", "e"], ["y"], name: "last")
    guard case .unsupportedNodes(let problems)? = builder.error() else {
      Issue.record("\(String(describing: builder.error()))")
      return
    }
    #expect(problems.map { $0.description.split(separator: "'")[1] } == ["first", "second", "third"])
    #expect(
      "\(ModelError.unsupportedNodes(problems))".hasPrefix(
        "3 nodes are not supported, the first one: node 'first'"))
  }

  @Test func endlessNamesAreCutAndControlCharactersReplaced() throws {
    var builder = ModelBuilder(input: [nil, 4])
    builder.node("NonZero\n", ["x"], ["y"], name: String(repeating: "n", count: 5000))
    let text = try #require(builder.error()).description
    #expect(text.count < 600)
    #expect(!text.contains("\n") && text.contains("NonZero\u{FFFD}"))
  }
}
