import CertifyModel
import CertifyThreat

/// A classifier whose logits are an affine function of the input, z(x) = Wx + b, with exact robust radii.
///
///     ρ = min_{j≠y} [(w_y − w_j)·x + b_y − b_j] / ‖w_y − w_j‖_q,   1/p + 1/q = 1,
///
/// exact in real arithmetic without a box, a lower bound with one, 0 when x is misclassified. It is the radius of
/// the model itself, not of a smoothed version: with three classes or more the two differ.
///
/// **Rounding.** The claim is about the program that evaluates the model in single precision, in any order of
/// summation and with neighbouring layers folded or not. A logit is a sum of terms, each a product that goes
/// through at most N roundings, N the total over all operations; so its error at x' is at most
/// γ_N (|W||x'| + |b|), γ_N = Nu/(1 − Nu), u = 2⁻²⁴ (Higham 2002, "Accuracy and Stability of Numerical
/// Algorithms", doi:10.1137/1.9780898718027, §3), where |W| and |b| are composed from absolute constants. Underflow
/// adds 2⁻¹²⁵ a rounding, magnified by the layers above. By Hölder, |W||x'| ≤ |W||x| + r‖|W|‖_q over the ball, so
/// that
///
///     r = [m − γ_N(S_y + S_j)] / [‖w_y − w_j‖_q + γ_N(‖|w_y|‖_q + ‖|w_j|‖_q)],   S = |W||x| + |b|,
///
/// is safe; where the input is bounded, S over the box with the plain norm is, too, and the larger of the
/// two counts. The error of composing and evaluating in double precision is bounded the same way.
public struct LinearModel: Sendable {
  /// d, the number of coordinates of an input.
  public let inputCount: Int
  /// K ≥ 2. A single output z is the two logits (0, z).
  public let classCount: Int
  /// Per class: its row, the absolute row, offset, absolute offset and underflow allowance.
  let classes: [ClassRow]
  /// γ_N of single precision, and the same of double precision with every step here counted.
  let singleError: Double
  let doubleError: Double

  struct ClassRow: Sendable {
    var weights: [Double]
    var absolute: [Double]
    var offset: Double
    var absoluteOffset: Double
    var underflow: Double
  }

  /// Recognises a graph whose operations compose to an affine map.
  ///
  /// Affine are linear layers, convolutions, element-wise affine maps, average pooling, sums and means, additions
  /// and subtractions, and everything that only moves elements.
  ///
  /// - Throws: ``LinearModelError`` that names the node and operation that is not affine, or what is damaged.
  public init(graph: Graph) throws(LinearModelError) {
    let affine = try AffineRows(graph: graph)
    let roundings = Double(affine.roundings) + 8
    guard roundings < 0x1p22 else {
      throw .tooLarge(reason: "\(affine.roundings) roundings a logit leave no bound of the error")
    }
    let single = roundings * 0x1p-24
    singleError = single / (1 - single) * (1 + 0x1p-20)
    // The composition, d products of the evaluation and the sums of norms.
    doubleError = 4 * (roundings + Double(affine.inputCount) + 64) * 0x1p-53
    let width = affine.inputCount
    var classes = (0..<affine.rowCount).map { row in
      ClassRow(
        weights: Array(affine.rows.signed[row * width..<(row + 1) * width]),
        absolute: Array(affine.rows.absolute[row * width..<(row + 1) * width]),
        offset: affine.offsets.signed[row], absoluteOffset: affine.offsets.absolute[row],
        underflow: affine.underflowGain[row] * 0x1p-124)
    }
    if classes.count == 1 {
      let zeros = [Double](repeating: 0, count: width)
      classes.insert(
        ClassRow(weights: zeros, absolute: zeros, offset: 0, absoluteOffset: 0, underflow: 0), at: 0)
    }
    self.classes = classes
    inputCount = width
    classCount = classes.count
  }

  /// z(x) in double precision.
  public func logits(of input: [Float]) throws(CertificateError) -> [Double] {
    try InputSpace.Bounds.check(input, count: inputCount, bounds: nil)
    return classes.map { row in zip(row.weights, input).reduce(row.offset) { $0 + $1.0 * Double($1.1) } }
  }

  /// The certified radius of an input.
  ///
  /// - Parameters:
  ///   - input: d finite numbers, inside `bounds`.
  ///   - label: the class that is to be kept.
  ///   - norm: ℓp, in which the perturbation is measured.
  ///   - bounds: the box that perturbed inputs stay in, if there is one.
  /// - Throws: ``CertificateError`` for an input of another length, NaN, infinite or out of bounds, or a label
  ///   that is no class.
  public func certificate(
    input: [Float], label: Int, norm: Norm, bounds: InputSpace.Bounds? = nil
  ) throws(CertificateError) -> LinearCertificate {
    try InputSpace.Bounds.check(input, count: inputCount, bounds: bounds)
    guard classes.indices.contains(label) else {
      throw .countOutOfRange(name: "the label", value: label, range: 0...(classCount - 1))
    }
    let point = input.map(Double.init)
    let farthest = bounds.map { max(abs(Double($0.lower)), abs(Double($0.upper))) }
    var radius = Double.greatestFiniteMagnitude
    var realRadius = Double.greatestFiniteMagnitude
    var nearest: Int?
    for rival in classes.indices where rival != label {
      let (safe, real) = radii(
        classes[label], classes[rival], at: point, dual: norm.dual, farthest: farthest)
      if safe < radius || nearest == nil { (radius, nearest) = (safe, rival) }
      realRadius = min(realRadius, real)
    }
    return LinearCertificate(norm: norm, radius: radius, realRadius: realRadius, nearestClass: nearest)
  }

  /// The radius against one class: safe for the single-precision program, and in real arithmetic.
  private func radii(
    _ own: ClassRow, _ other: ClassRow, at point: [Double], dual: Norm, farthest: Double?
  ) -> (safe: Double, real: Double) {
    var margin = own.offset - other.offset
    var size = own.absoluteOffset + other.absoluteOffset
    var boxSize = size
    for i in point.indices {
      margin += (own.weights[i] - other.weights[i]) * point[i]
      let absolute = own.absolute[i] + other.absolute[i]
      size += absolute * abs(point[i])
      boxSize += absolute * (farthest ?? 0)
    }
    let width = dual.length(zip(own.weights, other.weights).lazy.map { $0 - $1 })
    let absoluteWidth = dual.length(own.absolute) + dual.length(other.absolute)
    let real =
      margin <= 0 ? 0 : width > 0 ? min(margin / width, .greatestFiniteMagnitude) : .greatestFiniteMagnitude

    // Everything from here on is rounded against the claim.
    let slack = 1 + doubleError
    let underflow = own.underflow + other.underflow
    let provenMargin = margin - doubleError * size * slack - underflow
    let provenWidth = (width + doubleError * absoluteWidth) * slack
    var safe = Self.quotient(
      provenMargin - singleError * size * slack, provenWidth + singleError * absoluteWidth * slack)
    if farthest != nil {
      safe = max(safe, Self.quotient(provenMargin - singleError * boxSize * slack, provenWidth))
    }
    // Beyond this the program's sums could overflow.
    let largest = size + (farthest == nil ? safe * absoluteWidth : boxSize)
    if !(largest < 1e37) {
      let room = (1e37 - size) / max(absoluteWidth, .leastNormalMagnitude)
      safe = size < 1e37 && farthest == nil ? min(safe, max(0, room)) : 0
    }
    return (safe, real)
  }

  /// a/b rounded down, 0 when a is not positive, at most the largest finite number.
  private static func quotient(_ a: Double, _ b: Double) -> Double {
    guard a > 0 else { return 0 }
    return b > 0 ? min((a / b * (1 - 0x1p-50)), .greatestFiniteMagnitude) : .greatestFiniteMagnitude
  }
}

/// A radius that the exact certificate of a linear model proves.
public struct LinearCertificate: DeterministicCertificate, Equatable {
  /// The name in reports.
  public static let method = "linear-exact"
  /// ℓp, in which `radius` is measured.
  public let norm: Norm
  /// No x' with ‖x' − x‖ < radius is given another class by the single-precision program; rounded down, finite, 0
  /// when x is misclassified or too close to a boundary to tell.
  public let radius: Double
  /// The radius in real arithmetic, to nearest: for comparisons, not a certificate.
  public let realRadius: Double
  /// The class that bounds `radius`.
  public let nearestClass: Int?
  /// The claim holds for the floating-point program.
  public var floatSound: Bool { true }
}

extension Norm {
  /// ‖v‖, in double precision.
  func length(_ vector: some Sequence<Double>) -> Double {
    switch self {
    case .l1: vector.reduce(0) { $0 + abs($1) }
    case .l2: vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    case .linf: vector.reduce(0) { max($0, abs($1)) }
    }
  }
}
