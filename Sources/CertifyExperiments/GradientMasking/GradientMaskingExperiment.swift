import CertifyAttacks
import CertifyEngine
import CertifyEvaluation
import CertifyReport
import CertifyResults
import CertifyThreat
import CertifyTraining
import Synchronization

/// `gradient-masking`: nets that look robust because attacks cannot follow their gradients.
public struct GradientMaskingExperiment: Experiment {
  public static let name = "gradient-masking"
  public static let summary =
    "masked gradients fool an attack and not the diagnosis; the true radius is the same"

  public init() {}

  public func run(_ setting: ExperimentSetting) throws -> ExperimentPage {
    let count = setting.choose(small: 12, full: 60)
    var generator = SplitMix64(seed: setting.seed, input: 0, stage: 0x6D61_736B)
    let training = Moons(400, using: &generator)
    let net = try TrainedNet(
      .mlp(hidden: [16, 16]), on: TrainingSet(training.dataset()),
      .adam(.standard, rate: 0.01, epochs: 60, batchSize: 64, seed: setting.seed), jobs: setting.jobs)
    let moons = Moons(2 * count, using: &generator)
    let classes = try net.classifier.decisions(on: moons.points)
    let inputs = moons.points.indices.filter { classes[$0] == moons.labels[$0] }.prefix(count).map {
      AttackInput(index: $0, point: moons.points[$0], grid: nil, label: moons.labels[$0])
    }
    let honest = try MaskedNet.honest.classifier(of: net.classifier)
    let truth = try bracketed(
      honest, inputs, attack: .best,
      certificates: [CompleteBaseCertificate(classifier: honest, timeout: 20)], setting)
    setting.progress(0.4)
    let epsilon = Self.median(truth.radii)
    let findings = try MaskedNet.allCases.enumerated().map { index, mask in
      let finding = try look(at: mask, net.classifier, inputs, truth: truth, epsilon: epsilon, setting)
      setting.progress(0.4 + 0.6 * Double(index + 1) / Double(MaskedNet.allCases.count))
      return finding
    }
    return ExperimentPage(
      title: "Gradient masking",
      question:
        "Does a net whose gradients lead nowhere become more robust, or only harder to attack by gradients?",
      setting: [
        "two moons, 400 points to train on; network mlp(16,16), 60 epochs of Adam at the rate 0.01",
        "\(inputs.count) points that the net gets right, ℓ∞, the box [−3, 3]²",
        "the masks act on the margin m of the two logits and keep its sign: every net decides alike",
        "truth: branch and bound against the attack `best` on the honest net",
        "textbook PGD: 100 signed steps of 2.5 ε/100 from the point itself, on cross-entropy",
        "`pgd` with one restart and `best` as in `certify run`, for the smallest radius; `pgd` goes to a random point of the ball where the gradient is 0",
        "the signs of masking are those that `certify run` looks for, at ε = \(Rounding.significant(epsilon, digits: 3)), the median of the true radii",
      ],
      figures: [Self.figure(truth.radii, findings)],
      quantities: Self.quantities(truth, findings, epsilon: epsilon),
      paragraphs: [
        """
        Each mask leaves every decision of the net as it was, so that the robust radius of every point is the same: \
        the witnesses of the honest net are witnesses of each masked one. PGD as it is printed stays where the gradient is 0 \
        and would have called the masked nets robust. The signs that `certify run` looks for are seen at each of \
        them and at none of the honest net.
        """,
        """
        This program's own `pgd` is misled by little here, with a single restart by \
        \(Self.errors(findings)) % in the median: it replaces a gradient of 0 by a random point, and in two dimensions a hundred \
        random points come near the boundary. In many dimensions they would not, as `holder` shows, so that a small error \
        here is no reason to trust an attack where signs of masking are seen. `best`, which also asks for decisions alone, \
        is not misled.
        """,
        """
        Athalye, Carlini and Wagner found masked gradients in 7 of 9 defences of one conference, and broke six of the seven \
        completely, one in part. An upper bound is only as good as the attack: a certificate does not depend on one.
        """,
      ], sources: [Self.athalye])
  }

  static let athalye = Source(
    authors: "Athalye, Carlini & Wagner", year: 2018,
    title:
      "Obfuscated Gradients Give a False Sense of Security: Circumventing Defenses to Adversarial Examples",
    identifier: "arXiv 1802.00420")
  static let bounds = InputSpace.Bounds(lower: -3, upper: 3)
  private static let space = InputSpace(bounds: bounds, gridSteps: nil)

  /// The brackets of some inputs, and the points behind their upper ends.
  private struct Bracketed {
    var brackets: [Bracket] = []
    var witnesses: [[Float]?] = []

    /// The upper ends, infinite where there is none.
    var radii: [Double] { brackets.map { $0.upper?.radius ?? .infinity } }
    /// The lower ends, 0 where there is none.
    var certified: [Double] { brackets.map { $0.lower?.radius ?? 0 } }
  }

  private func bracketed(
    _ classifier: LoadedClassifier, _ inputs: [AttackInput], attack: AttackName,
    certificates: [any BaseCertificate], _ setting: ExperimentSetting
  ) throws -> Bracketed {
    var parameters = AttackParameters()
    if attack == .pgd { parameters.restarts = 1 }
    let configuration = RunConfiguration(
      space: Self.space, norms: [.linf], classifiers: [.base], smoothings: [], selectionSamples: 100,
      samples: 100, alpha: 0.001, baseCertificates: certificates, smoothedCertificate: nil,
      baseAttack: attack, smoothedAttack: .none, goal: .smallestNorm, attackParameters: parameters,
      seed: setting.seed, batchSize: 24, attackBatchSize: 24)
    let found = Mutex<[Int: EvaluatedInput]>([:])
    try Evaluator(source: classifier, configuration: configuration).run(
      count: inputs.count, jobs: setting.jobs, control: RunControl(), input: { inputs[$0] },
      deliver: { position, evaluated in found.withLock { $0[position] = evaluated } })
    var result = Bracketed()
    for position in inputs.indices {
      guard let evaluated = found.withLock({ $0[position] }), let bracket = evaluated.result.brackets.first
      else {
        throw ExperimentError.failed(experiment: Self.name, reason: "input \(position) has no bracket")
      }
      result.brackets.append(bracket)
      result.witnesses.append(evaluated.witnesses[0])
    }
    return result
  }

  /// What was found of one net.
  struct Finding {
    let mask: MaskedNet
    /// What textbook PGD leaves right at ``budgets``, and at the median of the true radii.
    let accuracies: [Double]
    let accuracy: Double
    /// What `pgd` and `best` found over the true radius; infinite where they found nothing.
    let pgd: [Double]
    let best: [Double]
    /// The part of the honest net's witnesses that break this net too.
    let transferred: Double
    /// The signs of masking.
    let signs: [MaskingCheck.Sign]
  }

  /// The ε at which textbook PGD is run.
  static let budgets = (0...20).map { Double($0) / 20 }

  private func look(
    at mask: MaskedNet, _ net: LoadedClassifier, _ inputs: [AttackInput], truth: Bracketed, epsilon: Double,
    _ setting: ExperimentSetting
  ) throws -> Finding {
    let masked = try mask.classifier(of: net)
    func ratios(_ attack: AttackName) throws -> [Double] {
      let found = try bracketed(masked, inputs, attack: attack, certificates: [], setting).radii
      return zip(found, truth.certified).map { $0 / $1 }
    }
    let witnesses = zip(inputs, truth.witnesses).compactMap { input, point in point.map { (input.label, $0) }
    }
    let decisions = try masked.decisions(on: witnesses.map(\.1))
    let transferred = zip(decisions, witnesses).count { $0 != $1.0 }
    guard let gradients = try masked.makeDifferentiableClassifier(batchSize: 24) else {
      throw ExperimentError.failed(experiment: Self.name, reason: "\(mask.title) has no gradients at all")
    }
    let diagnosis = try MaskingDiagnosis(
      threat: ThreatModel(norm: .linf, space: Self.space), epsilon: epsilon, seed: setting.seed,
      reference: masked.makeClassifier(batchSize: 1), gradients: gradients)
    let textbook = try TextbookPGD(masked)
    return Finding(
      mask: mask, accuracies: try textbook.accuracies(on: Array(inputs), epsilons: Self.budgets),
      accuracy: try textbook.accuracies(on: Array(inputs), epsilons: [epsilon])[0],
      pgd: try ratios(.pgd), best: try ratios(.best),
      transferred: Double(transferred) / Double(inputs.count),
      signs: try diagnosis.run(on: Array(inputs)).filter { $0.isSeen == true }.map(\.sign))
  }

  /// By how many per cent `pgd` is too far, mask by mask.
  private static func errors(_ findings: [Finding]) -> String {
    findings.filter { $0.mask != .honest }.map {
      Rounding.significant(100 * (median($0.pgd) - 1), digits: 2)
    }.joined(separator: " and ")
  }

  static func median(_ values: [Double]) -> Double {
    values.isEmpty ? .nan : values.sorted()[values.count / 2]
  }

  private static func quantities(_ truth: Bracketed, _ findings: [Finding], epsilon: Double) -> [Quantity] {
    let widest = zip(truth.radii, truth.certified).map { $0 / $1 }.max() ?? .nan
    let left = Double(truth.radii.count { $0 > epsilon }) / Double(truth.radii.count)
    let masked = findings.filter { $0.mask != .honest }
    let broken = masked.count { $0.transferred == 1 }
    return [
      Quantity(
        "upper over lower end of the true radius, largest", ours: widest,
        claim: .init(
          .between(1, 1.01),
          because: "branch and bound and the attack agree to one part in 2¹¹ and a bisection")),
      Quantity("true accuracy at the median radius", ours: left),
      Quantity(
        "part of the masked nets that is broken completely",
        published: .init(6.0 / 7, in: athalye, place: "abstract: 6 of 7 defences, 1 in part"),
        ours: Double(broken) / Double(masked.count),
        claim: .init(.equal(to: 1, within: 0), because: "the masks keep the sign of the margin")),
    ] + findings.flatMap { quantities($0, truth: left) }
  }

  private static func quantities(_ finding: Finding, truth: Double) -> [Quantity] {
    let (name, isHonest) = (finding.mask.title, finding.mask == .honest)
    return [
      Quantity(
        "accuracy under textbook PGD at the median radius, \(name)", ours: finding.accuracy,
        claim: isHonest
          ? .init(.between(truth, truth + 0.1), because: "with honest gradients PGD comes near the truth")
          : .init(.atLeast(0.9), because: "the mask makes PGD miss, or the experiment shows nothing")),
      Quantity(
        "signs of masking, \(name)", ours: Double(finding.signs.count),
        claim: isHonest
          ? .init(.equal(to: 0, within: 0), because: "no false alarm")
          : .init(.atLeast(1), because: "the diagnosis must see that the gradients lead nowhere")),
      Quantity(
        "radius of pgd over the true one, median, \(name)", ours: median(finding.pgd),
        claim: .init(
          .between(1, isHonest ? 1.01 : 1.5),
          because: isHonest
            ? "restarts and a bisection find the truth along honest gradients"
            : "random points stand in for gradients of 0; a hundred of them are many in two dimensions")),
      Quantity(
        "radius of best over the true one, median, \(name)", ours: median(finding.best),
        claim: .init(
          .between(1, isHonest ? 1.01 : 1.05),
          because: isHonest
            ? "restarts and a bisection find the truth along honest gradients"
            : "attacks that ask for decisions alone do not see the mask")),
      Quantity(
        "least radius found over the true one, \(name)", ours: (finding.pgd + finding.best).min() ?? .nan,
        claim: .init(
          .atLeast(1),
          because:
            "a witness of the masked net is one of the honest net: none lies within its certified radius")),
    ]
  }
}
