import CertifyResults
import Foundation
import Testing

struct GapPartsTests {
  @Test func partsAddUpToTheGap() throws {
    let parts = try #require(GapParts(lower: 0.5, methodLimit: 0.7, bestLimit: 0.8, upper: 1.25))
    #expect(parts == GapParts(sampling: 0.7 - 0.5, method: 0.8 - 0.7, attack: 1.25 - 0.8))
    #expect(abs((parts.total ?? 0) - 0.75) < 1e-15)
  }

  /// No certificate passes a witness: what the limits leave open ends there.
  @Test(arguments: [
    (0.7, 2.0, 0.2, 0.3, 0.0), (3.0, 3.0, 0.5, 0.0, 0.0), (.infinity, .infinity, 0.5, 0.0, 0.0),
    (0.5, 0.5, 0.0, 0.0, 0.5), (0.4, 0.3, 0.0, 0.0, 0.5),
  ])
  func limitsEndAtTheEnds(
    method: Double, best: Double, sampling: Double, byMethod: Double, attack: Double
  ) throws {
    let parts = try #require(GapParts(lower: 0.5, methodLimit: method, bestLimit: best, upper: 1))
    for (found, expected) in [(parts.sampling, sampling), (parts.method, byMethod), (parts.attack, attack)] {
      #expect(abs(try #require(found) - expected) < 1e-15)
    }
  }

  @Test func whatIsUnknownIsAbsent() {
    #expect(
      GapParts(lower: 0.5, methodLimit: 0.75, bestLimit: 1, upper: nil)
        == GapParts(sampling: 0.25, method: 0.25, attack: nil))
    #expect(
      GapParts(lower: 0.5, methodLimit: .infinity, bestLimit: .infinity, upper: nil)
        == GapParts(sampling: nil, method: nil, attack: nil))
    #expect(GapParts(lower: 0.5, methodLimit: 1, bestLimit: 1, upper: 0.4) == nil)
    #expect(GapParts(lower: .infinity, methodLimit: 1, bestLimit: 1, upper: nil) == nil)
  }

  @Test func meansAreOverTheGapsKnownInAllParts() throws {
    func row(_ parts: GapParts?) -> Bracket {
      var bracket = Runs.row(0.5, 1.5)
      bracket.gapParts = parts
      return bracket
    }
    let run = Runs.run([
      [row(GapParts(sampling: 0.25, method: 0.5, attack: 0.25))],
      [row(GapParts(sampling: 0.75, method: 0, attack: 0.75))],
      [row(GapParts(sampling: 8, method: 8, attack: nil))], [row(nil)],
    ])
    let group = try #require(Summary(of: run).groups.first)
    #expect(group.partedGaps == 2)
    #expect(group.meanGapParts == GapParts(sampling: 0.5, method: 0.25, attack: 0.5))
    let without = try #require(Summary(of: Runs.run([[row(nil)]])).groups.first)
    #expect(without.partedGaps == nil && without.meanGapParts == nil)
  }

  /// Results that were written before gaps were divided are still read.
  @Test func resultsWithoutPartsAreRead() throws {
    var run = Runs.run([[Runs.row(0.5, 1.5)]])
    run.inputs[0].brackets[0].gapParts = GapParts(sampling: 0.5, method: 0.25, attack: 0.25)
    let file = ResultsFile(results: run, summary: Summary(of: run), verdict: nil)
    let text = try file.json()
    let part = #""gapParts":{"attack":0.25,"method":0.25,"sampling":0.5},"#
    #expect(text.contains(part))
    let older = try ResultsFile(json: Data(text.replacingOccurrences(of: part, with: "").utf8))
    #expect(older.results.inputs[0].brackets[0].gapParts == nil)
  }
}
