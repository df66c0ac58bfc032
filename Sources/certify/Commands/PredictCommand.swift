import ArgumentParser
import CertifyData
import CertifyEngine
import CertifyEvaluation
import CertifyModel
import Foundation
import Logging

/// `certify predict`: the model's own answers.
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "Print the class of every input.",
    discussion: """
      Prints `index,predicted` or, with labels, `index,label,predicted`. Logits are the numbers that decisions \
      are taken on: what goes into a final softmax or sigmoid. Input gradients are those of the predicted \
      class's logit.

      Example: certify predict model.onnx --data test.npz --logits logits.npy
      """)

  @Argument(help: "The saved classifier, an ONNX file.")
  var model: String

  @OptionGroup var dataOptions: DataOptions

  @Option(help: "Write the logits to this .npy file.")
  var logits: String?

  @Option(name: .customLong("input-gradients"), help: "Write the gradients to this .npy file.")
  var inputGradients: String?

  @OptionGroup var common: CommonOptions

  func run() throws {
    try reportingFailures {
      let logger = Terminal.logger(common)
      let selection = try Selection(first: dataOptions.first, every: dataOptions.every)
      let logitsFile = try logits.map { try output($0, "--logits") }
      let gradientsFile = try inputGradients.map { try output($0, "--input-gradients") }
      try OutputFile.refuseRepeated([logitsFile, gradientsFile].compactMap(\.self))
      let classifier = try LoadedClassifier(path: model)
      for warning in classifier.model.warnings { logger.warning("\(model): \(warning)") }
      let (dataset, indices) = try namingData(dataOptions) {
        let dataset = try Dataset.load(dataOptions).reshaped(to: classifier.inputShape)
        if dataset.labels != nil { try dataset.validateLabels(classCount: classifier.classCount) }
        return (dataset, try selection.indices(count: dataset.count))
      }
      let answers = try namingModel(model) {
        try Answers(
          classifier: classifier, dataset: dataset, indices: indices, gradients: gradientsFile != nil)
      }
      try logitsFile?.write(
        Data(NpyFile.bytes(of: answers.logits, shape: [indices.count, classifier.classCount])))
      try gradientsFile?.write(
        Data(NpyFile.bytes(of: answers.gradients, shape: [indices.count] + classifier.inputShape)))
      Terminal.standardOutput(table(indices, dataset.labels, answers.predicted))
    }
  }

  private func table(_ indices: [Int], _ labels: [Int]?, _ predicted: [Int]) -> String {
    let header = labels == nil ? "index,predicted" : "index,label,predicted"
    let rows = zip(indices, predicted).map { index, predicted in
      labels.map { "\(index),\($0[index]),\(predicted)" } ?? "\(index),\(predicted)"
    }
    return ([header] + rows).joined(separator: "\n")
  }

  /// Finds before the work starts what would keep a file from being written after it.
  private func output(_ path: String, _ option: String) throws -> OutputFile {
    try OutputFile(
      path, option: option, kind: "the .npy file",
      inputs: [model, dataOptions.data, dataOptions.labels].compactMap(\.self))
  }
}

/// What a model answers on some inputs, a batch at a time.
private struct Answers {
  var predicted: [Int] = []
  var logits: [Float] = []
  var gradients: [Float] = []

  init(classifier: LoadedClassifier, dataset: Dataset, indices: [Int], gradients wanted: Bool) throws {
    let batchSize = classifier.preferredBatchSize
    let differentiable = wanted ? try classifier.makeDifferentiableClassifier(batchSize: batchSize) : nil
    let evaluator: any Classifier = try differentiable ?? classifier.makeClassifier(batchSize: batchSize)
    let (d, k) = (evaluator.inputCount, evaluator.classCount)
    for start in stride(from: 0, to: indices.count, by: batchSize) {
      let rows = indices[start..<min(start + batchSize, indices.count)]
      for (row, index) in rows.enumerated() {
        _ = evaluator.inputs[(row * d)..<((row + 1) * d)].update(fromContentsOf: dataset.input(index))
      }
      do {
        try evaluator.forward(count: rows.count)
      } catch let error as EngineError {
        guard case .logitIsNaN(let row, _) = error else { throw error }
        throw EvaluationError.inputFailed(index: rows[rows.startIndex + row], underlying: error)
      }
      let classes = rows.indices.map { evaluator.decision(row: $0 - rows.startIndex) }
      predicted += classes
      logits += evaluator.logits[..<(rows.count * k)]
      guard let differentiable else { continue }
      differentiable.logitGradients.update(repeating: 0)
      for (row, predicted) in classes.enumerated() { differentiable.logitGradients[row * k + predicted] = 1 }
      try differentiable.backward(count: rows.count)
      gradients += differentiable.inputGradients[..<(rows.count * d)]
    }
  }
}
