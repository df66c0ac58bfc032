import ArgumentParser
import CertifyData
import CertifyEngine
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
      """)

  @Argument(help: "The saved classifier, an ONNX file.")
  var model: String

  @OptionGroup var dataOptions: DataOptions

  @Option(help: "Write the logits to this .npy file.")
  var logits: String?

  @Option(name: .customLong("input-gradients"), help: "Write the gradients to this .npy file.")
  var inputGradients: String?

  func run() throws {
    try reportingFailures {
      let logger = Terminal.logger(quiet: false)
      let loaded = try OnnxModel.load(path: model)
      for warning in loaded.warnings { logger.warning("\(model): \(warning)") }
      let classifier = try LoadedClassifier(model: loaded)
      let dataset = try Dataset.load(dataOptions).reshaped(to: classifier.inputShape)
      if dataset.labels != nil { try dataset.validateLabels(classCount: classifier.classCount) }
      let indices = try selection().indices(count: dataset.count)
      let answers = try Answers(
        classifier: classifier, dataset: dataset, indices: indices, gradients: inputGradients != nil)
      if let logits {
        try write(answers.logits, shape: [indices.count, classifier.classCount], to: logits)
      }
      if let inputGradients {
        try write(answers.gradients, shape: [indices.count] + classifier.inputShape, to: inputGradients)
      }
      Terminal.standardOutput(table(indices, dataset.labels, answers.predicted))
    }
  }

  private func selection() throws -> Selection {
    switch (dataOptions.first, dataOptions.every) {
    case (nil, nil): .all
    case (let first?, nil): .first(first)
    case (nil, let every?): .every(every)
    default: throw CommandError.usage("--first and --every exclude each other; give one of them")
    }
  }

  private func table(_ indices: [Int], _ labels: [Int]?, _ predicted: [Int]) -> String {
    let header = labels == nil ? "index,predicted" : "index,label,predicted"
    let rows = zip(indices, predicted).map { index, predicted in
      labels.map { "\(index),\($0[index]),\(predicted)" } ?? "\(index),\(predicted)"
    }
    return ([header] + rows).joined(separator: "\n")
  }

  private func write(_ numbers: [Float], shape: [Int], to path: String) throws {
    do {
      try Data(NpyFile.bytes(of: numbers, shape: shape)).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw CommandError(code: .runtime, description: "\(path): cannot be written: \(error.localizedDescription)")
    }
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
      try evaluator.forward(count: rows.count)
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
