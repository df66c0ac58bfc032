import ArgumentParser
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

  var existing: RunStore.Existing { overwrite ? .overwrite : resume ? .resume : .refuse }
}

extension Shard: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
