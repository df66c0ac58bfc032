import CertifyThreat

/// Asks the program about points that a proof runs into.
public protocol WitnessProbe: AnyObject {
  /// The distance of the nearest witness known, rounded up; ∞ for none.
  var nearest: Double { get }
  /// Whether one of the points, moved to the nearest allowed input, is a witness nearer than that; it is kept.
  func ask(_ points: [[Double]]) throws -> Bool
}

/// Searches the robust radius from both sides: a radius is proven by branch and bound, or a witness is found on the way.
///
/// It begins at the radius of α-CROWN and just short of the nearest witness known. Few coordinates are split
/// themselves, else the kinks of rectifiers are (Bunel et al. 2020, arXiv 1909.06588; Wang et al. 2021,
/// arXiv 2103.06624). Given time, both sides meet.
public struct CompleteSearch: Sendable {
  /// The name in reports.
  public static let method = "branch-and-bound"

  private let model: BoundedModel
  /// Seconds for an input.
  private let timeout: Double
  /// The search ends when lower ≥ (1 − tolerance) · upper.
  public static let tolerance = 0x1p-11
  /// Boxes of so many coordinates or fewer are split, else kinks are.
  static let mostSplitCoordinates = 12

  /// - Parameters:
  ///   - model: The network whose boxes are bounded and split.
  ///   - timeout: Seconds for an input, above 0.
  public init(_ model: BoundedModel, timeout: Double) {
    self.model = model
    self.timeout = timeout
  }

  /// The largest radius proven within the time.
  ///
  /// - Parameters:
  ///   - input: d finite numbers, inside the bounds.
  ///   - label: the class that is to be kept.
  ///   - threat: The norm of the radius, and the inputs it is about: a box, or a grid in it.
  ///   - probe: The witnesses that are known; on a grid those of the grid.
  /// - Throws: As ``BoundedModel/certificate(_:input:label:norm:bounds:)``; what the probe throws.
  public func certificate(
    input: [Float], label: Int, threat: ThreatModel, probe: some WitnessProbe
  ) throws -> CompleteCertificate {
    let clock = ContinuousClock()
    let end = clock.now.advanced(by: .seconds(timeout))
    let grid = GridDistances(threat)
    let begin = try model.certificate(
      .optimized, input: input, label: label, norm: threat.norm, bounds: threat.space.bounds)
    var proven = begin.radius
    // The smallest radius that could not be decided.
    var undecided = Double.infinity
    var isFirst = true
    let farthest = model.farthest(from: input, norm: threat.norm, bounds: threat.space.bounds)
    while proven > 0, proven < farthest, clock.now < end {
      let reach = grid?.certified(proven) ?? proven
      let upper = probe.nearest
      let isNarrow = undecided < .infinity && undecided - proven <= Self.tolerance * undecided
      if reach >= upper * (1 - Self.tolerance) || isNarrow { break }
      let short = min(upper * (1 - Self.tolerance / 2), grid?.radius(covering: upper) ?? .infinity)
      let limit = min(short, undecided)
      let radius =
        isFirst && limit < .infinity ? limit : limit < .infinity ? (proven + limit) / 2 : proven * 1.5
      isFirst = false
      guard radius > proven else { break }
      let now = clock.now
      // Half of the time that is left, so that a radius too hard leaves time for smaller ones.
      let deadline = now.advanced(by: (end - now) / 2)
      switch try verdict(
        at: min(radius, farthest), input, label, threat, probe, isExpired: { clock.now >= deadline })
      {
      case .proven: proven = min(radius, farthest)
      case .refuted: continue
      case .undecided: undecided = radius
      }
    }
    return CompleteCertificate(
      norm: threat.norm, radius: proven, floatSound: model.graph.isFloatSound)
  }

  private func verdict(
    at radius: Double, _ input: [Float], _ label: Int, _ threat: ThreatModel, _ probe: some WitnessProbe,
    isExpired: @escaping @Sendable () -> Bool
  ) throws -> InputSplitting.Outcome {
    let region = InputRegion(
      center: input, radius: radius, norm: threat.norm, bounds: threat.space.bounds)
    let forms = (0..<model.classCount).filter { $0 != label }.map { model.margin(of: label, over: $0) }
    var propagation = BoundPropagation(graph: model.graph, method: .linear)
    propagation.isExpired = isExpired
    if input.count <= Self.mostSplitCoordinates {
      for start in stride(from: 0, to: forms.count, by: Lanes.scalarCount) {
        let outcome = try InputSplitting(
          propagation: propagation, region: region,
          forms: Array(forms[start..<min(start + Lanes.scalarCount, forms.count)]),
          isSettled: { $0.allSatisfy { $0 > 0 } }, isExpired: isExpired, isRefuted: probe.ask,
          gridSteps: GridDistances(threat) == nil ? nil : threat.space.gridSteps
        ).run()
        if outcome != .proven { return outcome }
      }
      return .proven
    }
    let tight = propagation.optimizing(over: region)
    let bounds = tight.bounds(over: region)
    guard bounds.isFinite else { return .undecided }
    let minima = tight.minima(of: forms, bounds, over: region)
    // The hardest first: where it fails, no other matters.
    for rival in forms.indices.sorted(by: { minima[$0] < minima[$1] }) where !(minima[rival] > 0) {
      let outcome = try KinkSplitting(
        propagation: tight, bounds: bounds, region: region, form: forms[rival], target: 0,
        isExpired: isExpired, isRefuted: probe.ask
      ).run()
      if outcome != .proven { return outcome }
    }
    return .proven
  }
}

/// A radius that branch and bound proves.
public struct CompleteCertificate: DeterministicCertificate, Equatable {
  /// ℓp, in which `radius` is measured.
  public let norm: Norm
  /// No x' with ‖x' − x‖ ≤ radius is given another class by the single-precision program; 0 when x is misclassified
  /// or too close to a boundary to tell.
  public let radius: Double
  /// Whether the claim is proven of the floating-point program, as of ``BoundCertificate/floatSound``.
  public let floatSound: Bool
}
