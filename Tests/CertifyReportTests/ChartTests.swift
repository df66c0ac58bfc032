import Testing

@testable import CertifyReport

struct ChartTests {
  @Test(arguments: [
    (0.894, "0.8940"), (0.99996833, "0.999968"), (-0.99996833, "-0.999968"), (12.345678, "12.35"),
    (3.14e-7, "3.140·10⁻⁷"), (-2.5e9, "-2.500·10⁹"), (0, "0"),
    (1, "1.000"), (123456, "123456"), (.nan, "not a number"), (.infinity, "∞"), (0.0001, "0.0001000"),
  ])
  func significantDigits(_ value: Double, _ text: String) {
    #expect(Rounding.significant(value) == text)
  }

  @Test func axesHaveRoundTicks() {
    #expect(
      ChartAxis("x", from: -0.55, to: 0.62).ticks.map(\.text) == [
        "-0.40", "-0.20", "0.00", "0.20", "0.40", "0.60",
      ]
        || ChartAxis("x", from: -0.55, to: 0.62).ticks.map(\.text) == [
          "-0.4", "-0.2", "0.0", "0.2", "0.4", "0.6",
        ])
    #expect(ChartAxis("x", from: 0, to: 250).ticks.map(\.text) == ["0", "50", "100", "150", "200", "250"])
    let powers = ChartAxis("d", from: 1, to: 10_000, isLogarithmic: true)
    #expect(powers.ticks.map(\.text) == ["10⁰", "10¹", "10²", "10³", "10⁴"])
    #expect(abs((powers.place(100) ?? 0) - 0.5) < 1e-12)
    #expect(powers.place(0) == nil && powers.place(-1) == nil && powers.place(.nan) == nil)
    #expect(ChartAxis("x", from: 0, to: 1e-300).ticks.count < 20)
    let empty = ChartAxis("x", from: .nan, to: .infinity)
    #expect(empty.low == 0 && empty.high == 1)
    let held = ChartAxis("x", holding: [1, .nan, 3])
    #expect(abs(held.low - 0.9) < 1e-12 && abs(held.high - 3.1) < 1e-12)
  }

  /// A key without a curve would send readers looking for it; a line that only crosses the chart is seen.
  @Test func whatLiesOffTheChartHasNoKey() {
    let axis = ChartAxis("x", from: 1, to: 5)
    let logarithmic = ChartAxis("y", from: 0.01, to: 1, isLogarithmic: true)
    func line(_ points: [(Double, Double)], _ label: String) -> ChartMark {
      ChartMark(.line(points.map { ChartMark.Point($0.0, $0.1) }), .blue, label: label)
    }
    let text = ChartFigure(
      title: "t", description: "d",
      charts: [
        Chart(
          x: axis, y: logarithmic,
          marks: [
            line([(1, 0.1), (5, 1)], "seen"), line([(1, 0.001), (5, 0)], "below"),
            line([(6, 0.1), (7, 0.1)], "beside"), line([(0, 0.001), (6, 10)], "crossing"),
            ChartMark(.dots([ChartMark.Point(2, 20)], size: 2), .green, label: "above"),
          ])
      ]
    ).drawing.svg
    for (label, isKey) in [
      ("seen", true), ("below", false), ("beside", false), ("crossing", true), ("above", false),
    ] {
      #expect(text.contains(">\(label)</text>") == isKey, "\(label)")
    }
  }

  private func figure(_ marks: [ChartMark], isEqual: Bool = false, isLogarithmic: Bool = false) -> String {
    ChartFigure(
      title: "A & B", description: "Two marks.",
      charts: [
        Chart(
          "<name>", x: ChartAxis("x", from: 1, to: 5),
          y: ChartAxis("y", from: 1, to: 2, isLogarithmic: isLogarithmic),
          isEqual: isEqual, marks: marks)
      ]
    ).drawing.svg
  }

  @Test func textIsEscapedAndLegendNamesMarks() {
    let svg = figure([
      ChartMark(.dots([.init(2, 1)], size: 2), .orange, label: "dots <1>"),
      ChartMark(.horizontal(1.5), .grey, isDashed: true),
    ])
    #expect(svg.contains("A &amp; B") && svg.contains("&lt;name&gt;") && svg.contains("dots &lt;1&gt;"))
    #expect(svg.contains("class=\"stroke dashed ink5\""))
    // A square on the plane and one in the legend.
    #expect(svg.matches(of: /class="dot ink2" d="M[^"]*Z"/).count == 2)
    #expect(svg.contains("@media (prefers-color-scheme: dark) {\n.ink1"))
  }

  @Test func whatCannotBePlacedIsLeftOut() {
    let points: [ChartMark.Point] = [.init(1, 1), .init(2, 0), .init(.nan, 1), .init(3, 2)]
    let svg = figure([ChartMark(.line(points), .blue)], isLogarithmic: true)
    let path = svg.firstMatch(of: /class="stroke ink1" d="(M[^"]*)"/)?.1 ?? ""
    #expect(path.filter { $0 == "L" }.count == 1)
  }

  @Test func unitsAreEqualWhereTheyAreToBe() throws {
    let svg = figure([], isEqual: true)
    let plane = try #require(
      svg.firstMatch(of: /<svg x="[0-9.]+" y="[0-9.]+" width="([0-9.]+)" height="([0-9.]+)"/))
    let (width, height) = (try #require(Double(plane.1)), try #require(Double(plane.2)))
    #expect(abs(width / height - 4) < 0.01)
  }

  @Test(arguments: [
    ChartMark.Shape.band([(1, 1, 2), (5, 1, 2)]), .bars([(1, 2, 2)]), .cells([(.init(1, 1), .init(5, 2))]),
    .arrows([(.init(1, 1), .init(5, 2))]), .segments([(.init(1, 1), .init(5, 2))]), .vertical(2),
    .horizontal(1.5),
  ])
  func everyShapeIsDrawn(_ shape: ChartMark.Shape) {
    let svg = figure([ChartMark(shape, .green, label: "it")])
    #expect(svg.matches(of: /ink4" [a-z]+="/).count == 2)
    #expect(svg.contains(/class="(stroke|area) ink4" d="M[0-9]/))
  }
}
