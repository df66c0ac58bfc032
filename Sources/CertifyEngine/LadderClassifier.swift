/// A classifier that evaluates few rows with a plan for few rows: an attack on one input asks about some restarts at
/// a time, a smoothed one about many noisy copies.
///
/// Which plan a row is evaluated by depends on the number of rows alone; plans may differ in rounding errors. Plans
/// are made when they are first asked for, and share constants and temporary buffers.
final class LadderClassifier: DifferentiableClassifier {
  let inputShape: [Int]
  let classCount: Int
  let batchSize: Int
  let inputs: UnsafeMutableBufferPointer<Float>
  let logits: UnsafeBufferPointer<Float>
  let logitGradients: UnsafeMutableBufferPointer<Float>
  let inputGradients: UnsafeBufferPointer<Float>

  private let top: GraphClassifier
  /// The sizes below the top one, in ascending order, and what evaluates them; made when first asked for.
  private let sizes: [Int]
  private var rungs: [Int: GraphClassifier] = [:]
  private let make: (Int, PlanMemory) throws -> GraphClassifier
  private let memory = PlanMemory()
  private let answers: UnsafeMutableBufferPointer<Float>
  private let pulled: UnsafeMutableBufferPointer<Float>
  /// What the last forward pass ran on.
  private var current: GraphClassifier

  /// - Parameters:
  ///   - sizes: the rows of the plans, in ascending order; at least one.
  ///   - make: makes the classifier, with gradients, of so many rows, in memory that all of them share.
  init(sizes: [Int], make: @escaping (Int, PlanMemory) throws -> GraphClassifier) throws {
    // The largest comes first: its temporary buffers hold those of the others.
    top = try make(sizes.last ?? 1, memory)
    self.sizes = Array(sizes.dropLast())
    self.make = make
    current = top
    inputShape = top.inputShape
    classCount = top.classCount
    batchSize = top.batchSize
    inputs = top.inputs
    logitGradients = top.logitGradients
    answers = .allocate(capacity: top.logits.count)
    answers.initialize(repeating: 0)
    pulled = .allocate(capacity: top.inputGradients.count)
    pulled.initialize(repeating: 0)
    logits = UnsafeBufferPointer(answers)
    inputGradients = UnsafeBufferPointer(pulled)
  }

  /// The rows of its plans below the largest: none leaves more than a quarter of a plan empty.
  static let steps = [1, 2, 3, 4, 6, 9, 12]

  deinit {
    answers.deallocate()
    pulled.deallocate()
  }

  func forward(count: Int) throws {
    current = try rung(count)
    if current !== top { _ = current.inputs.update(fromContentsOf: inputs[..<(count * inputCount)]) }
    try current.forward(count: count)
    _ = answers.update(fromContentsOf: current.logits[..<(count * classCount)])
  }

  func backward(count: Int) throws {
    if current !== top, (1...current.batchSize).contains(count) {
      _ = current.logitGradients.update(fromContentsOf: logitGradients[..<(count * classCount)])
    }
    try current.backward(count: count)
    _ = pulled.update(fromContentsOf: current.inputGradients[..<(count * inputCount)])
  }

  private func rung(_ count: Int) throws -> GraphClassifier {
    guard count >= 1, let size = sizes.first(where: { $0 >= count }) else { return top }
    if let made = rungs[size] { return made }
    let made = try make(size, memory)
    rungs[size] = made
    return made
  }
}
