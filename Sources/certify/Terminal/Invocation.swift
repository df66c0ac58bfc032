/// What this process was asked to do.
enum Invocation {
  /// The command line with the defaults from the environment and from a file written out, so that a record of
  /// it says all; the name of the program first.
  @TaskLocal static var arguments: [String] = CommandLine.arguments

  /// Where each option that was not on the command line came from, one line each.
  @TaskLocal static var origins: [String] = []

  /// Where the options that a complaint names came from, in brackets; empty when they were on the command line.
  static func origins(of complaint: String) -> String {
    let named = origins.filter { origin in
      let option = origin.prefix { $0 != " " }
      return complaint.ranges(of: option).contains { range in
        let next = complaint[range.upperBound...].first
        return next.map { !$0.isLetter && $0 != "-" } ?? true
      }
    }
    return named.isEmpty ? "" : " (\(named.joined(separator: ", ")))"
  }
}
