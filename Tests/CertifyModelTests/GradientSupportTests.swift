import Testing

@testable import CertifyModel

/// What the graph says of its gradients.
struct GradientSupportTests {
  /// The graph of nodes written down as operator, inputs and output.
  static func support(_ nodes: [(String, [String], String)], opset: Int = 17) throws -> GradientSupport {
    var builder = ModelBuilder(opset: opset)
    builder.constant("half", [], [0.5])
    builder.constant("zero", [], [0])
    for (kind, inputs, output) in nodes {
      builder.node(kind, inputs, [output], name: "the \(output)", kind == "Cast" ? ["to": .int(1)] : [:])
    }
    return try builder.model().graph(batchSize: 1).gradientSupport
  }

  @Test func smoothNetIsFull() throws {
    #expect(try Self.support([("Tanh", ["x"], "y")]) == .full)
  }

  @Test(arguments: ["Round", "Floor", "Ceil", "Sign"])
  func stepStopsEveryPath(_ kind: String) throws {
    let support = try Self.support([("Tanh", ["x"], "t"), (kind, ["t"], "s"), ("Exp", ["s"], "y")])
    guard case .none(let sites) = support else {
      Issue.record("\(support)")
      return
    }
    #expect(sites.map(\.node) == ["the s"])
  }

  /// A factor without a derivative beside one that has one.
  @Test func stepBesideAnotherPathIsNamed() throws {
    let support = try Self.support([("Floor", ["x"], "s"), ("Mul", ["x", "s"], "y")])
    #expect(
      support
        == .approximate(straightThrough: [], stopped: [GradientSite(node: "the s", operation: "floor")]))
  }

  /// A choice between smooth branches is like a ReLU.
  @Test func conditionsDoNotCount() throws {
    let support = try Self.support([
      ("Greater", ["x", "half"], "c"), ("Exp", ["x"], "e"), ("Where", ["c", "e", "x"], "y"),
    ])
    #expect(support == .full)
  }

  @Test func choiceBetweenConstantsStops() throws {
    let support = try Self.support([("Greater", ["x", "half"], "c"), ("Where", ["c", "half", "zero"], "y")])
    #expect(support == .none(because: [GradientSite(node: "the y", operation: "choice")]))
  }

  @Test func comparisonStops() throws {
    let support = try Self.support([("Less", ["x", "half"], "c"), ("Cast", ["c"], "y")])
    guard case .none(let sites) = support else {
      Issue.record("\(support)")
      return
    }
    #expect(sites.map(\.node) == ["the c"])
  }

  @Test func quantiserIsStraightThrough() throws {
    var builder = ModelBuilder()
    builder.constant("s", [], [0.1])
    builder.node("QuantizeLinear", ["x", "s"], ["q"], name: "first")
    builder.node("DequantizeLinear", ["q", "s"], ["y"])
    let support = try builder.model().graph(batchSize: 1).gradientSupport
    let site = GradientSite(node: "first", operation: "quantisation")
    #expect(support == .approximate(straightThrough: [site], stopped: []))
  }
}
