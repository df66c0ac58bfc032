import CertifyAttacks
import CertifyEngine
import CertifyThreat
import CertifyTraining
import Foundation
import Testing
import _CertifyTestSupport

@testable import CertifyExperiments

/// What experiments that train are made of.
@Suite struct LearningTests {
  static func moons(_ count: Int, noise: Double = 0.1, angle: Double = 0, seed: UInt64 = 1) -> Moons {
    var generator = SplitMix64(seed: seed, input: 0, stage: 0)
    return Moons(count, noise: noise, angle: angle, using: &generator)
  }

  static func net(_ architecture: Architecture = .mlp(hidden: [12, 12])) throws -> TrainedNet {
    try TrainedNet(
      architecture, on: TrainingSet(moons(200).dataset()),
      .adam(.standard, rate: 0.01, epochs: 80, batchSize: 32, seed: 1), jobs: 1)
  }

  @Test func moonsLieOnTheirHalfCircles() throws {
    let moons = Self.moons(60, noise: 0)
    #expect(moons.labels.count { $0 == 1 } == 30)
    for (point, label) in zip(moons.points, moons.labels) {
      let (x, y) = (Double(point[0]), Double(point[1]))
      let (across, up) = label == 0 ? (x, y) : (1 - x, 0.5 - y)
      #expect(abs((across * across + up * up).squareRoot() - 1) < 1e-6)
      #expect(up >= -1e-6)
    }
    // A half turn around (½, ¼) maps each moon on to the other one.
    for (point, turned) in zip(moons.points, Self.moons(60, noise: 0, angle: .pi).points) {
      #expect(abs(point[0] + turned[0] - 1) < 1e-6 && abs(point[1] + turned[1] - 0.5) < 1e-6)
    }
  }

  @Test func trainedNetsAnswerAsTheirAccuracySays() throws {
    let net = try Self.net()
    #expect(net.history.count == 80)
    let test = Self.moons(300, seed: 2)
    let accuracy = try net.classifier.accuracy(on: test.dataset())
    #expect(accuracy > 0.95)
    let right = zip(try net.classifier.decisions(on: test.points), test.labels).count { $0 == $1 }
    #expect(accuracy == Double(right) / 300)
  }

  /// Every mask keeps every decision, far from the boundary and near it.
  @Test(arguments: MaskedNet.allCases) func masksKeepDecisions(_ mask: MaskedNet) throws {
    let net = try Self.net().classifier
    let masked = try mask.classifier(of: net)
    let points = Self.moons(400, noise: 0.4, seed: 3).points
    let decisions = try net.decisions(on: points)
    #expect(Set(decisions) == [0, 1])
    #expect(try masked.decisions(on: points) == decisions)
    #expect(masked.hasGradients)
  }

  /// On a linear net it breaks an input exactly from its distance |m|/‖w‖₁ on; behind a mask it stays where it is.
  @Test func textbookPGDFollowsGradientsAlone() throws {
    let net = try TrainedNet(
      .logistic, on: TrainingSet(Self.moons(200).dataset()),
      .adam(.standard, rate: 0.05, epochs: 60, batchSize: 32, seed: 1), jobs: 1
    ).classifier
    let honest = try TextbookPGD(MaskedNet.honest.classifier(of: net))
    let clipped = try TextbookPGD(MaskedNet.clipped.classifier(of: net))
    func margin(_ point: [Float]) throws -> Double { try net.margins(on: [point])[0] }
    let origin = try margin([0, 0])
    let weights = (try margin([1, 0]) - origin, try margin([0, 1]) - origin)
    var seen = 0
    for point in Self.moons(40, seed: 7).points {
      let m = try margin(point)
      let distance = abs(m) / (abs(weights.0) + abs(weights.1))
      let input = AttackInput(index: 0, point: point, grid: nil, label: m > 0 ? 1 : 0)
      guard distance > 0.05, abs(m) > 0.1, distance < 1 else { continue }
      seen += 1
      #expect(try !honest.breaks(input, epsilon: 0.97 * distance))
      #expect(try honest.breaks(input, epsilon: 1.03 * distance))
      #expect(try !clipped.breaks(input, epsilon: 1.03 * distance))
      #expect(try honest.accuracies(on: [input], epsilons: [0, 1.1 * distance]) == [1, 0])
    }
    #expect(seen > 10)
  }

  /// λ = 0 is the training without the domain; with it the features, and so the answers, are others.
  @Test func reversedGradientsReachTheFeatures() throws {
    let (source, target) = (Self.moons(100), Self.moons(100, angle: 0.6, seed: 5))
    func net(_ isAdversarial: Bool, steps: Int = 150) throws -> LoadedClassifier {
      try DomainAdversarialNet(
        source: source, target: target, isAdversarial: isAdversarial, steps: steps, rate: 0.01, seed: 4
      ).classifier
    }
    let (without, with) = (try net(false), try net(true))
    #expect(without.classCount == 2)
    #expect(try without.accuracy(on: source.dataset()) > 0.85)
    #expect(try with.accuracy(on: source.dataset()) > 0.85)
    let points = Self.moons(500, noise: 0.5, seed: 6).points
    #expect(try without.decisions(on: points) != with.decisions(on: points))
    // The labels of the target are not looked at.
    let hidden = Moons(points: target.points, labels: target.labels.map { 1 - $0 })
    let blind = try DomainAdversarialNet(
      source: source, target: hidden, isAdversarial: true, steps: 150, rate: 0.01, seed: 4)
    #expect(try blind.classifier.decisions(on: points) == with.decisions(on: points))
    // Nothing is reversed at t = 0: one step of either is the same.
    #expect(try net(false, steps: 1).decisions(on: points) == net(true, steps: 1).decisions(on: points))
  }

  /// Cells cover the half-plane that is given class 1.
  @Test func decisionMapsCoverTheRegion() throws {
    let net = try Self.net().classifier
    let map = try DecisionMap(net, x: -1...2, y: -1...1, columns: 30)
    let area = map.cells.reduce(0) { $0 + ($1.to.x - $1.from.x) * ($1.to.y - $1.from.y) }
    let points = (0..<30).flatMap { i in
      (0..<20).map { j in [Float(-0.95 + 0.1 * Double(i)), Float(-0.95 + 0.1 * Double(j))] }
    }
    let share = Double(try net.decisions(on: points).reduce(0, +)) / 600
    #expect(abs(area / 6 - share) < 0.02)
  }

  @Test func dataThatAreNotThereAreNamed() throws {
    let place = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: place) }
    let setting = ExperimentSetting(scale: .small, dataDirectory: place.path)
    #expect(setting.file(["nothing.npz"]) == nil)
    let folder = place.appendingPathComponent("models")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data([1]).write(to: folder.appendingPathComponent("one.onnx"))
    #expect(setting.file(["none.onnx", "one.onnx"]) == "\(place.path)/models/one.onnx")
    let digits = try DigitImages(setting, for: "test")
    #expect(!digits.isMNIST && digits.training.count == 1437 && digits.evaluation.count == 360)
    #expect(digits.files.map(\.path) == ["digits_train.npz", "digits_test.npz"])
  }
}
