import CertifyEngine
import CertifyModel
import Foundation
import Testing

@testable import CertifyCertificates

/// The engine's sigmoid and tanh stay within the error that bounds pay for: for a part of all single-precision numbers,
/// and with CERTIFY_LONG_TESTS for every finite one, which proves it for the kernels and the instruction set at hand.
///
/// The true values are enclosed: both functions increase, so over neighbouring numbers they lie between those at the
/// ends.
@Suite struct FunctionErrorTests {
  /// How the program comes to evaluate the function.
  enum Program: CaseIterable {
    case alone, afterLinear, afterConvolution
    /// The kernel library's portable implementation, for layouts without a fast one.
    case portable
  }

  static let isLong = ProcessInfo.processInfo.environment["CERTIFY_LONG_TESTS"] != nil

  @Test(arguments: [UnaryFunction.sigmoid, .tanh], Program.allCases)
  func everyNumber(function: UnaryFunction, program: Program) throws {
    let activation = try #require(Activation(function))
    let evaluation = try Evaluation(function, program)
    let block = UInt32(evaluation.count)
    var worst = 0.0
    let end = Float.infinity.bitPattern
    // Every block, or a few of each power of two.
    let stride = Self.isLong ? block : (1 << 20) - 3 * block
    for sign: Float in [1, -1] {
      for first in Swift.stride(from: UInt32(0), to: end, by: Int(stride)) {
        let last = min(first + block, end) - 1
        try evaluation.run { sign * Float(bitPattern: min(first + UInt32($0), last)) }
        worst = max(worst, evaluation.worst(activation, step: Self.enclosureWidth(Float(bitPattern: first))))
      }
    }
    print("\(function) \(program) \(KernelLibrary.version) \(KernelLibrary.instructionSet): \(worst)")
    #expect(worst > 0)
    #expect(worst < Activation.functionError, "\(worst)")
  }

  /// How many neighbouring numbers from x on span at most 2⁻²⁴ of the function's values.
  private static func enclosureWidth(_ x: Float) -> Int {
    if x >= 32 { return 1 << 16 }
    return x < 0x1p-16 ? 1 << 16 : max(1, 1 << max(0, -Int(x.exponent) - 1))
  }

  /// A program that evaluates the function at many numbers.
  private final class Evaluation {
    let count = 1 << 14
    private let evaluator: GraphEvaluator?
    private let function: UnaryFunction
    private var arguments: [Float]
    private var results: [Float]

    init(_ function: UnaryFunction, _ program: Program) throws {
      self.function = function
      arguments = [Float](repeating: 0, count: count)
      results = arguments
      let shape =
        program == .afterConvolution ? [1, 1, 128, 128] : program == .alone ? [1, count] : [count / 16, 16]
      let operation: CertifyModel.Operation?
      switch program {
      case .alone, .portable: operation = nil
      case .afterLinear:
        operation = .linear(
          Linear(
            weights: Tensor(shape: [16, 16], elements: (0..<256).map { $0 % 17 == 0 ? 1 : 0 }), bias: nil))
      case .afterConvolution:
        operation = .convolution(
          Convolution(
            weights: Tensor(shape: [1, 1, 1, 1], elements: [1]), bias: nil, strides: [1, 1],
            dilations: [1, 1],
            padsBegin: [0, 0], padsEnd: [0, 0], groups: 1))
      }
      var values = [Value(name: "x", shape: shape)]
      var nodes: [Node] = []
      for operation in [operation, .unary(function)].compactMap(\.self) {
        nodes.append(
          Node(
            name: "n\(nodes.count)", operation: operation, inputs: [values.count - 1], output: values.count))
        values.append(Value(name: "v\(values.count)", shape: shape))
      }
      evaluator =
        program == .portable
        ? nil
        : try GraphEvaluator(
          graph: Graph(values: values, nodes: nodes, input: 0, output: values.count - 1), gradients: false)
    }

    func run(_ argument: (Int) -> Float) throws {
      for k in 0..<count { arguments[k] = argument(k) }
      guard let evaluator else {
        for k in 0..<count {
          results[k] = function == .tanh ? tanhf(arguments[k]) : 1 / (1 + expf(-arguments[k]))
        }
        return
      }
      _ = evaluator.inputs.update(fromContentsOf: arguments)
      try evaluator.forward()
      _ = results.withUnsafeMutableBufferPointer { $0.update(fromContentsOf: evaluator.outputs) }
    }

    /// The largest distance between a result and any number that the true value may be.
    func worst(_ activation: Activation, step: Int) -> Double {
      var worst = 0.0
      for first in stride(from: 0, to: count, by: step) {
        let last = min(first + step, count) - 1
        let ends = [activation.value(Double(arguments[first])), activation.value(Double(arguments[last]))]
        let (low, high) = (ends.min() ?? 0, ends.max() ?? 0)
        for k in first...last {
          let result = Double(results[k])
          let error = max(result - low, high - result)
          // NaN is no result.
          if !(error <= worst) { worst = error.isNaN ? .infinity : error }
        }
      }
      return worst
    }
  }
}
