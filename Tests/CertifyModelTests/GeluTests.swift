import Testing
import _CertifyTestSupport

@testable import CertifyModel

/// x·Φ(x) in the ways exporters write it, through whole files.
struct GeluTests {
  /// Where the ½ is: before the sum, inside it, or after the product; and which factor comes first.
  @Test(arguments: ["x", "sum", "product"], [false, true])
  func fusesErf(half: String, swaps: Bool) throws {
    var builder = ModelBuilder(input: [nil, 3])
    builder.constant("root", [], [Float(2.0.squareRoot())])
    builder.constant("one", [], [1])
    builder.constant("half", [1], [0.5])
    builder.node("Div", ["x", "root"], ["d"])
    builder.node("Erf", ["d"], ["e"])
    builder.node("Add", ["e", "one"], ["s"])
    var (left, right) = ("x", "s")
    if half == "x" {
      builder.node("Mul", ["half", "x"], ["hx"])
      left = "hx"
    } else if half == "sum" {
      builder.node("Mul", ["s", "half"], ["hs"])
      right = "hs"
    }
    builder.node("Mul", swaps ? [right, left] : [left, right], [half == "product" ? "p" : "y"])
    if half == "product" { builder.node("Mul", ["p", "half"], ["y"]) }
    let graph = try builder.model().graph(batchSize: 2)
    #expect(graph.nodes.count == 1)
    guard case .unary(.gelu)? = graph.nodes.first?.operation else {
      Issue.record("found \(graph.nodes.map(\.operation))")
      return
    }
  }

  /// The same shape of graph with another constant or another factor is another function.
  @Test(arguments: [
    (Float(1.5), "x", Float(1)), (Float(2).squareRoot(), "z", 1), (Float(2).squareRoot(), "x", 1.01),
  ])
  func leavesLookalikes(root: Float, factor: String, one: Float) throws {
    var builder = ModelBuilder(input: [nil, 3])
    builder.constant("root", [], [root])
    builder.constant("one", [], [one])
    builder.node("Tanh", ["x"], ["z"])
    builder.node("Div", ["x", "root"], ["d"])
    builder.node("Erf", ["d"], ["e"])
    builder.node("Add", ["e", "one"], ["s"])
    builder.node("Mul", [factor, "s"], ["y"])
    let graph = try builder.model().graph(batchSize: 2)
    for node in graph.nodes {
      if case .unary(.gelu) = node.operation { Issue.record("fused") }
    }
  }
}
