import CertifyData
import CertifyGate
import CertifyResults
import CertifyThreat

/// The options of a run with the policy and the defaults filled in.
struct ResolvedOptions {
  var norms: [Distance]
  /// `nil` for all of ℝᵈ.
  var bounds: InputSpace.Bounds?
  /// Whether the bounds were given, and not filled in.
  var boundsAreGiven: Bool
  var classifiers: [ClassifierKind]
  var sigmas: [Double]
  /// `nil` to follow the data.
  var noise: String?
  var samples: Int
  var selectionSamples: Int
  var alpha: Double
  /// Empty for the default.
  var attacks: [String]
  var certificates: [String]
  var epsilons: [Double]
  var seed: UInt64
  var selection: Selection

  /// Fills in what `options` leaves open; an option that contradicts the policy is refused.
  ///
  /// - Throws: ``CommandError`` of kind usage.
  init(_ options: RunOptions, data: DataOptions, policy: RunParameters) throws {
    norms = try Self.list("norm", options.norm, policy.norms, [.l2])
    let hasLength = norms.contains { $0.norm != nil }
    classifiers = try Self.list(
      "classifier", options.classifier, policy.classifiers, hasLength ? [.base, .smoothed] : [.base])
    sigmas = try Self.list("sigma", options.sigma, policy.sigmas, [0.25])
    attacks = try Self.list("attack", options.attack, policy.attacks, [])
    certificates = try Self.list("certificate", options.certificate, policy.certificates, [])
    epsilons = try Self.list("epsilon", options.epsilon, policy.epsilons, [])
    samples = try Self.one("samples", options.samples, policy.samples) ?? 100_000
    selectionSamples =
      try Self.one("selection-samples", options.selectionSamples, policy.selectionSamples) ?? 100
    alpha = try Self.one("alpha", options.alpha, policy.alpha) ?? 0.001
    seed = try Self.one("seed", options.seed, policy.seed) ?? 0
    let noises = try Self.list("noise", options.noise.map { [$0] } ?? [], policy.noises, [])
    guard noises.count <= 1 else { throw CommandError.usage("--noise: name one noise, not \(noises.count)") }
    noise = noises.first
    bounds = try Self.bounds(options.bounds, policy.bounds)
    boundsAreGiven = options.bounds != nil || policy.bounds != nil
    selection = try Selection(
      first: Self.one("first", data.first, policy.first), every: Self.one("every", data.every, policy.every))
    try validate()
  }

  private func validate() throws {
    if !norms.contains(where: { $0.norm != nil }) {
      guard !classifiers.contains(.smoothed) else {
        throw CommandError.usage(
          "--norm l0 --classifier smoothed: in l0 only attacks on the base classifier exist; add a norm among "
            + "l1, l2, linf for the smoothed one, or leave it out")
      }
      guard certificates.isEmpty || certificates == ["none"] else {
        throw CommandError.usage(
          "--norm l0 --certificate \(certificates.joined(separator: " ")): nothing is certified in l0; add a norm "
            + "among l1, l2, linf, or leave the certificate out")
      }
    }
    guard (1...(1 << 31)).contains(samples) else {
      throw CommandError.usage("--samples \(samples): give a number from 1 to 2147483648")
    }
    guard (1...(1 << 31)).contains(selectionSamples) else {
      throw CommandError.usage("--selection-samples \(selectionSamples): give a number from 1 to 2147483648")
    }
    guard alpha > 0, alpha < 0.5 else {
      throw CommandError.usage(
        "--alpha \(alpha): give a probability of error between 0 and 0.5, such as 0.001")
    }
    for sigma in sigmas where !(sigma > 0 && sigma.isFinite) {
      throw CommandError.usage("--sigma \(sigma): give a finite number above 0, in the units of the input")
    }
    for epsilon in epsilons where !(epsilon > 0 && epsilon.isFinite) {
      throw CommandError.usage(
        "--epsilon \(epsilon): give a finite number above 0, in the units of the input")
    }
  }

  /// An option that the policy may fix.
  ///
  /// - Throws: ``CommandError`` of kind usage for another value than the policy's.
  static func one<Value: Equatable>(_ name: String, _ option: Value?, _ policy: Value?) throws
    -> Value?
  {
    if let option, let policy, option != policy {
      throw CommandError.usage(
        "--\(name) \(option): the policy fixes \(policy); leave the option out or change the policy")
    }
    return option ?? policy
  }

  /// The same of an option with several values, in their order and without repetitions.
  static func list<Value: Hashable>(
    _ name: String, _ option: [Value], _ policy: [Value]?, _ fallback: [Value]
  ) throws -> [Value] {
    if !option.isEmpty, let policy, Set(option) != Set(policy) {
      let text = { (values: [Value]) in values.map { "\($0)" }.joined(separator: " ") }
      throw CommandError.usage(
        "--\(name) \(text(option)): the policy fixes \(text(policy)); leave the option out or change the policy"
      )
    }
    let chosen = option.isEmpty ? policy ?? fallback : option
    var seen = Set<Value>()
    return chosen.filter { seen.insert($0).inserted }
  }

  private static func bounds(_ option: String?, _ policy: [Double]?) throws -> InputSpace.Bounds? {
    let fixed = policy.flatMap {
      $0.count == 2 ? InputSpace.Bounds(lower: Float($0[0]), upper: Float($0[1])) : nil
    }
    guard let option else { return fixed ?? InputSpace.Bounds(lower: 0, upper: 1) }
    let chosen = try parseBounds(option)
    if let fixed, chosen != fixed {
      throw CommandError.usage("--bounds \(option): the policy fixes \(fixed.lower),\(fixed.upper)")
    }
    return chosen
  }

  static func parseBounds(_ text: String) throws -> InputSpace.Bounds? {
    if text == "none" { return nil }
    let parts = text.split(separator: ",").map { Float($0) }
    guard parts.count == 2, let lower = parts[0], let upper = parts[1], lower < upper, lower.isFinite,
      upper.isFinite
    else {
      throw CommandError.usage(
        "--bounds \(text): give the smallest and the largest value, such as 0,1, or none")
    }
    return InputSpace.Bounds(lower: lower, upper: upper)
  }
}
