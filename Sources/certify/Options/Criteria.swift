import CertifyGate
import CertifyResults
import Foundation

/// The requirements of a policy file and of the command line together, and the run they compare with.
struct Criteria {
  private let policy: Policy
  private let baseline: RunResults?
  /// The text of the policy file, where there is one.
  let policyText: String?

  /// - Throws: What reading and parsing throws; a file that is no policy names its path.
  init(_ options: GateOptions) throws {
    var policy = Policy(requirements: [])
    var text: String?
    if let path = options.policy {
      let read = String(decoding: try readFile(path, what: "policy"), as: UTF8.self)
      text = read
      do {
        policy = try Policy(yaml: read)
      } catch let error as PolicyError {
        throw CommandError.usage("\(path): \(error)")
      }
    }
    policy.requirements += try options.require.map { try Requirement(parsing: $0) }
    self.policy = policy
    policyText = text
    baseline = try options.baseline.map { try readResults(in: $0).results }
  }

  /// What the policy fixes of the run.
  var parameters: RunParameters { policy.parameters }

  /// Checks before a run that every requirement speaks of one kind of bracket that it will have.
  ///
  /// - Throws: `GateError`.
  func check(_ manifest: RunManifest) throws {
    try Gate.check(policy.requirements, for: manifest, hasBaseline: baseline != nil)
  }

  /// Judges a run as of today, in UTC.
  ///
  /// - Throws: As `Gate.judge`.
  func judge(_ results: RunResults) throws -> Verdict {
    try Gate.judge(results: results, policy: policy, baseline: baseline, today: Self.today)
  }

  private static var today: CalendarDay {
    CalendarDay(daysSince1970: Int((Date().timeIntervalSince1970 / 86_400).rounded(.down)))
  }
}
