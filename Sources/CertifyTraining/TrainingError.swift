/// What keeps a training from starting or going on.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// An option has a value that makes no sense.
  case parameter(name: String, value: String, allowed: String)
  /// The architecture cannot take the data.
  case shape(architecture: String, shape: [Int], reason: String)
  /// The labels are not 0…K−1.
  case labels(reason: String)
  /// There are too few inputs.
  case tooFewInputs(count: Int, needed: Int)
  /// The objective cannot be trained on this network.
  case incompatible(objective: String, node: String, reason: String)
  /// The network has nothing that can be trained.
  case noParameters
  /// The loss is no longer a number.
  case diverged(epoch: Int, step: Int, lastGood: Int)
  /// A checkpoint cannot be used.
  case checkpoint(reason: String)

  public var description: String {
    switch self {
    case .parameter(let name, let value, let allowed): "\(name) \(value): give \(allowed)"
    case .shape(let architecture, let shape, let reason):
      "architecture \(architecture): inputs of shape \(shape): \(reason)"
    case .labels(let reason):
      "labels: \(reason); number the classes from 0 without gaps"
    case .tooFewInputs(let count, let needed):
      "\(count) training inputs are left, and at least \(needed) are needed; give more data or hold out fewer"
    case .incompatible(let objective, let node, let reason):
      "objective \(objective): node '\(node)': \(reason); choose another objective or architecture"
    case .noParameters:
      "the model has no linear layer, convolution or map of channels to train"
    case .diverged(let epoch, let step, let lastGood):
      "the loss is no number at step \(step) of epoch \(epoch): the training has diverged; "
        + (lastGood > 0
          ? "the checkpoint after epoch \(lastGood) is kept; " : "no epoch was finished before; ")
        + "lower the learning rate"
    case .checkpoint(let reason): "checkpoint: \(reason)"
    }
  }
}
