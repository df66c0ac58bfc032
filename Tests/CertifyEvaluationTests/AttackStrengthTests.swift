import CertifyAttacks
import CertifyEngine
import CertifyEvaluation
import CertifyResults
import CertifyThreat
import Foundation
import Testing
import _CertifyTestSupport

/// What the portfolio finds, beside what other libraries found on the same model and inputs.
struct AttackStrengthTests {
  /// Of 30 inputs at most one may be more than 1 % worse than the best peer of that input, for fewer queries than the
  /// cheapest peer that comes near spends.
  @Test func perturbationsInL1AreAsSmallAsThoseOfPeers() throws {
    let file = URL(fileURLWithPath: Fixtures.path("golden/attacks/digits_cnn-l1.json"))
    let peers = try JSONDecoder().decode([String: [Double?]].self, from: Data(contentsOf: file))
    let inputs = 30..<60
    let brackets = try Self.brackets(.l1, of: inputs)
    let found = try brackets.map { try #require($0.upper?.radius) }
    try #require(found.count == inputs.count)
    func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
    var worse: [String] = []
    for (input, radius) in zip(inputs, found) {
      let best = peers.values.compactMap { $0[input] }.min() ?? .infinity
      if radius > 1.01 * best { worse.append("input \(input): \(radius) > \(best)") }
    }
    #expect(worse.count <= 1, "\(worse)")
    for (name, distances) in peers {
      #expect(median(found) <= median(distances[30...].map { $0 ?? .infinity }), "\(name)")
    }
    let queries = brackets.compactMap { $0.attack?.queries }.reduce(0, +)
    #expect(queries <= 1000 * inputs.count, "\(queries)")
  }

  /// What transfers from another model is tried when the model's own gradients have been followed to the end.
  @Test(arguments: [Distance.linf, .l2, .l1]) func surrogatesMakeNoBoundWorse(norm: Distance) throws {
    let inputs = 0..<12
    let other = try DigitsRun(model: "digits_mlp")
    let alone = try Self.brackets(norm, of: inputs)
    let helped = try Self.brackets(norm, of: inputs, surrogate: other.classifier)
    try #require(alone.count == inputs.count && helped.count == inputs.count)
    for (alone, helped) in zip(alone, helped) {
      // The bisection in the end stops at 1e-6 of the way.
      #expect(try #require(helped.upper?.radius) <= #require(alone.upper?.radius) * (1 + 2e-6))
      #expect(try #require(helped.attack?.queries) > #require(alone.attack?.queries))
    }
  }

  /// Real pixels, the default portfolio.
  private static func brackets(
    _ norm: Distance, of indices: Range<Int>, surrogate: (any ClassifierSource)? = nil
  ) throws -> [Bracket] {
    var run = try DigitsRun(model: "digits_cnn")
    run.configuration.space = InputSpace(bounds: .init(lower: 0, upper: 1), gridSteps: nil)
    run.configuration.norms = [norm]
    run.configuration.classifiers = [.base]
    run.configuration.attackParameters = AttackParameters()
    run.configuration.surrogate = surrogate
    let inputs = indices.map {
      AttackInput(index: $0, point: run.dataset.input($0), grid: nil, label: run.labels[$0])
    }
    let outcome = try Evaluator(source: run.classifier, configuration: run.configuration).run(
      count: inputs.count, jobs: 2, control: RunControl(), input: { inputs[$0] })
    return outcome.inputs.compactMap(\.brackets.first)
  }
}
