import Testing

@testable import CertifyModel

struct InputScalingTests {
  private func scaling(_ nodes: (inout ModelBuilder) -> Void) throws -> InputScaling? {
    var builder = ModelBuilder(input: [nil, 3, 4, 4])
    nodes(&builder)
    builder.node("Relu", ["h"], ["y"])
    return try builder.model().inputScaling
  }

  @Test func subtractionAndDivisionAreReadAsMeanAndDeviation() throws {
    let scaling = try #require(
      try scaling { builder in
        builder.constant("mean", [3, 1, 1], [0.485, 0.456, 0.406])
        builder.constant("deviation", [1, 3, 1, 1], [0.229, 0.224, 0.225])
        builder.node("Sub", ["x", "mean"], ["c"])
        builder.node("Div", ["c", "deviation"], ["h"])
      })
    for (found, expected) in zip(
      scaling.mean + scaling.deviation, [0.485, 0.456, 0.406, 0.229, 0.224, 0.225])
    {
      #expect(abs(found - expected) < 1e-6)
    }
    #expect(scaling.mean.count == 3 && scaling.deviation.count == 3)
    #expect(scaling.usualRange == 0...1)
  }

  @Test func oneNumberStandsForAllChannels() throws {
    let scaling = try scaling { builder in
      builder.constant("factor", [], [2])
      builder.constant("one", [1], [1])
      builder.node("Mul", ["x", "factor"], ["c"])
      builder.node("Sub", ["c", "one"], ["h"])
    }
    #expect(scaling == InputScaling(mean: [0.5], deviation: [0.5]))
    #expect(scaling?.usualRange == 0...1)
  }

  @Test func bytesAreTold() {
    #expect(InputScaling(mean: [0], deviation: [255]).usualRange == 0...255)
    #expect(InputScaling(mean: [127.5], deviation: [127.5]).usualRange == 0...255)
    #expect(InputScaling(mean: [124, 117, 104], deviation: [1, 1, 1]).usualRange == 0...255)
    #expect(InputScaling(mean: [-3], deviation: [1]).usualRange == nil)
    #expect(InputScaling(mean: [0.1], deviation: [5]).usualRange == nil)
  }

  @Test func otherBeginningsAreNone() throws {
    #expect(try scaling { $0.node("Tanh", ["x"], ["h"]) } == nil)
    #expect(
      try scaling { builder in
        builder.constant("each", [3, 4, 4], (0..<48).map { Float($0) })
        builder.node("Sub", ["x", "each"], ["h"])
      } == nil)
    // The input is also read as it is.
    #expect(
      try scaling { builder in
        builder.constant("half", [], [0.5])
        builder.node("Sub", ["x", "half"], ["c"])
        builder.node("Add", ["c", "x"], ["h"])
      } == nil)
  }
}
