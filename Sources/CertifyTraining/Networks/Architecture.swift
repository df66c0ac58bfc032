import CertifyModel

/// A network that is trained from nothing.
///
/// None has statistics of a batch: what a row is given depends on that row alone, in training as afterwards.
public enum Architecture: Sendable, Equatable {
  /// One linear layer.
  case logistic
  /// Linear layers with so many units between them, and a function on each unit.
  case mlp(hidden: [Int], activation: Activation = .relu)
  /// Two convolutions of 16 and 32 channels with 4×4 kernels and stride 2, a linear layer of 100, relus: the small
  /// network of Wong & Kolter 2018 (arXiv 1711.00851).
  case cnn
  /// The residual network of He et al. 2016 (arXiv 1512.03385) with three stages of 16, 32 and 64 channels and one
  /// block each, so 8 layers with weights on the longest path. Instead of a batch normalisation each branch ends in a
  /// learned scale and shift for each channel that start at 0, as in SkipInit (De & Smith 2020, arXiv 2002.10444).
  case resnet8

  /// The function on the units of an ``mlp(hidden:activation:)``.
  public enum Activation: String, Sendable, CaseIterable {
    /// max(x, 0).
    case relu
    /// x Φ(x) (Hendrycks & Gimpel 2016, arXiv 1606.08415).
    case gelu
  }

  /// The names that users give.
  public static let names = ["logistic", "mlp", "cnn", "resnet8"]

  /// - Parameters:
  ///   - name: one of ``names``.
  ///   - hidden: the units of an `mlp`'s layers.
  ///   - activation: the function on them.
  /// - Throws: ``TrainingError/parameter(name:value:allowed:)``.
  public init(name: String, hidden: [Int], activation: Activation = .relu) throws(TrainingError) {
    guard activation == .relu || name == "mlp" else {
      throw .parameter(
        name: "--activation", value: activation.rawValue, allowed: "relu, or choose --architecture mlp")
    }
    switch name {
    case "logistic": self = .logistic
    case "mlp":
      guard hidden.allSatisfy({ (1...65536).contains($0) }) else {
        throw .parameter(name: "--hidden", value: "\(hidden)", allowed: "numbers of units from 1 to 65536")
      }
      self = .mlp(hidden: hidden, activation: activation)
    case "cnn": self = .cnn
    case "resnet8": self = .resnet8
    default:
      throw .parameter(
        name: "--architecture", value: "'\(name)'",
        allowed: "one of \(Self.names.joined(separator: ", "))")
    }
  }

  /// The name, with what was chosen.
  public var description: String {
    switch self {
    case .logistic: "logistic"
    case .mlp(let hidden, let activation):
      "mlp(\(hidden.map(String.init).joined(separator: ",")))"
        + (activation == .relu ? "" : " with \(activation.rawValue)")
    case .cnn: "cnn"
    case .resnet8: "resnet8"
    }
  }

  /// The shape that the network takes inputs of some shape in: images as [C, H, W], else as they are.
  public func inputShape(for shape: [Int]) -> [Int] {
    switch self {
    case .logistic, .mlp: shape
    case .cnn, .resnet8: shape.count == 2 ? [1] + shape : shape
    }
  }

  /// The network for batches of `batchSize` rows, with weights of 0.
  ///
  /// - Parameters:
  ///   - inputShape: The shape of one input.
  ///   - classCount: K, at least 2.
  ///   - batchSize: Rows of a batch, at least 1.
  /// - Throws: ``TrainingError/shape(architecture:shape:reason:)`` when it cannot take such inputs.
  public func graph(inputShape: [Int], classCount: Int, batchSize: Int) throws(TrainingError) -> Graph {
    var sketch = GraphSketch(input: [batchSize] + inputShape)
    switch self {
    case .logistic:
      var x = sketch.flatten(0, "flatten")
      x = sketch.linear(x, outputs: classCount, "linear")
      return sketch.graph(output: x)
    case .mlp(let hidden, let activation):
      try checkSize([inputShape.reduce(1, *)] + hidden + [classCount])
      var x = sketch.flatten(0, "flatten")
      for (index, units) in hidden.enumerated() {
        let layer = sketch.linear(x, outputs: units, "linear\(index + 1)")
        x = sketch.unary(activation.function, layer, "\(activation.rawValue)\(index + 1)")
      }
      x = sketch.linear(x, outputs: classCount, "linear\(hidden.count + 1)")
      return sketch.graph(output: x)
    case .cnn:
      try requireImages(inputShape, smallest: 4)
      var x: ValueID = 0
      for (index, channels) in [16, 32].enumerated() {
        let layer = sketch.convolution(
          x, outputs: channels, kernel: 4, stride: 2, padding: 1, "conv\(index + 1)")
        x = sketch.relu(layer, "relu\(index + 1)")
      }
      x = sketch.flatten(x, "flatten")
      x = sketch.relu(sketch.linear(x, outputs: 100, "linear1"), "relu3")
      x = sketch.linear(x, outputs: classCount, "linear2")
      return sketch.graph(output: x)
    case .resnet8:
      try requireImages(inputShape, smallest: 4)
      var x = sketch.relu(
        sketch.convolution(0, outputs: 16, kernel: 3, stride: 1, padding: 1, "conv"), "relu")
      for (index, channels) in [16, 32, 64].enumerated() {
        x = Self.block(&sketch, x, channels: channels, stride: index == 0 ? 1 : 2, "block\(index + 1)")
      }
      x = sketch.globalAverage(x, "average")
      x = sketch.linear(x, outputs: classCount, "linear")
      return sketch.graph(output: x)
    }
  }

  /// relu(shortcut(x) + scale·conv(relu(conv(x))) + shift).
  private static func block(
    _ sketch: inout GraphSketch, _ x: ValueID, channels: Int, stride: Int, _ name: String
  ) -> ValueID {
    var branch = sketch.convolution(
      x, outputs: channels, kernel: 3, stride: stride, padding: 1, "\(name).conv1")
    branch = sketch.relu(branch, "\(name).relu1")
    branch = sketch.convolution(branch, outputs: channels, kernel: 3, stride: 1, padding: 1, "\(name).conv2")
    branch = sketch.channelMap(branch, "\(name).map")
    let isSame = stride == 1 && sketch.shape(x)[1] == channels
    let shortcut =
      isSame
      ? x
      : sketch.convolution(
        x, outputs: channels, kernel: 1, stride: stride, padding: 0, "\(name).shortcut")
    return sketch.relu(sketch.sum(shortcut, branch, "\(name).sum"), "\(name).relu2")
  }

  /// The most weights that an `mlp` may have: 1 GiB of them.
  private static let largest = 1 << 28

  private func checkSize(_ widths: [Int]) throws(TrainingError) {
    var count = 0
    for (inputs, outputs) in zip(widths, widths.dropFirst()) {
      let (weights, overflow) = inputs.multipliedReportingOverflow(by: outputs)
      guard !overflow, weights <= Self.largest - count else {
        throw .parameter(
          name: "--hidden", value: widths.dropFirst().dropLast().map(String.init).joined(separator: " "),
          allowed: "fewer units: with \(widths[0]) inputs there would be more than \(Self.largest) weights")
      }
      count += weights
    }
  }

  private func requireImages(_ shape: [Int], smallest: Int) throws(TrainingError) {
    guard shape.count == 3, shape[1...].allSatisfy({ $0 >= smallest }) else {
      throw .shape(
        architecture: description, shape: shape,
        reason:
          "convolutions need images [channels, height, width] of at least \(smallest)×\(smallest); "
          + "save the data in that shape, or choose mlp")
    }
  }
}

extension Architecture.Activation {
  fileprivate var function: UnaryFunction {
    switch self {
    case .relu: .relu
    case .gelu: .gelu
    }
  }
}
