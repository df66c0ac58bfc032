/// What a ``Node`` computes: the small set of operations that every supported ONNX operator is lowered to.
///
/// Engine, certificates and reports switch over this set, not over ONNX's operators.
public enum Operation: Sendable {
  /// y = w ⋆ x + b over one, two or three spatial axes; x is [N, C, …].
  case convolution(Convolution)
  /// The transpose of a convolution whose input has the shape of the output: y = wᵀ ⋆ x; its bias is `nil`.
  case transposedConvolution(Convolution)
  /// y[…, o] = Σᵢ w[o, i]·x[…, i] + b[o].
  case linear(Linear)
  /// Batched matrix product of two values, broadcast over the leading axes.
  case matrixProduct
  /// y = scale·x + shift with constants that broadcast against x, to the shape of the output.
  case affine(Affine)
  /// A function of one number, applied to each element.
  case unary(UnaryFunction)
  /// A function of two numbers, applied to each pair of elements with broadcasting.
  case binary(BinaryFunction)
  /// One of two numbers, by a condition, with broadcasting.
  case choice(Choice)
  /// Rounding to a grid.
  case quantization(Quantization)
  /// softmax along one axis (non-negative).
  case softmax(axis: Int)
  /// log-softmax along one axis (non-negative).
  case logSoftmax(axis: Int)
  /// A maximum or average over a sliding window.
  case pooling(Pooling)
  /// A reduction over some axes.
  case reduction(Reduction)
  /// The same elements in the shape of the output.
  case reshape
  /// y's axis k is x's axis `permutation[k]`.
  case transpose(permutation: [Int])
  /// Padding along each axis.
  case padding(Padding)
  /// The inputs one after another along one axis (non-negative).
  case concatenation(axis: Int)
  /// A strided sub-box.
  case slice(Slice)
  /// x repeated along axes of extent 1 to the shape of the output.
  case broadcast
  /// A constant sparse matrix applied along one axis.
  case modeProduct(ModeProduct)
}

/// A convolution's constants.
public struct Convolution: Sendable {
  /// [outputs, inputs / groups, k…].
  public var weights: Tensor
  /// [outputs], or `nil` for none.
  public var bias: Tensor?
  /// One number a spatial axis.
  public var strides: [Int]
  /// One number a spatial axis; 1 is dense.
  public var dilations: [Int]
  /// Zeros before and after, one number a spatial axis.
  public var padsBegin: [Int]
  /// Zeros after, one number a spatial axis.
  public var padsEnd: [Int]
  /// The parts that the channels are split into, each convolved by itself; 1 is one for all.
  public var groups: Int

  public init(
    weights: Tensor, bias: Tensor?, strides: [Int], dilations: [Int], padsBegin: [Int], padsEnd: [Int],
    groups: Int
  ) {
    self.weights = weights
    self.bias = bias
    self.strides = strides
    self.dilations = dilations
    self.padsBegin = padsBegin
    self.padsEnd = padsEnd
    self.groups = groups
  }
}

/// A linear layer's constants.
public struct Linear: Sendable {
  /// [outputs, inputs].
  public var weights: Tensor
  /// [outputs], or `nil` for none.
  public var bias: Tensor?

  public init(weights: Tensor, bias: Tensor?) {
    self.weights = weights
    self.bias = bias
  }
}

/// An element-wise affine map's constants; at least one is present.
public struct Affine: Sendable {
  /// Broadcasts against the input as ONNX broadcasts; `nil` is 1.
  public var scale: Tensor?
  /// Broadcasts against the input as ONNX broadcasts; `nil` is 0.
  public var shift: Tensor?

  public init(scale: Tensor?, shift: Tensor?) {
    self.scale = scale
    self.shift = shift
  }
}

/// A sliding-window reduction over one, two or three spatial axes; x is [N, C, …].
public struct Pooling: Sendable {
  /// What becomes of a window.
  public enum Kind: Sendable, Equatable {
    /// The largest number of the window; padded places do not count.
    case maximum
    /// `countsPadding`: whether padded places enter the divisor.
    case average(countsPadding: Bool)
  }
  /// Whether windows give a maximum or an average.
  public var kind: Kind
  /// The window's extents, one number a spatial axis.
  public var kernel: [Int]
  /// The steps between windows, one number a spatial axis.
  public var strides: [Int]
  /// The steps within a window, one number a spatial axis; 1 is dense.
  public var dilations: [Int]
  /// Padded places before, one number a spatial axis.
  public var padsBegin: [Int]
  /// Padded places after, one number a spatial axis.
  public var padsEnd: [Int]

  public init(
    kind: Kind, kernel: [Int], strides: [Int], dilations: [Int], padsBegin: [Int], padsEnd: [Int]
  ) {
    self.kind = kind
    self.kernel = kernel
    self.strides = strides
    self.dilations = dilations
    self.padsBegin = padsBegin
    self.padsEnd = padsEnd
  }
}

/// A reduction over some axes; the output's shape says whether they are kept with extent 1 or dropped.
public struct Reduction: Sendable {
  /// What becomes of the reduced values.
  public enum Kind: Sendable, Equatable {
    /// Σ xᵢ.
    case sum
    /// Σ xᵢ over their number.
    case mean
    /// The largest number.
    case maximum
    /// The smallest number.
    case minimum
    /// ∏ xᵢ.
    case product
    /// The place of the largest number along one axis: the first of equal ones, or the last.
    case argMaximum(isLast: Bool)
    /// The place of the smallest number along one axis: the first of equal ones, or the last.
    case argMinimum(isLast: Bool)

    /// Whether the result is a place, which jumps: its derivative is 0 wherever it exists.
    public var isPlace: Bool {
      switch self {
      case .argMaximum, .argMinimum: true
      case .sum, .mean, .maximum, .minimum, .product: false
      }
    }
  }
  /// What the numbers along the axes are reduced to.
  public var kind: Kind
  /// Non-negative, ascending.
  public var axes: [Int]

  public init(kind: Kind, axes: [Int]) {
    self.kind = kind
    self.axes = axes
  }
}

/// Padding along each axis of the input.
public struct Padding: Sendable {
  /// What the new places are filled with.
  public enum Mode: Sendable, Equatable {
    /// The number given.
    case constant(Float)
    /// The input mirrored at its first and last place, which are not repeated.
    case reflect
    /// The nearest number of the input.
    case edge
  }
  /// What the new places hold.
  public var mode: Mode
  /// One number an axis; never negative.
  public var before: [Int]
  /// The new places at the end, one number an axis; never negative.
  public var after: [Int]

  public init(mode: Mode, before: [Int], after: [Int]) {
    self.mode = mode
    self.before = before
    self.after = after
  }
}

/// A strided sub-box: y[i] = x[start + i·step] along each axis.
public struct Slice: Sendable {
  /// One number an axis of the input.
  public var starts: [Int]
  /// One number an axis of the input; may be negative, never 0.
  public var steps: [Int]

  public init(starts: [Int], steps: [Int]) {
    self.starts = starts
    self.steps = steps
  }
}

/// A constant sparse matrix M applied along one axis: y[…, i, …] = Σⱼ M[i, j]·x[…, j, …].
///
/// Selections, resampling and sums over neighbours are of this form (the n-mode product of Kolda and Bader
/// 2009, doi:10.1137/07070111X).
public struct ModeProduct: Sendable {
  /// Non-negative.
  public var axis: Int
  /// [extent of the output along the axis, extent of the input].
  public var matrix: SparseMatrix

  public init(axis: Int, matrix: SparseMatrix) {
    self.axis = axis
    self.matrix = matrix
  }
}
