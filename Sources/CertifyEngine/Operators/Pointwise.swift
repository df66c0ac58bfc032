import CertifyModel
import Foundation

/// A function of one number that the kernel library does not have, as loops over elements.
struct PointwiseKernel {
  /// y = φ(x): x, y, count.
  typealias Value = (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
  /// g = v·φ'(x): v, x, g, count.
  typealias Pullback = (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void

  let value: Value
  let pullback: Pullback

  // Inlined where the functions are given, so that each becomes one loop without calls of closures.
  @inline(__always)
  private init(_ function: @escaping (Float) -> Float, derivative: @escaping (Float) -> Float) {
    value = { x, y, count in
      for i in 0..<count { y[i] = function(x[i]) }
    }
    pullback = { v, x, g, count in
      for i in 0..<count { g[i] = v[i] * derivative(x[i]) }
    }
  }

  @inline(__always)
  private init(step function: @escaping (Float) -> Float) {
    self.init(function, derivative: { _ in 0 })
  }

  /// `nil` for a function that the kernel library has.
  init?(_ function: UnaryFunction) {
    switch function {
    case .erf: self.init({ Foundation.erf($0) }, derivative: { 1.128_379_2 * Foundation.exp(-$0 * $0) })
    // The library's logarithm is off by 1e-6 near 1.
    case .log: self.init({ Foundation.log($0) }, derivative: { 1 / $0 })
    case .softsign:
      self.init(
        { $0 / (1 + Swift.abs($0)) },
        derivative: { x in
          let root = 1 / (1 + Swift.abs(x))
          return root * root
        })
    case .thresholdedRelu(let threshold):
      self.init({ $0 > threshold ? $0 : 0 }, derivative: { $0 > threshold ? 1 : 0 })
    case .shrink(let threshold, let shift):
      self.init(
        { $0 < -threshold ? $0 + shift : $0 > threshold ? $0 - shift : 0 },
        derivative: { $0 < -threshold || $0 > threshold ? 1 : 0 })
    case .sin: self.init({ Foundation.sin($0) }, derivative: { Foundation.cos($0) })
    case .cos: self.init({ Foundation.cos($0) }, derivative: { -Foundation.sin($0) })
    case .tan:
      self.init(
        { Foundation.tan($0) },
        derivative: { x in
          let y = Foundation.tan(x)
          return 1 + y * y
        })
    case .arcsin: self.init({ asin($0) }, derivative: { 1 / ((1 - $0) * (1 + $0)).squareRoot() })
    case .arccos: self.init({ acos($0) }, derivative: { -1 / ((1 - $0) * (1 + $0)).squareRoot() })
    case .arctan: self.init({ atan($0) }, derivative: { 1 / (1 + $0 * $0) })
    case .sinh: self.init({ Foundation.sinh($0) }, derivative: { Foundation.cosh($0) })
    case .cosh: self.init({ Foundation.cosh($0) }, derivative: { Foundation.sinh($0) })
    case .arsinh: self.init({ asinh($0) }, derivative: { 1 / ($0 * $0 + 1).squareRoot() })
    case .arcosh: self.init({ acosh($0) }, derivative: { 1 / (($0 - 1) * ($0 + 1)).squareRoot() })
    case .artanh: self.init({ atanh($0) }, derivative: { 1 / ((1 - $0) * (1 + $0)) })
    case .sign: self.init(step: { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 })
    case .floor: self.init(step: { $0.rounded(.down) })
    case .ceiling: self.init(step: { $0.rounded(.up) })
    case .round: self.init(step: { $0.rounded(.toNearestOrEven) })
    case .truncate: self.init(step: { $0.rounded(.towardZero) })
    case .isPositive: self.init(step: { $0 > 0 ? 1 : 0 })
    case .isNonNegative: self.init(step: { $0 >= 0 ? 1 : 0 })
    case .isZero: self.init(step: { $0 == 0 ? 1 : 0 })
    case .isNaN: self.init(step: { $0.isNaN ? 1 : 0 })
    case .isInfinite(let negative, let positive):
      self.init(step: { positive && $0 == .infinity || negative && $0 == -.infinity ? 1 : 0 })
    case .relu, .leakyRelu, .sigmoid, .tanh, .gelu, .geluTanh, .elu, .softplus, .hardSwish, .mish, .swish,
      .clip,
      .exp, .sqrt, .abs, .reciprocal, .power:
      return nil
    }
  }
}
