import CertifyResults
import CertifyThreat

/// The options of a run that a policy fixes, under the long option names; `nil` leaves an option free.
///
/// A seed fixed by the policy keeps CI from drawing until it passes.
public struct RunParameters: Sendable, Equatable {
  /// Of all noise and all random choices.
  public var seed: UInt64?
  /// n, the fresh samples of a certificate.
  public var samples: Int?
  /// n₀, the samples that choose the class.
  public var selectionSamples: Int?
  /// The error probability of a certificate.
  public var alpha: Double?
  /// Standard deviations of the noise, in the units of the input.
  public var sigmas: [Double]?
  /// Names of noises.
  public var noises: [String]?
  /// The norms of the radii.
  public var norms: [Distance]?
  /// The saved model, the smoothed classifier, or both.
  public var classifiers: [ClassifierKind]?
  /// Radii of fixed-ε attacks.
  public var epsilons: [Double]?
  /// Names of attacks.
  public var attacks: [String]?
  /// Names of certificates.
  public var certificates: [String]?
  /// The smallest and largest input value.
  public var bounds: [Double]?
  /// Only so many inputs from the start.
  public var first: Int?
  /// Only every so-manieth input.
  public var every: Int?
  /// Radii to decide.
  public var decide: [Double]?
  /// What ten times the samples may move a radius by at most, for sampling to stop.
  public var radiusTolerance: Double?
  /// Samples of the whole run.
  public var budget: Int?
  /// Whether all certificates of the run hold together with confidence 1 − α.
  public var simultaneous: Bool?
  /// Whether figures over all inputs have as many certificates taken off as may be wrong.
  public var aggregate: Bool?
  /// Whether the certificates of an input at all σ hold together, so that the best may be chosen.
  public var bestSigma: Bool?

  public init() {}

  /// Whether everything is left free.
  public var isEmpty: Bool { self == RunParameters() }

  /// The long option names, without dashes: the keys of a policy besides `version` and `requirements`.
  public static let names = [
    "seed", "samples", "selection-samples", "alpha", "sigma", "noise", "norm", "classifier", "epsilon",
    "attack", "certificate", "bounds", "first", "every", "decide", "radius-tolerance", "budget",
    "simultaneous",
    "aggregate", "best-sigma",
  ]

  /// What the manifest of a run has otherwise, one line each.
  ///
  /// Attacks and certificates are not compared: a manifest names what was chosen, not what was asked.
  public func differences(from manifest: RunManifest) -> [String] {
    var lines: [String] = []
    func compare<Value: Equatable>(_ name: String, _ wanted: Value?, _ found: Value) {
      guard let wanted, wanted != found else { return }
      lines.append("`\(name)` is \(found) in the run, \(wanted) in the policy")
    }
    func compareSets<Value: Hashable>(_ name: String, _ wanted: [Value]?, _ found: [Value]) {
      guard let wanted, Set(wanted) != Set(found) else { return }
      let list: ([Value]) -> String = {
        $0.isEmpty ? "none" : $0.map { "\($0)" }.joined(separator: ", ")
      }
      lines.append("`\(name)` is \(list(found)) in the run, \(list(wanted)) in the policy")
    }
    compare("seed", seed, manifest.seed)
    compare("samples", samples, manifest.samples)
    compare("selection-samples", selectionSamples, manifest.selectionSamples)
    compare("alpha", alpha, manifest.alpha)
    compareSets("sigma", sigmas, manifest.smoothings.map(\.sigma))
    compareSets("noise", noises, manifest.smoothings.map(\.noise))
    compareSets("norm", norms, manifest.norms)
    compareSets("classifier", classifiers, manifest.classifiers)
    compareSets("epsilon", epsilons, manifest.epsilons)
    if let bounds, bounds.count == 2 {
      compare("bounds", bounds.map { Float($0) }, manifest.space.bounds.map { [$0.lower, $0.upper] } ?? [])
    }
    compare("first", first.map { min($0, manifest.availableInputs) }, manifest.selectedInputs)
    compare(
      "every", every.map { ($0 - 1 + manifest.availableInputs) / max($0, 1) }, manifest.selectedInputs)
    compareSets("decide", decide, manifest.plan?.decide ?? [])
    compareSets(
      "radius-tolerance", radiusTolerance.map { [$0] }, manifest.plan?.radiusTolerance.map { [$0] } ?? [])
    compareSets("budget", budget.map { [$0] }, manifest.plan?.budget.map { [$0] } ?? [])
    compare("simultaneous", simultaneous, manifest.plan?.simultaneous ?? false)
    compare("aggregate", aggregate, manifest.plan?.aggregate ?? false)
    compare("best-sigma", bestSigma, manifest.plan?.bestSigma ?? false)
    return lines
  }
}
