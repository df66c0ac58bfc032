import CertifyGate
import CertifyThreat
import Testing

@Suite struct ThreatFileTests {
  private static let names = ["age", "income", "sex", "children"]

  private static func limits(
    _ yaml: String, names: [String]? = names, mask: [Bool]? = nil, deviations: [Float] = [2, 3, 1, 4]
  ) throws -> FeatureLimits {
    try ThreatFile(yaml: yaml).limits(dimension: 4, names: names, mask: mask, deviations: { deviations })
  }

  @Test func everythingThatCanBeSaid() throws {
    let found = try Self.limits(
      """
      version: 1
      immutable: [sex]
      integer: [children]
      scale: standard-deviation
      features:
        age: {lower: 18, upper: 99, integer: true}
        1: {step: 100, scale: 12000}
      """)
    let expected = try FeatureLimits(
      count: 4, lower: [18, -.infinity, -.infinity, -.infinity],
      upper: [99, .infinity, .infinity, .infinity],
      immutable: [2], step: [1, 100, 0, 1], scale: [2, 12000, 1, 4])
    #expect(found == expected)
  }

  @Test func jsonRangesAndMasks() throws {
    let found = try Self.limits(
      #"{"version": 1, "mask": "mask.npy", "features": {"0-1": {"immutable": true}, "1": {"immutable": false}}}"#,
      names: nil, mask: [true, true, true, false])
    #expect(found.immutable == [0, 3])
    #expect(try ThreatFile(yaml: "{version: 1, mask: mask.npy}").mask == "mask.npy")
  }

  @Test(arguments: [
    ("features: {}\n", "threat file, line 1: `version` is missing"),
    ("version: 2\n", "`version` is a whole number, names the form, found `2`"),
    ("version: 1\nimutable: [sex]\n", "line 2: there is no key `imutable`; did you mean `immutable`?"),
    ("version: 1\nimmutable: [sexx]\n", "line 2: there is no feature `sexx`; did you mean `sex`?"),
    ("version: 1\nfeatures:\n  age: {low: 1}\n", "line 3: there is no key `low`; did you mean `lower`?"),
    ("version: 1\nfeatures:\n  age: {lower: x}\n", "line 3: `lower` is a number, found `x`"),
    ("version: 1\nfeatures:\n  age: {scale: 0}\n", "line 3: `scale` is a number above 0, found `0`"),
    ("version: 1\nfeatures:\n  age: 7\n", "line 3: a feature is a name or a number, followed by a mapping"),
    ("version: 1\nfeatures:\n  age: {lower: 3, upper: 2}\n", "line 3: `age`: the lower bound 3.0 is above"),
    ("version: 1\nimmutable: [4]\n", "line 2: `4`: positions go from 0 to 3"),
    ("version: 1\nimmutable: [0-3]\n", "no feature may change"),
    ("version: 1\nscale: metres\n", "line 2: `scale` is `standard-deviation`"),
    ("version: [1\n", "it is not YAML"),
    ("- 1\n", "it is not a mapping; begin with `version: 1` and `features:`"),
  ])
  func badFilesAreRefused(_ yaml: String, _ complaint: String) throws {
    let error = try #require(throws: PolicyError.self) { try Self.limits(yaml) }
    #expect(error.description(of: "threat file").contains(complaint), "\(error)")
  }

  @Test func constantFeaturesHaveNoDeviation() throws {
    let yaml = "version: 1\nscale: standard-deviation\n"
    let error = try #require(throws: PolicyError.self) { try Self.limits(yaml, deviations: [1, 0, 1, 1]) }
    #expect(error.description.contains("feature income has the same value in all inputs"))
    _ = try Self.limits(yaml + "immutable: [income]\n", deviations: [1, 0, 1, 1])
    let short = try #require(throws: PolicyError.self) { try Self.limits(yaml, mask: [true]) }
    #expect(short.description.contains("the mask has 1 values, an input 4"))
  }
}
