import CertifyAttacks
import CertifyThreat
import Testing

@Suite struct FlowStepTests {
  struct Case {
    var step: FlowStep
    var g: [Double]
    var u: [Double]
    var x: [Double]
  }

  static func length(_ v: [Double], _ w: [Double], _ norm: Norm) -> Double {
    let differences = zip(v, w).map { abs($0 - $1) }
    switch norm {
    case .l1: return differences.reduce(0, +)
    case .l2: return differences.reduce(0) { $0 + $1 * $1 }.squareRoot()
    case .linf: return differences.max() ?? 0
    }
  }

  static func gain(_ g: [Double], _ v: [Double], _ u: [Double]) -> Double {
    g.indices.reduce(0) { $0 + g[$1] * (v[$1] - u[$1]) }
  }

  static func isFeasible(_ v: [Double], _ test: Case, slack: Double = 1e-9) -> Bool {
    let box = test.step.box.map { box in
      v.indices.allSatisfy {
        v[$0] >= Double(box.lower[$0]) - slack && v[$0] <= Double(box.upper[$0]) + slack
      }
    }
    return length(v, test.u, test.step.stepNorm) <= test.step.stepLength + slack
      && length(v, test.x, test.step.budgetNorm) <= test.step.budget + slack && box ?? true
  }

  /// A random problem whose point is in the budget ball, mostly near its edge.
  static func problem(_ s: Norm, _ p: Norm, seed: UInt64) -> Case {
    var generator = TestGenerator(state: seed)
    func draw(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &generator) }
    let d = [2, 3, 6][Int(seed % 3)]
    let x = (0..<d).map { _ in draw(0.2...0.8) }
    let budget = draw(0.1...0.4)
    let direction = (0..<d).map { _ in draw(-1...1) }
    let zero = [Double](repeating: 0, count: d)
    let reach = budget * draw(0.5...1) / length(direction, zero, p)
    let u = zip(x, direction).map { min(max($0 + reach * $1, 0), 1) }
    let g = (0..<d).map { _ in draw(-1...1) }
    let step = FlowStep(
      stepNorm: s, stepLength: draw(0.02...0.3), budgetNorm: p, budget: budget,
      box: seed % 2 == 0 ? nil : Box(.init(lower: 0, upper: 1), dimension: d))
    return Case(step: step, g: g, u: u, x: x)
  }

  static let pairs = Norm.allCases.flatMap { s in Norm.allCases.map { (s, $0) } }

  @Test(arguments: pairs) func noRandomStepIsBetter(_ s: Norm, _ p: Norm) {
    for seed in UInt64(0)..<6 {
      let test = Self.problem(s, p, seed: seed)
      let v = test.step.maximizer(gradient: test.g, from: test.u, center: test.x)
      #expect(Self.isFeasible(v, test), "\(s) \(p) \(seed)")
      let best = Self.gain(test.g, v, test.u)
      var generator = TestGenerator(state: seed &+ 99)
      var largest = 0.0
      for k in 0..<10_000 {
        // From u, which is feasible, as far as possible in a random direction; half of them near the solution's.
        let towards = zip(v, test.u).map { $0 - $1 }
        let direction = towards.map {
          (k % 2 == 0 ? 0 : $0) + Double.random(in: -1...1, using: &generator) * (k % 4 == 1 ? 0.02 : 0.3)
        }
        func at(_ t: Double) -> [Double] { zip(test.u, direction).map { $0 + t * $1 } }
        guard Self.gain(test.g, at(1), test.u) > 0 else { continue }
        var (low, high) = (0.0, 4.0)
        for _ in 0..<30 {
          let middle = (low + high) / 2
          if Self.isFeasible(at(middle), test, slack: 0) { low = middle } else { high = middle }
        }
        largest = max(largest, Self.gain(test.g, at(low), test.u))
      }
      #expect(best >= largest - 1e-9, "\(s) \(p) \(seed): \(best) < \(largest)")
      #expect(largest >= 0.5 * best - 1e-9, "the random steps of \(s) \(p) \(seed) test nothing")
    }
  }

  /// Two-dimensional examples where the Hölder step, projected on to the budget's ball, gains less.
  @Test(arguments: [Norm.linf, .l2]) func projectingAfterwardsIsNotTheSame(_ s: Norm) throws {
    let (x, u, g) = ([0.0, 0], [0.8, 0.6], [1.0, 0.2])
    let step = FlowStep(stepNorm: s, stepLength: 0.5, budgetNorm: .l2, budget: 1, box: nil)
    let best = Self.gain(g, step.maximizer(gradient: g, from: u, center: x), u)
    let holder = s.steepestStep(along: g.map { Float($0) }, radius: 0.5)
    var set = try FeasibleSet(norm: .l2, bounds: nil, center: [0, 0], radius: 1)
    let projected = set.projection(of: zip(u, holder).map { Float($0) + $1 })
    #expect(best > Self.gain(g, projected.map(Double.init), u) + 1e-3)
  }

  @Test func forTwoLinfBallsItIsStepThenClip() {
    let step = FlowStep(
      stepNorm: .linf, stepLength: 0.3, budgetNorm: .linf, budget: 0.4,
      box: Box(.init(lower: 0, upper: 1), dimension: 4))
    let v = step.maximizer(
      gradient: [1, -1, 0, .nan], from: [0.8, 0.5, 0.5, 0.5], center: [0.5, 0.2, 0.5, 0.5])
    #expect(zip(v, [0.9, 0.2, 0.5, 0.5]).allSatisfy { abs($0 - $1) < 1e-12 })
  }
}
