import ArgumentParser

/// How much is spent on proofs about the base classifier.
struct BoundOptions: ParsableArguments {
  @Option(
    help:
      "Seconds that --certificate branch-and-bound may take for an input in one norm; what it cuts short depends on the machine. (default: 10)"
  )
  var timeout: Double?

  /// - Throws: ``CommandError`` of kind usage.
  func checkedTimeout() throws -> Double {
    let timeout = timeout ?? 10
    guard timeout > 0, timeout <= 1e9 else {
      throw CommandError.usage("--timeout \(timeout): give a number of seconds above 0")
    }
    return timeout
  }
}
