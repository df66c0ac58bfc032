/// A function of one number.
public enum UnaryFunction: Sendable, Equatable {
  case relu
  /// slope·x below zero.
  case leakyRelu(slope: Float)
  /// x above the threshold, 0 up to it.
  case thresholdedRelu(threshold: Float)
  /// x moved by the shift towards 0 beyond ±threshold, else 0.
  case shrink(threshold: Float, shift: Float)
  case sigmoid
  case tanh
  /// x·Φ(x).
  case gelu
  /// The tanh approximation of x·Φ(x).
  case geluTanh
  /// alpha·(eˣ − 1) below zero, else x.
  case elu(alpha: Float)
  /// ln(1 + eˣ).
  case softplus
  /// x/(1 + |x|).
  case softsign
  /// x·min(max(x/6 + ½, 0), 1).
  case hardSwish
  /// x·tanh(ln(1 + eˣ)).
  case mish
  /// x·σ(alpha·x) with the logistic function σ.
  case swish(alpha: Float)
  /// min(max(x, lower), upper).
  case clip(lower: Float, upper: Float)
  case erf
  case exp
  case log
  case sqrt
  case abs
  case reciprocal
  /// x to a constant power.
  case power(exponent: Float)
  case sin, cos, tan, arcsin, arccos, arctan
  case sinh, cosh, arsinh, arcosh, artanh
  /// −1, 0 or 1.
  case sign
  case floor
  case ceiling
  /// The nearest whole number, halves to even.
  case round
  /// The nearest whole number towards zero.
  case truncate
  /// 1 where x > 0, else 0.
  case isPositive
  /// 1 where x ≥ 0, else 0.
  case isNonNegative
  /// 1 where x = 0, else 0.
  case isZero
  /// 1 where x is NaN, else 0.
  case isNaN
  /// 1 where x is one of the infinities named, else 0.
  case isInfinite(negative: Bool, positive: Bool)

  /// Whether the function is constant between jumps, so that its derivative is 0 wherever it exists.
  public var isStep: Bool {
    switch self {
    case .sign, .floor, .ceiling, .round, .truncate, .isPositive, .isNonNegative, .isZero, .isNaN,
      .isInfinite:
      true
    default: false
    }
  }
}

/// A function of two numbers.
public enum BinaryFunction: Sendable, Equatable {
  case add, subtract, multiply, divide, maximum, minimum
  /// a to the power b.
  case power
}

/// y = condition ≠ 0 ? whenTrue : whenFalse; each of the three is a constant, or the next of the inputs.
public struct Choice: Sendable {
  /// Broadcasts to the output; `nil` is an input.
  public var condition: Tensor?
  /// Broadcasts to the output, may hold infinities; `nil` is an input.
  public var whenTrue: Tensor?
  /// Broadcasts to the output, may hold infinities; `nil` is an input.
  public var whenFalse: Tensor?

  public init(condition: Tensor?, whenTrue: Tensor?, whenFalse: Tensor?) {
    self.condition = condition
    self.whenTrue = whenTrue
    self.whenFalse = whenFalse
  }
}

/// The level q = min(max(round(x/scale) + zeroPoint, lowest), highest), halves to even, or scale·(q − zeroPoint).
///
/// This is what ONNX's QuantizeLinear does, or together with DequantizeLinear, in single precision step by step. The
/// derivative that gradients use is the straight-through one (Bengio, Léonard, Courville 2013,
/// arXiv:1308.3432), as if nothing were rounded: 0 where q is cut off.
public struct Quantization: Sendable, Equatable {
  /// Positive; broadcasts to the input.
  public var scale: Tensor
  /// Whole numbers, of the shape of `scale`.
  public var zeroPoint: Tensor
  public var lowest: Float
  public var highest: Float
  /// Whether the result is the number that the level stands for.
  public var isDequantized: Bool

  public init(
    scale: Tensor, zeroPoint: Tensor, lowest: Float, highest: Float, isDequantized: Bool = true
  ) {
    self.isDequantized = isDequantized
    self.scale = scale
    self.zeroPoint = zeroPoint
    self.lowest = lowest
    self.highest = highest
  }
}
