import CertifyEngine
import CertifyModel
import CertifyThreat

/// κ·L(z) + (1 − κ)·L(ẑ): the cross-entropy of the worst logits that interval arithmetic allows over the box around x,
/// beside that of the logits at x (Gowal et al. 2018, arXiv 1810.12715).
///
/// ẑ_c is the upper bound of logit c for c ≠ y and the lower bound of logit y. Over the first part of the training,
/// `ramp`, ε grows linearly from 0 and κ falls linearly from 1 to ½; then both stay.
final class IntervalWorker: ObjectiveWorker {
  private let rows: NetworkRows
  private let intervals: IntervalNetwork
  private let threat: ThreatSetting
  private let ramp: Double
  private let worst: UnsafeMutableBufferPointer<Float>
  private let worstGradient: UnsafeMutableBufferPointer<Float>
  private(set) var gradient: [Float] = []

  init(_ model: TrainableModel, rows count: Int, threat: ThreatSetting, ramp: Double) throws {
    rows = try NetworkRows(model, rows: count)
    intervals = try IntervalNetwork(model, rows: count)
    self.threat = threat
    self.ramp = ramp
    worst = .allocate(capacity: rows.classCount)
    worst.initialize(repeating: 0)
    worstGradient = .allocate(capacity: rows.classCount)
    worstGradient.initialize(repeating: 0)
  }

  deinit {
    worst.deallocate()
    worstGradient.deallocate()
  }

  func load(_ parameters: [Float]) throws {
    try rows.load(parameters)
    try intervals.load(parameters)
  }

  func run(_ part: BatchPart) throws -> PartResult {
    let done = ramp > 0 ? min(part.progress / ramp, 1) : 1
    let kappa = Float(1 - done / 2)
    rows.reset()
    rows.write(part)
    try rows.classifier.forward(count: part.count)
    var result = rows.crossEntropy(count: part.count, scale: part.scale * kappa) { part.label($0) }
    result.loss *= Double(kappa)
    try rows.addGradient()

    for row in 0..<part.count {
      intervals.write(
        part.data.point(part.index(row)), epsilon: Float(threat.epsilon * done), bounds: threat.bounds,
        into: row)
    }
    try intervals.forward()
    intervals.clearGradients()
    for row in 0..<part.count {
      let label = part.label(row)
      intervals.worstLogits(row, label: label, into: worst)
      let loss = CrossEntropy.differentiate(
        UnsafeBufferPointer(worst), label: label, scale: part.scale * (1 - kappa), into: worstGradient)
      intervals.writeGradient(row, label: label, UnsafeBufferPointer(worstGradient))
      result.loss += Double(1 - kappa) * loss
    }
    gradient = rows.gradient
    try intervals.addGradient(to: &gradient)
    return result
  }
}
