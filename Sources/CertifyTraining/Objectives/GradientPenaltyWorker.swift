import CertifyThreat

/// L + λ‖∇ₓL‖_q with L the cross-entropy and 1/p + 1/q = 1: L linearised over the ball of radius λ.
///
/// Where v attains ‖∇ₓL‖_q = v·∇ₓL over ‖v‖_p ≤ 1, ∂θ‖∇ₓL‖_q = ∂θ(v·∇ₓL) with v held fixed, which is the derivative of
/// ∂θL along v. That is taken as a central difference, [∂θL(x + hv) − ∂θL(x − hv)] / 2h, in place of a second
/// back-propagation (Drucker & LeCun 1992, doi 10.1109/72.165600; for the difference: Moosavi-Dezfooli et al. 2019,
/// arXiv 1811.09716). x ± hv may leave the bounds of the data.
final class GradientPenaltyWorker: ObjectiveWorker {
  private let rows: NetworkRows
  private let norm: Norm
  private let weight: Double
  /// h.
  private let step: Double
  private var directions: [UnsafeMutableBufferPointer<Float>]
  var gradient: [Float] { rows.gradient }

  init(_ model: TrainableModel, rows count: Int, norm: Norm, weight: Double, step: Double) throws {
    let rows = try NetworkRows(model, rows: count)
    self.rows = rows
    self.norm = norm
    self.weight = weight
    self.step = step
    directions = (0..<count).map { _ in
      let direction = UnsafeMutableBufferPointer<Float>.allocate(capacity: rows.dimension)
      direction.initialize(repeating: 0)
      return direction
    }
  }

  deinit { for direction in directions { direction.deallocate() } }

  func load(_ parameters: [Float]) throws { try rows.load(parameters) }

  func run(_ part: BatchPart) throws -> PartResult {
    rows.reset()
    rows.write(part)
    try rows.classifier.forward(count: part.count)
    var result = rows.crossEntropy(count: part.count, scale: part.scale) { part.label($0) }
    try rows.addGradient(inputs: true)
    for row in 0..<part.count {
      // The gradients are those of part.scale·L.
      let length = norm.steepestStep(along: rows.inputGradient(row), radius: step, into: directions[row])
      result.loss += weight * length / Double(part.scale)
    }
    for side: Float in [1, -1] {
      rows.write(part)
      for row in 0..<part.count {
        let (point, direction) = (rows.row(row), directions[row])
        for i in point.indices { point[i] += side * direction[i] }
      }
      try rows.classifier.forward(count: part.count)
      let scale = part.scale * side * Float(weight / (2 * step))
      _ = rows.crossEntropy(count: part.count, scale: scale) { part.label($0) }
      try rows.addGradient()
    }
    return result
  }
}
