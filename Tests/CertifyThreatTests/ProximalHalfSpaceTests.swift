import CertifyThreat
import Testing

/// The step minimises ‖v − x‖₁ + ‖v − u‖₂²/(2r) over half-space ∩ box: no feasible point nearby does better.
@Suite struct ProximalHalfSpaceTests {
  struct Problem {
    var x: [Float]
    var u: [Float]
    var g: [Float]
    var gain: Double
    var reach: Double
    var bounds: InputSpace.Bounds?

    init(seed: UInt64, dimension d: Int, box: Bool, gain part: Double) {
      var generator = SplitMix(seed)
      x = (0..<d).map { _ in Float.random(in: 0...1, using: &generator) }
      let start = x.map { min(max($0 + Float.random(in: -0.3...0.3, using: &generator), 0), 1) }
      u = start
      g = (0..<d).map { _ in Float.random(in: -1...1, using: &generator) }
      reach = 0.05
      bounds = box ? .init(lower: 0, upper: 1) : nil
      // Between what u has and the most that the box allows.
      var own = 0.0
      var most = 0.0
      for i in 0..<d {
        own += Double(g[i]) * Double(start[i] - x[i])
        most += max(Double(g[i]) * Double(1 - x[i]), -Double(g[i]) * Double(x[i]))
      }
      gain = own + part * (most - own)
    }

    func gained(_ v: [Float]) -> Double {
      v.indices.reduce(0) { $0 + Double(g[$1]) * (Double(v[$1]) - Double(x[$1])) }
    }

    func objective(_ v: [Float]) -> Double {
      v.indices.reduce(0) {
        let back = Double(v[$1]) - Double(u[$1])
        return $0 + abs(Double(v[$1]) - Double(x[$1])) + back * back / (2 * reach)
      }
    }

    func solve() -> [Float] {
      var step = ProximalHalfSpace(bounds: bounds, dimension: x.count)
      var v = x
      x.withUnsafeBufferPointer { x in
        u.withUnsafeBufferPointer { u in
          g.withUnsafeBufferPointer { g in
            v.withUnsafeMutableBufferPointer {
              step.step(x, from: u, gradient: g, gain: gain, reach: reach, into: $0)
            }
          }
        }
      }
      return v
    }
  }

  @Test(arguments: [1, 2, 9, 60], [-0.5, 0, 0.2, 0.7]) func noFeasiblePointIsBetter(_ d: Int, _ part: Double)
  {
    for seed in 0..<20 as Range<UInt64> {
      for box in [true, false] {
        let problem = Problem(seed: seed, dimension: d, box: box, gain: part)
        let v = problem.solve()
        let size = problem.g.reduce(0) { $0 + Double(abs($1)) }
        #expect(problem.gained(v) >= problem.gain - 1e-5 * size)
        if box { #expect(v.allSatisfy { (0...1).contains($0) }) }
        let best = problem.objective(v)
        var generator = SplitMix(seed + 100)
        for _ in 0..<200 {
          let length = Float.random(in: 0...0.2, using: &generator)
          var other = v.map { $0 + Float.random(in: -length...length, using: &generator) }
          if box { other = other.map { min(max($0, 0), 1) } }
          guard problem.gained(other) >= problem.gained(v) else { continue }
          #expect(problem.objective(other) >= best - 1e-5)
        }
      }
    }
  }

  /// Where u already gains more than is asked for, each coordinate gives back r, or what it has.
  @Test func withoutNeedEveryCoordinateGivesBack() {
    var problem = Problem(seed: 3, dimension: 20, box: true, gain: 0)
    problem.gain = -1000
    let v = problem.solve()
    for i in v.indices {
      let offset = problem.u[i] - problem.x[i]
      let kept = max(abs(offset) - Float(problem.reach), 0)
      #expect(abs(abs(v[i] - problem.x[i]) - kept) < 1e-6)
    }
  }

  @Test func badGradientsStayFeasible() {
    var problem = Problem(seed: 4, dimension: 6, box: true, gain: 0.5)
    problem.g = [.nan, .infinity, 0, 0, 0, -.infinity]
    #expect(problem.solve().allSatisfy { (0...1).contains($0) })
    problem.g = [0, 0, 0, 0, 0, 0]
    problem.gain = 1
    #expect(problem.solve().allSatisfy { (0...1).contains($0) })
  }
}
