import CertifyModel
import CertifyThreat

/// A classifier with lower bounds of its margins over balls and boxes, and the radii that follow.
///
/// Affine operations, ReLU, LeakyReLU, sigmoid, tanh and maxima over windows, in any directed graph. The bounds
/// are of the single-precision program that evaluates the graph, in any order of summation and with neighbouring
/// layers fused or not, and pay for the rounding of their own double-precision arithmetic.
public struct BoundedModel: Sendable {
  let graph: BoundGraph
  /// d, the number of coordinates of an input.
  public let inputCount: Int
  /// K ≥ 2. A single output z is the two logits (0, z).
  public let classCount: Int

  /// - Parameter graph: A network up to its logits.
  /// - Throws: ``BoundError`` that names the node and the operation without a relaxation, or what is damaged.
  public init(graph: Graph) throws(BoundError) {
    self.graph = try BoundGraph(graph: graph)
    inputCount = self.graph.sizes[self.graph.input]
    classCount = max(self.graph.sizes[self.graph.output], 2)
  }

  /// The largest radius found within which the class is proven.
  ///
  /// The margins f_y − f_j are bounded directly over ball ∩ box, and the radius is found by repeated bounding; it
  /// is the largest one that was verified.
  ///
  /// - Parameters:
  ///   - method: How tight the bounds are; the looser and faster ones run before it.
  ///   - input: d finite numbers, inside `bounds`.
  ///   - label: the class that is to be kept.
  ///   - norm: ℓp, in which the perturbation is measured.
  ///   - bounds: the box that perturbed inputs stay in, if there is one.
  /// - Throws: ``CertificateError`` for an input of another length, NaN, infinite or out of bounds, or a label that
  ///   is no class.
  public func certificate(
    _ method: BoundMethod, input: [Float], label: Int, norm: Norm, bounds: InputSpace.Bounds? = nil
  ) throws(CertificateError) -> BoundCertificate {
    try InputSpace.Bounds.check(input, count: inputCount, bounds: bounds)
    guard (0..<classCount).contains(label) else {
      throw .countOutOfRange(name: "the label", value: label, range: 0...(classCount - 1))
    }
    let rivals = (0..<classCount).filter { $0 != label }
    let forms = rivals.map { margin(of: label, over: $0) }
    func region(_ radius: Double) -> InputRegion {
      InputRegion(center: input, radius: radius, norm: norm, bounds: bounds)
    }
    let farthest = self.farthest(from: input, norm: norm, bounds: bounds)
    // What a looser and faster method proves is where the next one begins.
    var found = RadiusSearch.Found(radius: 0, margins: [])
    for step in BoundMethod.allCases.prefix(through: method.rank) {
      var propagation = BoundPropagation(graph: graph, method: step)
      var search = RadiusSearch(farthest: farthest)
      search.looksBeyond = step == .linear
      if step == .optimized {
        search.tolerance = 0x1p-11
        propagation.optimization.includesIntermediate = false
      }
      found = search.run(from: found) { propagation.minima(of: forms, over: region($0)) }
    }
    if method == .optimized, found.radius > 0 {
      let propagation = BoundPropagation(graph: graph, method: .linear).optimizing(over: region(found.radius))
      if propagation.optimization.includesIntermediate {
        var search = RadiusSearch(farthest: farthest)
        search.tolerance = 0x1p-11
        found = search.run(from: found) { propagation.minima(of: forms, over: region($0)) }
      }
    }
    let nearest = found.margins.indices.min { found.margins[$0] < found.margins[$1] }
    return BoundCertificate(
      norm: norm, method: method, radius: found.radius, nearestClass: nearest.map { rivals[$0] },
      floatSound: graph.isFloatSound)
  }

  /// Lower bounds of f_label − f_j for every other class j, ascending, over the points within `radius`.
  ///
  /// - Parameters:
  ///   - method: How tight the bounds are; only this one runs.
  ///   - input: d finite numbers, inside `bounds`.
  ///   - label: the class y, in 0..<K.
  ///   - radius: 0 or more, in the units of the input.
  ///   - norm: ℓp, in which the perturbation is measured.
  ///   - bounds: the box that perturbed inputs stay in, if there is one.
  /// - Returns: K − 1 numbers, one above 0 where no such point has that class.
  /// - Throws: As ``certificate(_:input:label:norm:bounds:)``, and for a radius that is negative or not finite.
  public func margins(
    _ method: BoundMethod, input: [Float], label: Int, radius: Double, norm: Norm,
    bounds: InputSpace.Bounds? = nil
  ) throws(CertificateError) -> [Double] {
    try InputSpace.Bounds.check(input, count: inputCount, bounds: bounds)
    guard (0..<classCount).contains(label) else {
      throw .countOutOfRange(name: "the label", value: label, range: 0...(classCount - 1))
    }
    guard radius >= 0, radius.isFinite else {
      throw .valueOutOfRange(name: "the radius", value: radius, interval: "[0, ∞)")
    }
    let forms = (0..<classCount).filter { $0 != label }.map { margin(of: label, over: $0) }
    return BoundPropagation(graph: graph, method: method).minima(
      of: forms, over: InputRegion(center: input, radius: radius, norm: norm, bounds: bounds))
  }

  /// f_y − f_j as a form of the output value.
  func margin(of label: Int, over rival: Int) -> LinearForm {
    if graph.sizes[graph.output] == 1 { return LinearForm(terms: [(0, label == 1 ? 1 : -1)]) }
    return LinearForm(terms: [(label, 1), (rival, -1)])
  }

  /// A radius beyond which there is no input, or none worth asking about.
  func farthest(from input: [Float], norm: Norm, bounds: InputSpace.Bounds?) -> Double {
    guard let bounds else {
      return 1e6 * (1 + input.reduce(0) { max($0, abs(Double($1))) })
    }
    let room = input.map { max(Double(bounds.upper) - Double($0), Double($0) - Double(bounds.lower)) }
    return norm.length(room).nextUp
  }
}

/// A radius that bounds of the margins prove.
public struct BoundCertificate: DeterministicCertificate, Equatable {
  /// ℓp, in which `radius` is measured.
  public let norm: Norm
  /// The bounds that were asked for; looser ones may have proven the radius already.
  public let method: BoundMethod
  /// No x' with ‖x' − x‖ ≤ radius is given another class by the single-precision program; 0 when x is misclassified
  /// or too close to a boundary to tell.
  public let radius: Double
  /// The class whose margin was smallest at that radius.
  public let nearestClass: Int?
  /// Whether the claim is proven of the floating-point program: not where the model has a sigmoid or tanh, whose
  /// kernels' errors are charged at a measured bound, not a proven one.
  public let floatSound: Bool
}

extension InputSpace.Bounds {
  /// - Throws: ``CertificateError`` when `input` has not `count` finite coordinates inside `bounds`.
  static func check(_ input: [Float], count: Int, bounds: Self?) throws(CertificateError) {
    guard input.count == count else { throw .wrongInputCount(found: input.count, expected: count) }
    for (index, value) in input.enumerated() {
      let inside = bounds.map { value >= $0.lower && value <= $0.upper } ?? value.isFinite
      guard inside, value.isFinite else { throw .badCoordinate(index: index, value: value, bounds: bounds) }
    }
  }
}
