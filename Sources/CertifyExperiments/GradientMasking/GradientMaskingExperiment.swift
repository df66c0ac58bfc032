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
    let epsilon = Self.median(truth.brackets.compactMap { $0.upper?.radius })
    let findings = try MaskedNet.allCases.enumerated().map { index, mask in
      let finding = try look(at: mask, net.classifier, inputs, truth: truth, epsilon: epsilon, setting)
      setting.progress(0.4 + 0.6 * Double(index + 1) / Double(MaskedNet.allCases.count))
      return finding
    }
    let widest =
      truth.brackets.compactMap { bracket in
        bracket.lower.flatMap { lower in bracket.upper.map { $0.radius / lower.radius } }
      }.max() ?? .nan
    return ExperimentPage(
      title: "Gradient masking",
      question:
        "Does a net whose gradients lead nowhere become more robust, or only harder to attack by gradients?",
      setting: [
        "two moons, 400 points to train on; network mlp(16,16), 60 epochs of Adam at the rate 0.01",
        "\(inputs.count) points that the net gets right, ℓ∞, the box [−3, 3]²",
        "the masks act on the margin m of the two logits and keep its sign: every net decides alike",
        "truth: branch and bound against the attack `best` on the honest net; PGD: 100 steps from the point itself, then smaller ε by bisection",
        "diagnosis at ε = \(Rounding.significant(epsilon, digits: 3)), the median of the true radii",
      ],
      figures: [
        ExperimentFigure(
          "radii",
          caption:
            "What PGD finds over the true radius, input by input; where it found nothing, the mark stands at the top.",
          Self.figure(findings))
      ],
      quantities: [
        Quantity(
          "upper over lower end of the true radius, largest", ours: widest,
          claim: .init(
            .between(1, 1.01),
            because: "branch and bound and the attack agree to one part in 2¹¹ and a bisection"))
      ] + findings.flatMap(Self.quantities),
      paragraphs: [
        """
        Each mask leaves every decision of the net as it was, so that the robust radius of every point is the same: \
        the witnesses of the honest net are witnesses of each masked one. PGD from the point alone would have called the masked \
        nets more robust. The signs that `certify run` looks for are seen at each of them and at none of the \
        honest net.
        """,
        """
        Athalye, Carlini and Wagner found masked gradients in 7 of 9 defences of one conference, and broke all seven, \
        six of them completely. An upper bound is only as good as the attack: a certificate does not depend on one.
        """,
      ], sources: [Self.athalye])
  }

  static let athalye = Source(
    authors: "Athalye, Carlini & Wagner", year: 2018,
    title: "Obfuscated Gradients Give a False Sense of Security", identifier: "arXiv 1802.00420")
  private static let space = InputSpace(bounds: InputSpace.Bounds(lower: -3, upper: 3), gridSteps: nil)

  /// The brackets of some inputs, and the points behind their upper ends.
  private struct Bracketed {
    var brackets: [Bracket] = []
    var witnesses: [[Float]?] = []
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
  private struct Finding {
    let mask: MaskedNet
    /// What PGD found over the true radius; infinite where it found nothing.
    let ratios: [Double]
    /// The part of the honest net's witnesses that break this net too.
    let transferred: Double
    let seen: [MaskingCheck]
  }

  private func look(
    at mask: MaskedNet, _ net: LoadedClassifier, _ inputs: [AttackInput], truth: Bracketed, epsilon: Double,
    _ setting: ExperimentSetting
  ) throws -> Finding {
    let masked = try mask.classifier(of: net)
    let attacked = try bracketed(masked, inputs, attack: .pgd, certificates: [], setting)
    let ratios = zip(attacked.brackets, truth.brackets).map { masked, honest in
      guard let upper = masked.upper?.radius, let lower = honest.lower?.radius else { return Double.infinity }
      return upper / lower
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
    return Finding(
      mask: mask, ratios: ratios,
      transferred: Double(transferred) / Double(inputs.count),
      seen: try diagnosis.run(on: Array(inputs)).filter { $0.isSeen == true })
  }

  private static func median(_ values: [Double]) -> Double {
    values.isEmpty ? 1 : values.sorted()[values.count / 2]
  }

  private static func quantities(_ finding: Finding) -> [Quantity] {
    let (name, isHonest) = (finding.mask.title, finding.mask == .honest)
    return [
      Quantity(
        "signs of masking, \(name)", ours: Double(finding.seen.count),
        claim: isHonest
          ? .init(.equal(to: 0, within: 0), because: "no false alarm")
          : .init(.atLeast(1), because: "the diagnosis must see that the gradients lead nowhere")),
      Quantity(
        "PGD's radius over the true one, median, \(name)", ours: min(median(finding.ratios), nothing),
        claim: isHonest
          ? .init(.between(1, 1.1), because: "with honest gradients PGD and a bisection come near the truth")
          : .init(.atLeast(1.05), because: "the mask makes PGD miss, or the experiment shows nothing")),
      Quantity(
        "least of PGD's radius over the true one, \(name)", ours: finding.ratios.min() ?? .nan,
        claim: .init(
          .atLeast(1),
          because:
            "a witness of the masked net is one of the honest net: none lies within its certified radius")),
      Quantity(
        "witnesses of the honest net that break it, \(name)", ours: finding.transferred,
        claim: .init(.equal(to: 1, within: 0), because: "the mask keeps the sign of the margin")),
    ]
  }

  /// What stands for a radius that was not found.
  private static let nothing = 100.0

  private static func figure(_ findings: [Finding]) -> ChartFigure {
    let top = 100.0
    let inks: [ChartMark.Ink] = [.grey, .orange, .purple, .green]
    let marks = findings.enumerated().map { index, finding in
      let sorted = finding.ratios.sorted()
      return ChartMark(
        .line(
          sorted.enumerated().map {
            .init((Double($0.offset) + 0.5) / Double(sorted.count), min($0.element, top))
          }),
        inks[index % inks.count], isDashed: index % 2 == 0, label: finding.mask.title)
    }
    let words = findings.map { finding in
      let missed = finding.ratios.count { !$0.isFinite }
      let middle = median(finding.ratios)
      return "\(finding.mask.title): median "
        + (middle.isFinite ? Rounding.significant(middle, digits: 3) : "none, since nothing was found")
        + ", \(missed) of \(finding.ratios.count) not broken, \(finding.seen.count) signs."
    }
    return ChartFigure(
      title: "What PGD calls the radius, over the true one",
      description: "One line for each net, inputs sorted. \(words.joined(separator: " "))", height: 280,
      charts: [
        Chart(
          x: ChartAxis("part of the inputs", from: 0, to: 1),
          y: ChartAxis("PGD's radius / true radius", from: 0.9, to: top * 1.3, isLogarithmic: true),
          marks: marks)
      ])
  }
}
