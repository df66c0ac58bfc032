import ArgumentParser
import CertifyThreat

/// How flows step, and whether their paths are kept.
struct FlowOptions: ParsableArguments {
  @Option(
    name: .customLong("step-norm"),
    help: "The norm of a step of flow and minimizing-movement: l1, l2, linf. (default: that of the budget)")
  var stepNorm: Norm?

  @Flag(help: "Keep the paths of flow and minimizing-movement in results.json, and draw those of 2-D inputs.")
  var trajectories = false
}
