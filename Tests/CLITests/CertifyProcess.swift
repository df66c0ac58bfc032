import Dispatch
import Foundation
import Testing
import _CertifyTestSupport

/// What a finished process left.
struct Answer {
  var status: Int32
  var output: String
  var errors: String

  /// The lines on stderr, without warnings.
  var complaints: [String] {
    errors.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("warning: ") }
  }

  var warnings: [String] {
    errors.split(separator: "\n").map(String.init).filter { $0.hasPrefix("warning: ") }
  }
}

/// A process that did not end in time.
struct Hung: Error, CustomStringConvertible {
  let command: [String]
  var description: String { "still running after the time limit: \(command.joined(separator: " "))" }
}

/// A process that runs, its output going to files so that it never waits for a reader.
final class RunningProcess {
  let process = Process()
  private let command: [String]
  private let files: Workplace
  private let ended = DispatchSemaphore(value: 0)

  /// - Parameter environment: What is set besides the environment of the tests, of which nothing that changes
  ///   what `certify` prints is handed on.
  init(
    _ executable: URL, _ arguments: [String], in directory: URL = Fixtures.package,
    environment: [String: String] = [:]
  ) throws {
    command = [executable.path] + arguments
    files = try Workplace()
    process.executableURL = executable
    process.arguments = arguments
    process.currentDirectoryURL = directory
    process.environment = ProcessInfo.processInfo.environment
      .filter { !$0.key.hasPrefix("GITHUB_") && !$0.key.hasPrefix("CERTIFY_") }
      .merging(environment) { _, new in new }
    process.standardInput = FileHandle.nullDevice
    let written = try ["stdout", "stderr"].map { try files.create($0) }
    // The process has its own: hundreds of these would stay open with as many tests.
    defer { for file in written { try? file.close() } }
    process.standardOutput = written[0]
    process.standardError = written[1]
    process.terminationHandler = { [ended] _ in ended.signal() }
    try process.run()
  }

  /// Waits for the end; ends the process itself after `seconds`.
  func answer(within seconds: Double) throws -> Answer {
    guard ended.wait(timeout: .now() + seconds) == .success else {
      kill(process.processIdentifier, SIGKILL)
      ended.wait()
      throw Hung(command: command)
    }
    return Answer(
      status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
      output: try files.text("stdout"), errors: try files.text("stderr"))
  }
}

/// The executable under test.
enum Certify {
  /// The directory that the test bundle and the executable were built into.
  static var products: URL {
    #if os(macOS)
      for bundle in Bundle.allBundles where bundle.bundlePath.hasSuffix(".xctest") {
        return bundle.bundleURL.deletingLastPathComponent()
      }
    #endif
    return Bundle.main.bundleURL
  }

  static var executable: URL { products.appendingPathComponent("certify") }

  static func start(
    _ arguments: [String], in directory: URL = Fixtures.package, environment: [String: String] = [:]
  ) throws -> RunningProcess {
    try RunningProcess(executable, arguments, in: directory, environment: environment)
  }

  /// Runs `certify` in the package's directory, unless told another, to its end.
  static func run(
    _ arguments: [String], in directory: URL = Fixtures.package, environment: [String: String] = [:],
    within seconds: Double = 60
  ) throws -> Answer {
    try start(arguments, in: directory, environment: environment).answer(within: seconds)
  }

  static func run(_ arguments: String...) throws -> Answer { try run(arguments) }
}

/// A directory of its own for a test, removed after it.
final class Workplace {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("certify-cli-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  func create(_ name: String) throws -> FileHandle {
    try Data().write(to: url.appendingPathComponent(name))
    return try FileHandle(forWritingTo: url.appendingPathComponent(name))
  }

  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    try Data(text.utf8).write(to: url.appendingPathComponent(name))
    return path(name)
  }

  func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: url.appendingPathComponent(name)), as: UTF8.self)
  }

  /// The report of a run, with plain spaces where it keeps words on one line.
  func report(_ run: String = "out") throws -> String {
    try text("\(run)/report.md").replacing("\u{A0}", with: " ")
  }

  /// The files below a directory, relative to it, sorted; `nil` when it does not exist.
  func files(in name: String) -> [String]? {
    let root = url.appendingPathComponent(name)
    guard let paths = FileManager.default.subpaths(atPath: root.path) else { return nil }
    return paths.filter { path in
      var isDirectory: ObjCBool = false
      let exists = FileManager.default.fileExists(
        atPath: root.appendingPathComponent(path).path, isDirectory: &isDirectory)
      return exists && !isDirectory.boolValue
    }.sorted()
  }
}

/// The digits fixtures, relative to the package's directory.
enum Digits {
  static let data = "fixtures/data/digits_test.npz"
  static let logistic = "fixtures/models/digits_logistic.onnx"
  static let perceptron = "fixtures/models/digits_mlp.onnx"

  /// `certify run` on the linear model, a second at most.
  static func run(out: String, _ more: [String], model: String = logistic, data: String = data) -> [String] {
    ["run", model, "--data", data, "--out", out, "--samples", "200"] + more
  }
}
