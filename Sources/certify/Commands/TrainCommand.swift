import ArgumentParser
import CertifyEvaluation
import CertifyModel
import CertifyTraining
import Foundation
import Logging

/// `certify train`: a classifier from data.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a classifier, plainly or to be robust, and write it as ONNX.",
    discussion: """
      Writes the model to --out, beside it a checkpoint after every epoch (MODEL.checkpoint) and the record of how \
      it was made (MODEL.training.json). Everything that is drawn is addressed by the seed, the epoch and the input: \
      the model depends neither on --jobs nor on interruptions.

      Example: certify train --data train.npz --objective pgd --epsilon 0.1 --epochs 3 --out robust.onnx
      """)

  @OptionGroup var dataOptions: DataOptions
  @OptionGroup var network: NetworkOptions
  @OptionGroup var objective: ObjectiveOptions
  @OptionGroup var optimiser: OptimiserOptions
  @OptionGroup var monitor: MonitorOptions

  @Option(help: "The ONNX file to write.")
  var out: String

  @Flag(help: "Go on from the checkpoint beside --out.")
  var resume = false

  @Option(help: "Worker threads; the model does not depend on it. (default: one a processor)")
  var jobs: Int?

  @OptionGroup var common: CommonOptions

  func run() throws {
    try reportingFailures {
      let logger = Terminal.logger(common)
      if let jobs, !(1...1024).contains(jobs) {
        throw CommandError.usage("--jobs \(jobs): give a number from 1 to 1024")
      }
      let settings = try settings()
      try settings.validate()
      var idle = objective.idle.map { ($0, "the objective \(settings.objective.name)") }
      if optimiser.momentum != nil, case .adam = settings.optimiser {
        idle.append(("--momentum", "the optimiser adam"))
      }
      for (option, part) in idle { logger.warning("\(option): \(part) makes no use of it") }
      let files = try TrainingFiles(
        model: out,
        inputs: [
          dataOptions.data, dataOptions.labels, network.model, monitor.validation, monitor.validationLabels,
        ].compactMap { $0 })
      let subject = try TrainingSubject(
        data: dataOptions, network: network, monitor: monitor, settings: settings, logger: logger)
      let identity = subject.files.map(\.sha256).joined(separator: " ")
      let checkpoint = try files.begin(resume: resume, identity: identity)
      let trainer = try Trainer(
        model: subject.model, data: subject.training, holdout: subject.holdout, configuration: settings,
        jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount)
      // What cannot be written is found before the work starts.
      _ = try OnnxWriter.bytes { try subject.model.graph(batchSize: $0) }
      let (outcome, signal) = try train(trainer, from: checkpoint, files, identity: identity, logger)
      if let signal {
        logger.notice("\(files.checkpoint.path): the epochs finished; go on with --resume")
        throw ExitCode(128 + signal)
      }
      try write(outcome, subject, settings, files)
    }
  }

  private func settings() throws -> TrainingConfiguration {
    let chosen = try optimiser.chosen()
    let rate: Double = if case .sgd = chosen { 0.05 } else { 0.001 }
    return TrainingConfiguration(
      objective: try objective.chosen(), threat: try objective.threat(), optimiser: chosen,
      schedule: optimiser.schedule, learningRate: optimiser.learningRate ?? rate,
      weightDecay: optimiser.weightDecay, epochs: optimiser.epochs, batchSize: optimiser.batchSize,
      seed: optimiser.seed, monitorSteps: monitor.monitorSteps,
      stopsOnOverfitting: monitor.stopOnOverfitting)
  }

  private func train(
    _ trainer: Trainer, from checkpoint: Checkpoint?, _ files: TrainingFiles, identity: String,
    _ logger: Logger
  ) throws -> (Trainer.Outcome, Int32?) {
    let control = RunControl()
    let interrupts = Interrupts(control: control)
    defer { interrupts.end() }
    let start = (checkpoint?.epoch ?? 0) * trainer.stepsPerEpoch
    var display = TrainingDisplay(
      stepsAtStart: start, stepsPerEpoch: trainer.stepsPerEpoch, isQuiet: common.quiet)
    let outcome = try trainer.run(
      from: checkpoint,
      onStep: { done, total in
        display.show(done: done, of: total)
        return !control.isCancelled
      },
      onEpoch: { state in
        try files.checkpoint.write(state.bytes(identity: identity))
        guard let report = state.history.last else { return }
        display.finish(report, epochs: trainer.configuration.epochs, logger)
        if report.isOverfitted {
          let steps = trainer.configuration.monitorSteps
          logger.warning(
            """
            epoch \(report.epoch): catastrophic overfitting: the accuracy under one step stays while that under \
            \(steps) steps has collapsed; the last good epoch is \(state.goodEpoch)
            """)
        }
      })
    display.clear()
    return (outcome, outcome.ending == .interrupted ? interrupts.signal ?? SIGINT : nil)
  }

  private func write(
    _ outcome: Trainer.Outcome, _ subject: TrainingSubject, _ settings: TrainingConfiguration,
    _ files: TrainingFiles
  ) throws {
    let bytes = try OnnxWriter.bytes(trainingData: subject.trainingData) {
      try subject.model.graph(batchSize: $0, parameters: outcome.parameters)
    }
    try files.model.write(bytes)
    var (ending, epoch) = ("finished", settings.epochs)
    if case .overfitted(_, let kept) = outcome.ending { (ending, epoch) = ("overfitted", kept) }
    let record = TrainingRecord(
      toolVersion: Certify.version,
      files: subject.files, network: subject.model.name, parameters: outcome.parameters.count,
      trainingInputs: subject.training.count, configuration: settings, history: outcome.history,
      ending: ending, epoch: epoch)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try files.record.write(try encoder.encode(record))
    let last = outcome.history.last { $0.epoch == epoch }.map { TrainingDisplay.text($0) + "\n" } ?? ""
    Terminal.standardOutput(
      "\(last)model: \(files.model.path) (epoch \(epoch))\nrecord: \(files.record.path)")
  }
}
