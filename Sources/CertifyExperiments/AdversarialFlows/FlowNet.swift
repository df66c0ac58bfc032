import CertifyAttacks
import CertifyEngine
import CertifyModel
import CertifyResults
import CertifyStore
import CertifyThreat
import CertifyTraining
import Synchronization

/// A net of two classes of points in the plane, whose energy flows raise.
struct FlowNet {
  let name: String
  let classifier: LoadedClassifier
  /// On points that it was not trained on.
  let accuracy: Double
  /// The file it was read from; `nil` for one of ours.
  var file: FileRecord?

  /// Ours, and the paper's where its files are; those at the full setting alone.
  static func all(_ setting: ExperimentSetting) throws -> [FlowNet] {
    var generator = SplitMix64(seed: setting.seed, input: 0, stage: 0x666C_6F77)
    let training = try TrainingSet(Moons(1000, using: &generator).dataset())
    let test = try Moons(1000, using: &generator).dataset()
    var nets: [FlowNet] = []
    for (name, activation) in [("ReLU", Architecture.Activation.relu), ("GeLU", .gelu)] {
      let net = try TrainedNet(
        .mlp(hidden: [20, 20, 20], activation: activation), on: training,
        .adam(.standard, rate: 0.005, epochs: 60, batchSize: 100, seed: setting.seed), jobs: setting.jobs)
      nets.append(
        FlowNet(name: name, classifier: net.classifier, accuracy: try net.classifier.accuracy(on: test)))
    }
    for name in ["ReLU", "GeLU"] where setting.scale == .full {
      guard let path = setting.file(["two_moons_\(name).onnx"]) else { continue }
      let classifier = try LoadedClassifier(model: OnnxModel.load(path: path))
      nets.append(
        FlowNet(
          name: "\(name) of the paper", classifier: classifier, accuracy: try classifier.accuracy(on: test),
          file: FileRecord(path: "two_moons_\(name).onnx", sha256: try FileRecord(path: path).sha256)))
    }
    return nets
  }

  /// The two paths from each start away from the class that it is given, with the same draws whatever the threads.
  func paths(_ starts: [[Double]], _ step: FlowStep, _ setting: ExperimentSetting) throws -> [FlowPaths] {
    let labels = try classifier.decisions(on: starts.map { $0.map { Float($0) } })
    let found = Mutex<[Int: FlowPaths]>([:])
    let seed = setting.seed
    try Team.run(starts.count, jobs: setting.jobs) { index in
      var generator = SplitMix64(seed: seed, input: index, stage: step.stepLength.bitPattern)
      let paths = try FlowPaths(
        PlaneEnergy(classifier, label: labels[index]), from: starts[index], step: step, using: &generator)
      found.withLock { $0[index] = paths }
    }
    return found.withLock { all in starts.indices.compactMap { all[$0] } }
  }
}
