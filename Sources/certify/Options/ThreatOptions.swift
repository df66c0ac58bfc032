import ArgumentParser
import CertifyAttacks
import CertifyData
import CertifyEngine
import CertifyGate
import CertifyResults
import CertifyThreat
import Foundation

/// What an adversary wants and what it may change, beyond norm and bounds.
struct ThreatOptions: ParsableArguments {
  @Option(
    help: "A threat file (YAML or JSON): bounds, scales, steps and immutable features, one by one, or a mask."
  )
  var threat: String?

  @Option(
    help:
      "The class to reach: a number, `second`, `least-likely`, or `all` in turn. (default: any other class)")
  var target: String?

  @Option(help: "A second model of the same task (ONNX), from which attacks on the first may transfer.")
  var surrogate: String?

  /// The target that was asked for.
  ///
  /// - Throws: ``CommandError`` of kind usage for one that does not exist.
  func attackTarget(classCount: Int) throws -> AttackTarget? {
    guard let target else { return nil }
    guard let found = AttackTarget(argument: target) else {
      throw CommandError.usage(
        "--target \(target): give a class from 0 to \(classCount - 1), `second`, `least-likely` or `all`")
    }
    if case .label(let label) = found, label >= classCount {
      throw CommandError.usage("--target \(target): the model has the classes 0 to \(classCount - 1)")
    }
    return found
  }

  /// The second model, if one is named.
  ///
  /// - Throws: ``CommandError`` when it does not fit the first or has no gradients; what loading throws.
  func surrogateSource(for subject: Subject) throws -> LoadedClassifier? {
    guard let surrogate else { return nil }
    let source = try LoadedClassifier(path: surrogate)
    let (own, other) = (subject.classifier, source)
    guard own.inputShape == other.inputShape, own.classCount == other.classCount else {
      throw CommandError.usage(
        "--surrogate \(surrogate): it takes \(other.inputShape) and has \(other.classCount) classes, the model "
          + "\(own.inputShape) and \(own.classCount); give a model of the same task")
    }
    guard source.hasGradients else {
      throw CommandError.usage(
        "--surrogate \(surrogate): it has no gradients to follow; give a differentiable model")
    }
    return source
  }

  /// The limits of single features in the threat file, if there is one.
  ///
  /// - Throws: ``CommandError`` with the file in front.
  func limits(dataset: Dataset) throws -> FeatureLimits? {
    guard let path = threat else { return nil }
    let bytes = try readFile(path, what: "threat file")
    do {
      let file = try ThreatFile(yaml: String(decoding: bytes, as: UTF8.self))
      let limits = try file.limits(
        dimension: dataset.inputCount, names: dataset.featureNames,
        mask: try file.mask.map { try mask($0, beside: path) }, deviations: dataset.standardDeviations)
      if limits.scale != nil || limits.step != nil, dataset.isEightBit {
        throw CommandError.usage(
          "\(path): scales and steps are for real data, and these are 8-bit; save the data as floating-point numbers"
        )
      }
      return limits
    } catch let error as PolicyError {
      throw CommandError.usage("\(path): \(error.description(of: "threat file"))")
    }
  }

  private func mask(_ name: String, beside path: String) throws -> [Bool] {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    switch try Dataset.load(path: URL(fileURLWithPath: name, relativeTo: folder).path).samples {
    case .bytes(let values): return values.map { $0 != 0 }
    case .floats(let values): return values.map { $0 != 0 }
    }
  }
}
