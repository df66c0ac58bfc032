import CertifyModel
import Foundation

extension ReferenceInterpreter {
  /// A function of one number from its definition.
  func apply(_ function: UnaryFunction, _ x: Double) -> Double {
    switch function {
    case .relu: max(x, 0)
    case .leakyRelu(let slope): x < 0 ? Double(slope) * x : x
    case .sigmoid: 1 / (1 + exp(-x))
    case .tanh: tanh(x)
    case .gelu: 0.5 * x * erfc(-x / 2.0.squareRoot())
    case .geluTanh: 0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    case .clip(let lower, let upper): min(max(x, Double(lower)), Double(upper))
    case .erf: erf(x)
    case .exp: exp(x)
    case .log: log(x)
    case .sqrt: x.squareRoot()
    case .abs: abs(x)
    case .reciprocal: 1 / x
    case .power(let exponent): pow(x, Double(exponent))
    case .thresholdedRelu(let threshold): x > Double(threshold) ? x : 0
    case .shrink(let threshold, let shift):
      x < -Double(threshold) ? x + Double(shift) : x > Double(threshold) ? x - Double(shift) : 0
    case .elu(let alpha): x < 0 ? Double(alpha) * (exp(x) - 1) : x
    case .softplus: log(1 + exp(x))
    case .softsign: x / (1 + abs(x))
    case .hardSwish: x * min(max(x + 3, 0), 6) / 6
    case .mish: x * tanh(log(1 + exp(x)))
    case .swish(let alpha): x / (1 + exp(-Double(alpha) * x))
    case .sin: sin(x)
    case .cos: cos(x)
    case .tan: sin(x) / cos(x)
    case .arcsin: asin(x)
    case .arccos: acos(x)
    case .arctan: atan(x)
    case .sinh: (exp(x) - exp(-x)) / 2
    case .cosh: (exp(x) + exp(-x)) / 2
    case .arsinh: asinh(x)
    case .arcosh: acosh(x)
    case .artanh: log((1 + x) / (1 - x)) / 2
    case .sign: x > 0 ? 1 : x < 0 ? -1 : 0
    case .floor: floor(x)
    case .ceiling: ceil(x)
    case .round: rint(x)
    case .truncate: trunc(x)
    case .isPositive: x > 0 ? 1 : 0
    case .isNonNegative: x >= 0 ? 1 : 0
    case .isZero: x == 0 ? 1 : 0
    case .isNaN: x != x ? 1 : 0
    case .isInfinite(let negative, let positive):
      (positive && x == .infinity) || (negative && x == -.infinity) ? 1 : 0
    }
  }
}
