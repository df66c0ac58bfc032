import ArgumentParser

/// What every command understands.
struct CommonOptions: ParsableArguments {
  @Flag(help: "Show warnings and errors only.")
  var quiet = false

  @Flag(help: "Show each input when it is finished, and where options that were not given came from.")
  var verbose = false

  @Flag(help: "No colours; the environment variable NO_COLOR does the same.")
  var noColor = false

  @Option(
    help: """
      A file (YAML) with defaults for options, such as `samples: 10000`. The environment (CERTIFY_SAMPLES=10000) \
      comes before it, an option on the command line before both.
      """, completion: .file(extensions: ["yml", "yaml"]))
  var config: String?

  func validate() throws {
    if quiet, verbose { throw ValidationError("--quiet and --verbose exclude each other; give one of them") }
  }

  /// The colours for results on stdout.
  var palette: Palette { Palette(isWanted: !noColor) }
}
