/// A function of one number.
public enum UnaryFunction: Sendable, Equatable {
  /// max(x, 0).
  case relu
  /// slope·x below zero.
  case leakyRelu(slope: Float)
  /// x above the threshold, 0 up to it.
  case thresholdedRelu(threshold: Float)
  /// x moved by the shift towards 0 beyond ±threshold, else 0.
  case shrink(threshold: Float, shift: Float)
  /// 1/(1 + e⁻ˣ).
  case sigmoid
  /// The hyperbolic tangent.
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
  /// The error function 2/√π·∫₀ˣ e^(−t²) dt.
  case erf
  /// eˣ.
  case exp
  /// ln x.
  case log
  /// √x.
  case sqrt
  /// |x|.
  case abs
  /// 1/x.
  case reciprocal
  /// x to a constant power.
  case power(exponent: Float)
  /// sin x, x in radians.
  case sin
  /// cos x, x in radians.
  case cos
  /// tan x, x in radians.
  case tan
  /// The inverse of the sine, in [−π/2, π/2]; x in [−1, 1].
  case arcsin
  /// The inverse of the cosine, in [0, π]; x in [−1, 1].
  case arccos
  /// The inverse of the tangent, in (−π/2, π/2).
  case arctan
  /// (eˣ − e⁻ˣ)/2.
  case sinh
  /// (eˣ + e⁻ˣ)/2.
  case cosh
  /// The inverse of the hyperbolic sine.
  case arsinh
  /// The non-negative inverse of the hyperbolic cosine; x ≥ 1.
  case arcosh
  /// The inverse of the hyperbolic tangent; x in (−1, 1).
  case artanh
  /// −1, 0 or 1.
  case sign
  /// The largest whole number up to x.
  case floor
  /// The smallest whole number from x on.
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
  /// a + b.
  case add
  /// a − b.
  case subtract
  /// a·b.
  case multiply
  /// a/b.
  case divide
  /// The larger of a and b.
  case maximum
  /// The smaller of a and b.
  case minimum
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
  /// The smallest level, such as −128.
  public var lowest: Float
  /// The largest level, such as 127.
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
