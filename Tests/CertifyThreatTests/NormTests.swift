import CertifyThreat
import Testing

@Suite struct NormTests {
  @Test func dualIsAnInvolution() {
    for norm in Norm.allCases { #expect(norm.dual.dual == norm) }
    #expect(Norm.l1.dual == .linf)
    #expect(Norm.l2.dual == .l2)
  }

  @Test(arguments: [(Norm.l1, 7.0), (.l2, 5.0), (.linf, 4.0)])
  func lengthOfThreeFour(norm: Norm, expected: Double) {
    #expect(norm.length(of: [3, -4, 0]) == expected)
    #expect(norm.distance([4, -3, 1], [1, 1, 1]) == expected)
    #expect(norm.distanceRoundedUp([4, -3, 1], [1, 1, 1]) == expected)
    #expect(norm.length(of: []) == 0)
  }

  @Test(arguments: Norm.allCases)
  func nanMakesTheDistanceNaN(norm: Norm) {
    #expect(norm.length(of: [1, .nan, 2]).isNaN)
    #expect(norm.distance([1, .nan, 2], [0, 0, 0]).isNaN)
    #expect(norm.distanceRoundedUp([1, .nan, 2], [0, 0, 5]).isNaN)
  }

  @Test func extremesNeitherOverflowNorVanish() {
    let big = Float.greatestFiniteMagnitude
    let small = Float.leastNonzeroMagnitude
    for norm in Norm.allCases {
      #expect(norm.distanceRoundedUp([big, 0], [-big, 0]) == 2 * Double(big))
      #expect(norm.distanceRoundedUp([small, 0], [0, 0]) == Double(small))
    }
    // 1e30 + 1e-30 is no double: the distance has to be the next one.
    let far = Norm.linf.distanceRoundedUp([1e30], [-1e-30])
    #expect(far == Double(Float(1e30)).nextUp)
    #expect(Norm.linf.distance([1e30], [-1e-30]) == Double(Float(1e30)))
  }

  /// Sums of squares of integers are exact in 64 bits, so the true distance can be bracketed exactly.
  @Test func roundedUpIsAtLeastTheTrueRoot() {
    var generator = SplitMix(1)
    var exact = 0
    for count in [1, 2, 3, 17, 784] {
      for _ in 0..<200 {
        let a = (0..<count).map { _ in Float(Int.random(in: -4000...4000, using: &generator)) }
        let b = (0..<count).map { _ in Float(Int.random(in: -4000...4000, using: &generator)) }
        let square = zip(a, b).reduce(0) { $0 + (Int($1.0) - Int($1.1)) * (Int($1.0) - Int($1.1)) }
        let root = Norm.l2.distanceRoundedUp(a, b)
        // root² ≥ square, in exact arithmetic: square is an integer below 2⁵³.
        #expect((-Double(square)).addingProduct(root, root) >= 0)
        let below = root.nextDown
        #expect((-Double(square)).addingProduct(below, below) < 0, "more than one unit too large")
        if root * root == Double(square), root == root.rounded() { exact += 1 }
      }
    }
    #expect(exact > 100)
  }

  /// 0.1f is above 1/10: adding thousands of such terms in double precision rounds down somewhere.
  @Test func sumsRoundUp() {
    var generator = SplitMix(2)
    for _ in 0..<50 {
      // Terms k·2⁻⁴⁰ + 1: the exact sum needs more than 53 bits, and is an integer multiple of 2⁻⁴⁰.
      let count = 5000
      let fine = (0..<count).map { _ in Float(Int.random(in: 1...(1 << 23), using: &generator)) * 0x1p-63 }
      let coarse = (0..<count).map { _ in Float(Int.random(in: 1...(1 << 23), using: &generator)) * 0x1p-23 }
      var high: UInt64 = 0
      var low: UInt64 = 0
      for i in 0..<count {
        low += UInt64(fine[i] * 0x1p63)
        high += UInt64(coarse[i] * 0x1p23)
      }
      let sum = Norm.l1.distanceRoundedUp(fine + coarse, Array(repeating: 0, count: 2 * count))
      // sum · 2²³ − high ≥ low · 2⁻⁴⁰, and the subtraction is exact.
      #expect(sum * 0x1p23 - Double(high) >= Double(low) * 0x1p-40)
      #expect(sum < (Double(high) * 0x1p-23) * (1 + 1e-9))
    }
  }

  @Test func gridDistanceIsThatOfTheIntegers() {
    #expect(Norm.l1.gridDistance([0, 255], [255, 0], steps: 255) == 2)
    #expect(Norm.linf.gridDistance([0, 51], [3, 0], steps: 255) == 51.0 / 255)
    #expect(Norm.l2.gridDistance([3, 0], [0, 4], steps: 5) == 1)
    #expect(Norm.l1.gridDistance([.min], [.max], steps: 1) == 4_294_967_295)
    for k in 1...2000 {
      let distance = Norm.l1.gridDistance([Int32(k)], [0], steps: 255)
      #expect((-Double(k)).addingProduct(distance, 255) >= 0)
      #expect((-Double(k)).addingProduct(distance.nextDown, 255) < 0)
    }
    // √2/255 rounded up twice.
    let diagonal = Norm.l2.gridDistance([1, 1], [0, 0], steps: 255)
    #expect(
      diagonal > 2.0.squareRoot() / 255 * (1 - 1e-15) && diagonal < 2.0.squareRoot() / 255 * (1 + 1e-15))
    #expect((-2.0).addingProduct(diagonal * 255, diagonal * 255) >= 0)
  }

  @Test(arguments: Norm.allCases)
  func steepestStepAttainsHoelder(norm: Norm) {
    var generator = SplitMix(3)
    for count in [1, 2, 7, 784] {
      let gradient = generator.floats(count, in: -3...3)
      let step = norm.steepestStep(along: gradient, radius: 0.3)
      let gain = zip(gradient, step).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      let bound = 0.3 * norm.dual.length(of: gradient)
      #expect(norm.distanceRoundedUp(step, Array(repeating: 0, count: count)) <= 0.3)
      #expect(gain <= bound * (1 + 1e-12))
      #expect(gain >= bound * (1 - 2e-7))
    }
  }

  @Test(arguments: Norm.allCases)
  func noRandomDirectionBeatsTheSteepestStep(norm: Norm) {
    var generator = SplitMix(4)
    let count = 5
    let gradient = generator.floats(count, in: -1...1)
    let step = norm.steepestStep(along: gradient, radius: 1)
    let best = zip(gradient, step).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    var largest = 0.0
    var other = [Float](repeating: 0, count: count)
    for _ in 0..<100_000 {
      other.withUnsafeMutableBufferPointer { norm.fillBall(radius: 1, into: $0, using: &generator) }
      // Stretch it to the sphere, where it gains most.
      let length = norm.length(of: other)
      let gain = zip(gradient, other).reduce(0.0) { $0 + Double($1.0) * Double($1.1) } / length
      largest = max(largest, gain)
    }
    #expect(largest <= best * (1 + 2e-7))
    #expect(largest > best * 0.8, "the random directions do not even come near")
  }

  @Test(arguments: Norm.allCases)
  func steepestStepOfOddGradients(norm: Norm) {
    #expect(norm.steepestStep(along: [0, 0, 0], radius: 1) == [0, 0, 0])
    #expect(norm.steepestStep(along: [.nan, 0, 0], radius: 1) == [0, 0, 0])
    let step = norm.steepestStep(along: [1, -.infinity, 0], radius: 1)
    #expect(step.allSatisfy { $0.isFinite })
    #expect(step[1] < -0.99)
    #expect(norm.steepestStep(along: [1, 2], radius: 0).allSatisfy { $0 == 0 })
    #expect(norm.steepestStep(along: [2, -2], radius: 1)[0] > 0)
  }
}
