import CertifyGate
import CertifyResults
import CertifyThreat
import Testing

struct RequirementParserTests {
  @Test func readsEverything() throws {
    let text =
      " certified-accuracy( 0.5 , classifier: smoothed, norm = linf,sigma:0.25, noise: gaussian-sound, confidence: 0.95 )>=  3/5 "
    let requirement = try Requirement(parsing: text)
    #expect(
      requirement
        == Requirement(
          figure: .certifiedAccuracy(radius: 0.5),
          selector: Selector(classifier: .smoothed, norm: .linf, sigma: 0.25, noise: "gaussian-sound"),
          comparison: .atLeast, threshold: 0.6, confidence: 0.95, text: text))
  }

  @Test(arguments: [
    ("certified-accuracy(8/255) >= 1", Figure.certifiedAccuracy(radius: 8 / 255)),
    ("attacked-accuracy(radius: 1e-3) >= 1", .attackedAccuracy(radius: 0.001)),
    ("clean-accuracy ≥ .5", .cleanAccuracy),
    ("clean-accuracy() <= 1", .cleanAccuracy),
    ("mean-certified-radius>=0.25", .meanCertifiedRadius),
    ("median-certified-radius(norm: l2) >= 2", .medianCertifiedRadius),
    ("certified-radius(0.1) >= 0.5", .certifiedRadius(quantile: 0.1)),
    ("certified-radius(quantile: 1) ≤ 0.5", .certifiedRadius(quantile: 1)),
    ("abstention-rate <= 0.05", .abstentionRate),
  ])
  func readsFigures(text: String, figure: Figure) throws {
    #expect(try Requirement(parsing: text).figure == figure)
  }

  @Test(arguments: [
    ("", 1, "a figure is expected here"),
    (">= 0.5", 1, "a figure is expected here"),
    ("certifed-accuracy(0.5) >= 0.6", 1, "did you mean `certified-accuracy`?"),
    ("  accuracy >= 0.6", 3, "no figure `accuracy`; known are `certified-accuracy`, `attacked-accuracy`"),
    ("certified-accuracy(0.5, nrom: l2) >= 0.6", 25, "did you mean `norm`?"),
    ("certified-accuracy(0.5, norm: l22) >= 0.6", 25, "there is no norm `l22`; did you mean `l2`?"),
    ("certified-accuracy(0.5, classifier: smooth) >= 0.6", 25, "did you mean `smoothed`?"),
    ("certified-accuracy(0.5, norm: l2, norm: l1) >= 0.6", 35, "`norm` is given twice"),
    ("certified-accuracy(0.5, radius: 1) >= 0.6", 25, "`radius` is given twice"),
    ("certified-accuracy(0.5, norm:) >= 0.6", 25, "`norm` has no value"),
    ("certified-accuracy(0.5,) >= 0.6", 24, "a value is missing here"),
    ("certified-accuracy(0.5 >= 0.6", 19, "this `(` is never closed"),
    ("certified-accuracy(x) >= 0.6", 20, "`radius` is a number of 0 or more, found `x`"),
    ("certified-accuracy(-1) >= 0.6", 20, "`radius` is a number of 0 or more, found `-1`"),
    ("certified-accuracy(1/0) >= 0.6", 20, "`radius` is a number"),
    ("certified-accuracy(nan) >= 0.6", 20, "`radius` is a number"),
    ("certified-accuracy(1e999) >= 0.6", 20, "`radius` is a number"),
    ("certified-radius(1.5) >= 0.6", 18, "`quantile` is a number from 0 to 1, found `1.5`"),
    ("clean-accuracy(0.5) >= 0.6", 16, "`clean-accuracy` takes no bare value"),
    ("clean-accuracy(sigma: 0) >= 0.6", 16, "`sigma` is a number above 0, found `0`"),
    ("clean-accuracy(confidence: 95) >= 0.6", 16, "`confidence` is a number from 0.5 to below 1"),
    ("clean-accuracy > 0.6", 16, "`>=` or `<=` is expected here, found `> 0.6`"),
    ("clean-accuracy == 0.6", 16, "`>=` or `<=` is expected here"),
    ("clean-accuracy", 15, "`>=` or `<=` is expected here, found the end"),
    ("clean-accuracy >=", 18, "a number is expected after `>=`, found nothing"),
    ("clean-accuracy >= 0.6 please", 19, "a number is expected after `>=`, found `0.6 please`"),
    ("clean-accuracy >= inf", 19, "found `inf`"),
    ("clean-accuracy >= 0x1", 19, "found `0x1`"),
    ("clean-accuracy >= 60", 19, "for 60.0 % write 0.6"),
    ("clean-accuracy >= -0.1", 19, "a fraction from 0 to 1"),
    ("mean-certified-radius >= -1", 26, "a radius is 0 or more"),
  ])
  func saysWhereAndWhat(text: String, column: Int, problem: String) throws {
    let error = try #require(throws: RequirementError.self) { try Requirement(parsing: text) }
    #expect(error.column == column)
    #expect(error.problem.contains(problem), "\(error)")
    #expect(error.description.contains("`\(text)`, column \(column): "))
  }

  @Test(arguments: [
    ("certified-accuracy >= 0.6", "needs a radius, such as `certified-accuracy(0.5)`"),
    ("certified-radius(norm: l2) >= 0.6", "needs a quantile"),
    ("clean-accuracy(classifier: base, sigma: 1) >= 0.6", "the base classifier has no `sigma`"),
  ])
  func saysWhatIsMissing(text: String, problem: String) throws {
    let error = try #require(throws: RequirementError.self) { try Requirement(parsing: text) }
    #expect(error.problem.contains(problem))
  }
}
