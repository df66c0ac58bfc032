import ArgumentParser
import CertifyCertificates
import CertifyData
import CertifyModel

/// `certify verify`: does a property hold of a model?
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Decide a VNNLIB 1.0 property: sat (with a counterexample), unsat or unknown.",
    discussion: """
      The first word on stdout is the verdict about the unsafe set that the property describes: `sat` when the \
      model reaches it, followed by an input and its outputs; `unsat` when it is proven that it does not; \
      `unknown` otherwise. X and Y are the file's own input and output in row-major order.

      Example: certify verify model.onnx property.vnnlib
      """)

  @Argument(help: "The model, an ONNX file.")
  var model: String

  @Argument(help: "The property, a VNNLIB file (.gz too).")
  var property: String

  @Option(help: "Seconds after which the verdict is unknown.")
  var timeout = 60.0

  @OptionGroup var common: CommonOptions

  func run() throws {
    try reportingFailures {
      guard timeout > 0, timeout <= 1e9 else {
        throw CommandError.usage("--timeout \(timeout): give a number of seconds above 0")
      }
      let deadline = ContinuousClock.now.advanced(by: .seconds(timeout))
      let (verdict, floatSound) = try namingModel(model) {
        let loaded = try OnnxModel.load(path: model)
        let cases = try cases(for: loaded)
        let verifier = try Verifier { try loaded.graph(batchSize: $0) }
        return (try verifier.verdict(on: cases) { ContinuousClock.now >= deadline }, verifier.floatSound)
      }
      switch verdict {
      case .unsat:
        if !floatSound {
          Terminal.standardError(
            "not float-sound: the errors of sigmoid and tanh with these kernels are measured, not proven")
        }
        Terminal.standardOutput("unsat")
      case .sat(let counterexample): Terminal.standardOutput("sat\n" + text(counterexample))
      case .unknown(let reason):
        Terminal.standardError("unknown: \(reason)")
        Terminal.standardOutput("unknown")
      }
    }
  }

  private func cases(for model: OnnxModel) throws -> [UnsafeCase] {
    let property = try VNNLIBProperty.load(path: property)
    let (inputs, outputs) = (model.inputShape.reduce(1, *), model.outputShape.reduce(1, *))
    guard property.inputCount == inputs, property.outputCount == outputs else {
      throw CommandError(
        code: .badInput,
        description:
          "\(self.property): it declares \(property.inputCount) inputs and \(property.outputCount) outputs, and "
          + "the model has \(inputs) and \(outputs); name the property of this model")
    }
    return property.cases.map { part in
      UnsafeCase(
        lower: part.lower, upper: part.upper,
        constraints: part.constraints.map { constraint in
          UnsafeCase.Constraint(
            terms: constraint.terms.map { ($0.index, $0.weight) }, bound: constraint.bound)
        })
    }
  }

  /// The counterexample as VNN-COMP writes it, in double precision: a float's short form may lie outside the box.
  private func text(_ counterexample: Counterexample) -> String {
    let lines =
      counterexample.input.enumerated().map { "(X_\($0) \(Double($1)))" }
      + counterexample.outputs.enumerated().map { "(Y_\($0) \(Double($1)))" }
    return "(" + lines.joined(separator: "\n ") + ")"
  }
}
