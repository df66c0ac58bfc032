import CertifyEngine
import CertifyModel
import Foundation

/// Reads models one after another, so that a crash, a hang or a flood of memory ends this process and not a test.
///
/// Standard input: for each model its size in 8 bytes, little-endian, a byte that says whether to run it too, and its
/// bytes. Standard output: for each a line of outcome, processor time in microseconds, peak memory of the process so
/// far in KiB, and a message. Argument: the directory in which external data may lie.
@main
struct ModelWorker {
  /// The largest address space, so that an allocation without bounds fails.
  static let memoryLimit: UInt64 = 8 << 30

  static func main() {
    var limit = rlimit()
    getrlimit(addressSpace, &limit)
    limit.rlim_cur = min(limit.rlim_max, rlim_t(memoryLimit))
    setrlimit(addressSpace, &limit)

    let directory = CommandLine.arguments.dropFirst().first
    while let header = read(count: 9) {
      let size = header.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
      guard let bytes = read(count: size) else { return }
      let start = usage()
      let outcome = answer(bytes, directory: directory, runs: header[8] != 0)
      let end = usage()
      let line =
        "\(outcome.name) \(end.microseconds - start.microseconds) \(end.kibibytes) \(outcome.message)\n"
      FileHandle.standardOutput.write(Data(line.utf8))
    }
  }

  private static func answer(_ bytes: Data, directory: String?, runs: Bool) -> (name: String, message: String)
  {
    do {
      let classifier = try LoadedClassifier(model: OnnxModel(bytes: bytes, directory: directory))
      for size in [1, 3] {
        let graph = try classifier.graph(batchSize: size)
        let output = graph.values[graph.output].shape
        guard output.first == size else {
          return ("broken", "the output for \(size) inputs has shape \(output)")
        }
      }
      guard runs, let graph = try? classifier.graph(batchSize: rows), isSmall(graph) else {
        return ("loaded", "")
      }
      return try run(classifier)
    } catch let error as ModelError {
      return ("refused", "\(error)")
    } catch let error as EngineError {
      return ("refused", "\(error)")
    } catch {
      return ("broken", "an error of another type: \(error)")
    }
  }

  private static let rows = 2

  /// Within what a test has time and memory for.
  private static func isSmall(_ graph: Graph) -> Bool {
    graph.multiplyAdds < 1e8 && graph.values.reduce(0) { $0 + Double($1.shape.reduce(1, *)) } < 4e6
  }

  private static func run(_ source: LoadedClassifier) throws -> (name: String, message: String) {
    guard let classifier = try source.makeDifferentiableClassifier(batchSize: rows) else {
      return ("loaded", "")
    }
    for place in classifier.inputs.indices { classifier.inputs[place] = Float(place % 7) / 7 }
    try classifier.forward(count: rows)
    classifier.logitGradients.update(repeating: 1)
    try classifier.backward(count: rows)
    return ("ran", "")
  }

  private static func read(count: Int) -> Data? {
    var bytes = Data()
    while bytes.count < count {
      guard let part = try? FileHandle.standardInput.read(upToCount: count - bytes.count), !part.isEmpty
      else {
        return nil
      }
      bytes += part
    }
    return bytes
  }

  private static func usage() -> (microseconds: Int, kibibytes: Int) {
    var usage = rusage()
    getrusage(ownUsage, &usage)
    let times = [usage.ru_utime, usage.ru_stime].map { Int($0.tv_sec) * 1_000_000 + Int($0.tv_usec) }
    return (times[0] + times[1], peakMemory() ?? usage.ru_maxrss)
  }

  /// Linux counts in a process's usage what its parent had before it started this program.
  private static func peakMemory() -> Int? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
    else { return nil }
    return line.split(separator: " ").compactMap { Int($0) }.first
  }

  #if os(Linux)
    private static let addressSpace = __rlimit_resource_t(RLIMIT_AS.rawValue)
    private static let ownUsage = Int32(RUSAGE_SELF.rawValue)
  #else
    private static let addressSpace = RLIMIT_AS
    private static let ownUsage = RUSAGE_SELF
  #endif
}
