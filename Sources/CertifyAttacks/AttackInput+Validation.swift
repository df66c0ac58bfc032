import CertifyEngine
import CertifyThreat

extension AttackInput {
  /// Checks that the input fits the model and lies in 𝒳.
  func validate(for classifier: any Classifier, space: InputSpace) throws(AttackError) {
    try validate(inputCount: classifier.inputCount, classCount: classifier.classCount, space: space)
  }

  func validate(inputCount: Int, classCount: Int, space: InputSpace) throws(AttackError) {
    guard point.count == inputCount else {
      throw .invalidInput(
        index: index, reason: "it has \(point.count) coordinates where the model takes \(inputCount)",
        advice: "give data of the model's input shape")
    }
    guard 0..<classCount ~= label else {
      throw .invalidInput(
        index: index, reason: "its label \(label) is not one of the model's \(classCount) classes",
        advice: "give labels from 0 to \(classCount - 1)")
    }
    if let grid, grid.count != point.count {
      throw .invalidInput(
        index: index, reason: "it has \(grid.count) grid coordinates and \(point.count) real ones",
        advice: "give the same input in both forms")
    }
    if let i = space.firstCoordinateOutside(of: point) {
      throw .invalidInput(
        index: index, reason: "coordinate \(i) is \(point[i]), which the threat model does not allow",
        advice: "give the bounds the data really has, and grid data as k/\(space.gridSteps ?? 255)")
    }
  }
}
