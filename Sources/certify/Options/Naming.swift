import CertifyData
import CertifyEngine
import CertifyEvaluation
import CertifyModel

extension LoadedClassifier {
  /// The classifier in a model file.
  ///
  /// - Throws: What reading it throws, with the path of the file in front.
  init(path: String) throws {
    self = try namingModel(path) { try LoadedClassifier(model: OnnxModel.load(path: path)) }
  }
}

/// Puts the model's path in front of a fault of the model that does not name it.
func namingModel<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
  do {
    return try body()
  } catch  where isModelFault(error) {
    throw CommandError(code: failureCode(error), description: "\(path): \(error)")
  }
}

/// Puts the data's path in front of a fault that shows only against the model or the options.
func namingData<Value>(_ options: DataOptions, _ body: () throws -> Value) throws -> Value {
  try namingData(options.data, labels: options.labels, body)
}

/// The same for a file of data, and one of its labels.
func namingData<Value>(_ data: String, labels: String?, _ body: () throws -> Value) throws -> Value {
  do {
    return try body()
  } catch let error as DataError {
    let path: String
    switch error {
    case .labelOutOfRange: path = labels ?? data
    case .labelsMissing, .valueOutOfBounds, .shapeMismatch, .nothingSelected: path = data
    default: throw error
    }
    throw CommandError(code: failureCode(error), description: "\(path): \(error)")
  }
}

private func isModelFault(_ error: any Error) -> Bool {
  switch error {
  case ModelError.fileNotFound, ModelError.unreadable: false
  case is ModelError, is EngineError: true
  case EvaluationError.inputFailed(_, let underlying): isModelFault(underlying)
  default: false
  }
}
