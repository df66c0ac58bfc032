import CertifyGate

/// The experiments there are. A new one is a file and a line here.
public enum Experiments {
  /// In the order of the gallery.
  public static let all: [any Experiment.Type] = [
    LinearDemoExperiment.self, HolderExperiment.self, RobustnessAccuracyExperiment.self,
    GanExperiment.self, CurvatureFlowExperiment.self, WassersteinFlowExperiment.self,
    AdversarialFlowsExperiment.self, DomainAdversarialExperiment.self, CatastrophicOverfittingExperiment.self,
    GradientMaskingExperiment.self, SmoothingTradeoffExperiment.self, SmoothingMNISTExperiment.self,
  ]

  /// The experiment of a name.
  ///
  /// - Throws: ``ExperimentError/unknown(name:)``, with the nearest name and the list.
  public static func named(_ name: String) throws(ExperimentError) -> any Experiment.Type {
    guard let experiment = all.first(where: { $0.name == name }) else { throw .unknown(name: name) }
    return experiment
  }

  /// The name that was probably meant, and all there are.
  static func hint(_ name: String) -> String {
    let names = all.map { $0.name }
    let list = "known are " + names.map { "`\($0)`" }.joined(separator: ", ")
    guard let near = NearestName.of(name, among: names) else { return list }
    return "did you mean `\(near)`? \(list)"
  }
}
