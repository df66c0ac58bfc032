import CertifyModel
import CertifyThreat

/// A classifier with ℓ₂ Lipschitz constants of its margins, and the radii that follow.
///
///     r₂ = min_j (f_y − f_j)(x) / L_yj,   L_yj = ‖w_y − w_j‖₂ · Π ‖W_k‖₂ · Π Lip(activations)
///
/// with rigorous spectral norms of the operators as they are applied (a convolution's is that of the unrolled
/// matrix), sums for branches that join, and √m for maxima over windows of which m overlap. What rounding takes from
/// the program is subtracted: the error of every operation over the ball, magnified by the operations above it.
/// Source: Tsuzuku et al. 2018, arXiv 1802.04034.
public struct LipschitzModel: Sendable {
  /// The name in reports.
  public static let method = "lipschitz"

  private let model: BoundedModel
  /// Per node: an upper bound of the Lipschitz constant with respect to each operand.
  private let factors: [[Double]]

  /// - Parameter graph: A network up to its logits.
  /// - Throws: ``BoundError`` that names the node and the operation without a constant, or what is damaged.
  public init(graph: Graph) throws(BoundError) {
    model = try BoundedModel(graph: graph)
    let sizes = model.graph.sizes
    factors = model.graph.nodes.map { node in
      switch node.kind {
      case .affine(let step):
        return zip(step.matrices, node.inputs).map {
          SpectralNorm.upperBound($0, rows: sizes[node.output], columns: sizes[$1])
        }
      case .activation(.rectifier(let slope)): return [max(1, abs(slope))]
      case .activation(.sigmoid): return [0.25]
      case .activation(.tanh): return [1]
      case .maximum(let step):
        var windows = [Int](repeating: 0, count: sizes[node.inputs[0]])
        for place in step.places { windows[place] += 1 }
        return [Double(windows.max() ?? 1).squareRoot().nextUp]
      }
    }
  }

  /// The largest radius found within which the class is proven, of the norm asked for.
  ///
  /// The constants are of ℓ₂; ‖δ‖₂ ≤ ‖δ‖₁ and ‖δ‖₂ ≤ √d ‖δ‖_∞.
  ///
  /// - Throws: As ``BoundedModel/certificate(_:input:label:norm:bounds:)``.
  public func certificate(
    input: [Float], label: Int, norm: Norm, bounds: InputSpace.Bounds? = nil
  ) throws(CertificateError) -> LipschitzCertificate {
    let atInput = try model.margins(
      .linear, input: input, label: label, radius: 0, norm: norm, bounds: bounds)
    let rivals = (0..<model.classCount).filter { $0 != label }
    let stretch = norm == .linf ? Double(input.count).squareRoot().nextUp : 1
    var search = RadiusSearch(farthest: model.farthest(from: input, norm: norm, bounds: bounds))
    search.maximumEvaluations = 80
    let found = search.run(from: RadiusSearch.Found(radius: 0, margins: [])) { radius in
      let region = InputRegion(center: input, radius: radius, norm: norm, bounds: bounds)
      let bounds = BoundPropagation(graph: model.graph, method: .intervals).bounds(over: region)
      guard bounds.isFinite else { return rivals.map { _ in -.infinity } }
      return zip(rivals, atInput).map { rival, margin in
        let (constant, error) = slope(of: model.margin(of: label, over: rival), bounds)
        let loss = constant * stretch * radius + 2 * error
        return margin - loss * (1 + 0x1p-40)
      }
    }
    return LipschitzCertificate(
      norm: norm, radius: found.radius, floatSound: model.graph.isFloatSound)
  }

  /// The Lipschitz constant of a form of the output, and how far the program's may be from the exact one.
  private func slope(of form: LinearForm, _ bounds: ValueBounds) -> (constant: Double, error: Double) {
    let graph = model.graph
    var constants = [Double](repeating: 0, count: graph.sizes.count)
    var errors = constants
    constants[graph.input] = 1
    let length = Norm.l2.length(form.terms.map(\.weight)).nextUp
    var ownConstant = length * constants[graph.output]
    var ownError = 0.0
    for (index, node) in graph.nodes.enumerated() {
      let charge = Norm.l2.length(bounds.charges[index])
      for (factor, input) in zip(factors[index], node.inputs) {
        constants[node.output] += factor * constants[input]
        errors[node.output] += factor * errors[input]
      }
      errors[node.output] += charge
      if node.output == graph.output {
        ownConstant = length * constants[node.output]
        ownError = length * errors[node.output]
        // Of a last affine map, the form's own row instead of the whole matrix.
        if case .affine(let step) = node.kind, step.matrices.count == 1, let input = node.inputs.first {
          let row = step.matrices[0].row(of: form)
          ownConstant = min(ownConstant, row * constants[input])
          ownError = min(ownError, row * errors[input] + length * charge)
        }
      }
    }
    let slack = 1 + Double(graph.sizes.max() ?? 0) * 0x1p-48
    return (ownConstant * slack, ownError * slack)
  }
}

/// A radius that Lipschitz constants prove.
public struct LipschitzCertificate: DeterministicCertificate, Equatable {
  /// ℓp, in which `radius` is measured.
  public let norm: Norm
  /// No x' with ‖x' − x‖ ≤ radius is given another class by the single-precision program; 0 when x is misclassified
  /// or too close to a boundary to tell.
  public let radius: Double
  /// Whether the claim is proven of the floating-point program, as of ``BoundCertificate/floatSound``.
  public let floatSound: Bool
}

extension TermMatrix {
  /// ‖Σ weight · row‖₂ of a form of the outputs, rounded up.
  fileprivate func row(of form: LinearForm) -> Double {
    var coefficients: [Int: (value: Double, size: Double)] = [:]
    byOutput.forEachRow { row in
      for term in form.terms where term.element == row.element {
        row.forEach { place, weight in
          let product = term.weight * weight
          let old = coefficients[place, default: (0, 0)]
          coefficients[place] = (old.value + product, old.size + abs(product))
        }
      }
    }
    let entries = coefficients.values.map { abs($0.value) + $0.size * 0x1p-48 }
    // Sorted, so that the sum does not depend on the order of a dictionary.
    return Norm.l2.length(entries.sorted()) * (1 + Double(entries.count + 16) * 0x1p-51)
  }
}
