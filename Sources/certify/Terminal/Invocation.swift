/// What this process was asked to do.
enum Invocation {
  /// The command line with the defaults from the environment and from a file written out, so that a record of
  /// it says all; the name of the program first.
  @TaskLocal static var arguments: [String] = CommandLine.arguments

  /// Where each option that was not on the command line came from, one line each.
  @TaskLocal static var origins: [String] = []
}
