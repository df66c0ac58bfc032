import Foundation

/// Functions of real numbers for folding; kept here so that operator files need not import Foundation.
let power: @Sendable (Double, Double) -> Double = { pow($0, $1) }

extension UnaryFunction {
  /// The function's value in double precision.
  func value(at x: Double) -> Double {
    switch self {
    case .relu: max(x, 0)
    case .leakyRelu(let slope): x < 0 ? Double(slope) * x : x
    case .thresholdedRelu(let threshold): x > Double(threshold) ? x : 0
    case .shrink(let threshold, let shift):
      x < -Double(threshold) ? x + Double(shift) : x > Double(threshold) ? x - Double(shift) : 0
    case .sigmoid: 1 / (1 + Foundation.exp(-x))
    case .tanh: Foundation.tanh(x)
    case .gelu: x * erfc(-x / 2.0.squareRoot()) / 2
    case .geluTanh:
      x * (1 + Foundation.tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x))) / 2
    case .elu(let alpha): x < 0 ? Double(alpha) * expm1(x) : x
    case .softplus: max(x, 0) + log1p(Foundation.exp(-Swift.abs(x)))
    case .softsign: x / (1 + Swift.abs(x))
    case .hardSwish: x * min(max(x / 6 + 0.5, 0), 1)
    case .mish: x * Foundation.tanh(UnaryFunction.softplus.value(at: x))
    case .swish(let alpha): x / (1 + Foundation.exp(-Double(alpha) * x))
    case .clip(let lower, let upper): min(max(x, Double(lower)), Double(upper))
    case .erf: Foundation.erf(x)
    case .exp: Foundation.exp(x)
    case .log: Foundation.log(x)
    case .sqrt: x.squareRoot()
    case .abs: Swift.abs(x)
    case .reciprocal: 1 / x
    case .power(let exponent): pow(x, Double(exponent))
    case .sin: Foundation.sin(x)
    case .cos: Foundation.cos(x)
    case .tan: Foundation.tan(x)
    case .arcsin: asin(x)
    case .arccos: acos(x)
    case .arctan: atan(x)
    case .sinh: Foundation.sinh(x)
    case .cosh: Foundation.cosh(x)
    case .arsinh: asinh(x)
    case .arcosh: acosh(x)
    case .artanh: atanh(x)
    case .sign: x > 0 ? 1 : x < 0 ? -1 : x
    case .floor: x.rounded(.down)
    case .ceiling: x.rounded(.up)
    case .round: x.rounded(.toNearestOrEven)
    case .truncate: x.rounded(.towardZero)
    case .isPositive: x > 0 ? 1 : 0
    case .isNonNegative: x >= 0 ? 1 : 0
    case .isZero: x == 0 ? 1 : 0
    case .isNaN: x.isNaN ? 1 : 0
    case .isInfinite(let negative, let positive):
      x == .infinity && positive || x == -.infinity && negative ? 1 : 0
    }
  }
}
