import ArgumentParser
import CertifyEvaluation
import CertifyResults
import CertifyStore

/// How a run keeps to what its directory holds.
struct StoreOptions: ParsableArguments {
  @Flag(help: "Go on where the run in the directory stopped; begin it where there is none.")
  var resume = false

  @Flag(help: "Replace the run that the directory holds.")
  var overwrite = false

  @Option(help: "Only the i-th of n parts of the inputs, such as 1/4; certify merge joins them.")
  var shard: Shard?

  func validate() throws {
    if resume, overwrite {
      throw ValidationError("--resume and --overwrite exclude each other; give one of them")
    }
  }

  /// Refuses to divide a run whose inputs share a budget: where one stops depends on all of them.
  ///
  /// - Throws: ``CommandError`` of kind usage.
  func check(_ plan: SamplingPlan) throws {
    guard plan.budget != nil, resume || shard != nil else { return }
    throw CommandError.usage(
      "--budget: a run that shares its samples among all inputs is made in one piece; "
        + "leave out \(resume ? "--resume" : "--shard"), or --budget")
  }

  var existing: RunStore.Existing { overwrite ? .overwrite : resume ? .resume : .refuse }
}

extension Shard: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
