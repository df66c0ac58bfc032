import CertifyEngine
import CertifyModel
import Foundation

/// A function of one number that has a relaxation.
enum Activation: Sendable, Equatable {
  /// max(x, slope·x) with slope ≤ 1; 0 is ReLU.
  case rectifier(slope: Double)
  case sigmoid
  case tanh

  init?(_ function: UnaryFunction) {
    switch function {
    case .relu: self = .rectifier(slope: 0)
    case .leakyRelu(let slope) where slope <= 1 && slope > -1: self = .rectifier(slope: Double(slope))
    case .sigmoid: self = .sigmoid
    case .tanh: self = .tanh
    default: return nil
    }
  }

  /// Whether the program's error is proven, and not only measured.
  ///
  /// A rectifier's is that of a product. For sigmoid and tanh every single-precision number was tried with the kernels
  /// named.
  var hasProvenError: Bool {
    switch self {
    case .rectifier: true
    case .sigmoid, .tanh:
      Self.provenKernels.contains("\(KernelLibrary.version) \(KernelLibrary.instructionSet)")
    }
  }

  /// The kernels whose sigmoid and tanh stay within ``functionError`` for every finite single-precision number, alone
  /// and fused into a linear layer or a convolution: what `FunctionErrorTests` finds when it tries all of them.
  private static let provenKernels: Set<String> = ["oneDNN 2.6.3 avx512_core_bf16"]

  /// The largest distance between the single-precision program's sigmoid or tanh and the true one.
  ///
  /// The kernel library documents no bound; the tests compare its results with this one.
  static let functionError = 0x1p-19

  /// φ(x) in double precision.
  func value(_ x: Double) -> Double {
    switch self {
    case .rectifier(let slope): max(x, slope * x)
    case .sigmoid: 0.5 + 0.5 * Foundation.tanh(x / 2)
    case .tanh: Foundation.tanh(x)
    }
  }

  /// How far the program's φ(x̂) may be from the true one for |x̂| ≤ `magnitude`.
  func programError(magnitude: Double) -> Double {
    switch self {
    case .rectifier(let slope): slope == 0 ? 0 : abs(slope) * magnitude * 0x1p-23 + 0x1p-124
    case .sigmoid, .tanh: Self.functionError
    }
  }

  /// The smallest and largest φ over [lower, upper], rounded outward, for the program.
  func range(_ lower: Double, _ upper: Double) -> (lower: Double, upper: Double) {
    let error = programError(magnitude: max(abs(lower), abs(upper)))
    switch self {
    case .rectifier(let slope):
      let (atLower, atUpper) = (value(lower), value(upper))
      let smallest = slope < 0 && lower < 0 && upper > 0 ? 0 : min(atLower, atUpper)
      let largest = max(atLower, atUpper)
      if slope == 0 { return (smallest, largest) }
      return ((smallest - error).nextDown, (largest + error).nextUp)
    case .sigmoid, .tanh:
      return (value(lower) - error - 0x1p-40, value(upper) + error + 0x1p-40)
    }
  }
}
