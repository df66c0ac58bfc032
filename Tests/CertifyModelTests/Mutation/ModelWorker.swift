import Dispatch
import Foundation
import _CertifyTestSupport

/// A process that reads models, so that a test outlives what a damaged one does to it.
final class ModelWorker {
  /// What became of one model.
  struct Outcome {
    enum Kind: String {
      /// A graph; when asked to run, too large for that.
      case loaded
      /// A graph, a plan, a forward and a backward pass.
      case ran
      /// A typed error.
      case refused
      /// A wrong answer, or an error of no known type.
      case broken
      /// The process died or had to be ended.
      case died
    }
    var kind: Kind
    var seconds = 0.0
    /// The most memory that the process has had so far.
    var peakMebibytes = 0
    var message: String
  }

  /// Seconds of the clock after which a model counts as hanging, on however busy a machine.
  static let patience = 120.0

  private var process = Process()
  private var requests = Pipe()
  private var answers = Pipe()
  private let errors: URL
  private let directory: String

  /// - Parameter directory: where external data may lie.
  init(directory: String = Fixtures.path("models/operators")) throws {
    self.directory = directory
    // A write to a process that died is an error here, not a signal.
    signal(SIGPIPE, SIG_IGN)
    errors = FileManager.default.temporaryDirectory.appendingPathComponent(
      "model-worker-\(UUID().uuidString)")
    try start()
  }

  deinit {
    try? requests.fileHandleForWriting.close()
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: errors)
  }

  private func start() throws {
    process = Process()
    requests = Pipe()
    answers = Pipe()
    try Data().write(to: errors)
    process.executableURL = Self.executable
    process.arguments = [directory]
    process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
    process.standardInput = requests
    process.standardOutput = answers
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
  }

  func outcome(of bytes: Data, runs: Bool) throws -> Outcome {
    var request = withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { Data($0) }
    request.append(runs ? 1 : 0)
    request.append(bytes)
    let identifier = process.processIdentifier
    let alarm = DispatchWorkItem { kill(identifier, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + Self.patience, execute: alarm)
    defer { alarm.cancel() }

    try? requests.fileHandleForWriting.write(contentsOf: request)
    var line = Data()
    while line.last != UInt8(ascii: "\n") {
      let part = answers.fileHandleForReading.availableData
      guard !part.isEmpty else { return try buried() }
      line += part
    }
    let fields = String(decoding: line.dropLast(), as: UTF8.self).split(
      separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
    guard fields.count == 4, let kind = Outcome.Kind(rawValue: String(fields[0])) else {
      return Outcome(kind: .broken, message: "not an answer: \(fields)")
    }
    return Outcome(
      kind: kind, seconds: Double(fields[1]).map { $0 / 1e6 } ?? .infinity,
      peakMebibytes: Int(fields[2]).map { $0 / 1024 } ?? .max, message: String(fields[3]))
  }

  /// Ends the process, as a crash does.
  func crash() {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// What the dead process left, and a new one in its place.
  private func buried() throws -> Outcome {
    process.waitUntilExit()
    let last = String(decoding: try Data(contentsOf: errors), as: UTF8.self).suffix(600)
    let outcome = Outcome(
      kind: .died, message: "ended by \(process.terminationReason) \(process.terminationStatus): \(last)")
    try start()
    return outcome
  }

  private static var executable: URL {
    #if os(macOS)
      for bundle in Bundle.allBundles where bundle.bundlePath.hasSuffix(".xctest") {
        return bundle.bundleURL.deletingLastPathComponent().appendingPathComponent("_CertifyModelWorker")
      }
    #endif
    return Bundle.main.bundleURL.appendingPathComponent("_CertifyModelWorker")
  }
}
