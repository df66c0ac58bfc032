import CPeak
import CertifyEngine
import Foundation

/// Answers commands, one line of JSON each, with one line of JSON each.
@main
enum Main {
  static func main() throws {
    let session = Session()
    while let line = readLine() {
      FileHandle.standardOutput.write(try session.answer(Data(line.utf8)) + Data("\n".utf8))
    }
  }
}

/// What has been opened, by name.
///
/// Commands: `machine`, `peak`, `open` (with `name` and the fields of ``SamplingBenchmark/Request``), `sample` and
/// `split` (with `name` and `samples`), `close`, `attack` (with the fields of ``AttackBenchmark``).
private final class Session {
  private struct Command: Decodable {
    var command: String
    var name: String?
    var samples: Int?
  }

  private struct Machine: Encodable {
    var kernels = KernelLibrary.version
    var instructionSet = KernelLibrary.instructionSet
  }

  private struct Peak: Encodable {
    var gigaflops: Double
  }

  private var open: [String: SamplingBenchmark] = [:]
  private let encoder = JSONEncoder()
  private let decoder = JSONDecoder()

  func answer(_ line: Data) throws -> Data {
    let command = try decoder.decode(Command.self, from: line)
    switch command.command {
    case "machine": return try encoder.encode(Machine())
    case "peak":
      var operations = 0.0
      let time = Stopwatch.measure { operations = certify_peak_operations(3_000_000) }
      return try encoder.encode(Peak(gigaflops: operations / time.cpu * 1e-9))
    case "open":
      let made = try SamplingBenchmark(decoder.decode(SamplingBenchmark.Request.self, from: line))
      open[command.name ?? ""] = made
      return try encoder.encode(made.description)
    case "close":
      open[command.name ?? ""] = nil
      return try encoder.encode(Machine())
    case "sample": return try encoder.encode(benchmark(command).sample(command.samples ?? 0))
    case "split": return try encoder.encode(benchmark(command).split(command.samples ?? 0))
    case "attack": return try encoder.encode(decoder.decode(AttackBenchmark.self, from: line).run())
    default: throw BenchmarkError.badRequest(command.command)
    }
  }

  private func benchmark(_ command: Command) throws -> SamplingBenchmark {
    guard let found = command.name.flatMap({ open[$0] }) else {
      throw BenchmarkError.badRequest("\(command.name ?? "nothing") is not open")
    }
    return found
  }
}
