import Crypto
import Foundation

extension Checkpoint {
  private static let magic = Data("certify training checkpoint 1\n".utf8)

  /// The first part of a file; the numbers follow.
  private struct Header: Codable {
    let configuration: TrainingConfiguration
    let modelName: String
    let identity: String
    let epoch: Int
    let steps: Int
    let parameterCount: Int
    let history: [EpochReport]
    let goodEpoch: Int
  }

  /// The bytes of a file: a line that names the format, a line of JSON, θ, the optimiser's moments and the last good θ
  /// as 32-bit little-endian numbers, and the SHA-256 of all that.
  ///
  /// - Parameter identity: what the training is of, such as the hash of its data: reading it back asks for the same.
  public func bytes(identity: String) throws -> Data {
    let header = Header(
      configuration: configuration, modelName: modelName, identity: identity, epoch: epoch,
      steps: optimiser.steps, parameterCount: parameters.count, history: history, goodEpoch: goodEpoch)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    var bytes = Self.magic
    bytes.append(try encoder.encode(header))
    bytes.append(UInt8(ascii: "\n"))
    for vector in [parameters, optimiser.averages, optimiser.squares, goodParameters] {
      vector.map { $0.bitPattern.littleEndian }.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }
    bytes.append(contentsOf: SHA256.hash(data: bytes))
    return bytes
  }

  /// Reads what ``bytes(identity:)`` wrote.
  ///
  /// - Throws: ``TrainingError/checkpoint(reason:)`` when the bytes are damaged, or of a training on other data.
  public init(bytes: Data, identity: String) throws(TrainingError) {
    let bytes = [UInt8](bytes)
    let magic = [UInt8](Self.magic)
    guard bytes.starts(with: magic), bytes.count > magic.count + SHA256.byteCount,
      let end = bytes[magic.count...].firstIndex(of: UInt8(ascii: "\n"))
    else { throw .checkpoint(reason: "the file is no checkpoint of a training; name another") }
    let body = bytes.dropLast(SHA256.byteCount)
    guard Array(SHA256.hash(data: body)) == Array(bytes.suffix(SHA256.byteCount)) else {
      throw .checkpoint(reason: "the file is damaged or cut short; start the training anew")
    }
    guard end < body.endIndex,
      let header = try? JSONDecoder().decode(Header.self, from: Data(body[magic.count..<end]))
    else { throw .checkpoint(reason: "the file is of another version of certify; start the training anew") }
    guard header.identity == identity else {
      throw .checkpoint(
        reason: "it is of a training on other data or from another model; give those it was begun with")
    }
    var state = OptimiserState(header.configuration.optimiser, count: 0)
    let vectors = state.optimiser.hasSquares ? 4 : 3
    let numbers = body[(end + 1)...]
    let (size, overflow) = header.parameterCount.multipliedReportingOverflow(by: 4 * vectors)
    guard !overflow, header.parameterCount >= 0, size == numbers.count else {
      throw .checkpoint(reason: "its parameters are not as many as it says; start the training anew")
    }
    func vector(_ index: Int) -> [Float] {
      let start = numbers.startIndex + index * 4 * header.parameterCount
      return (0..<header.parameterCount).map { i in
        let at = start + 4 * i
        let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(numbers[at + $1]) << UInt32(8 * $1) }
        return Float(bitPattern: bits)
      }
    }
    state.averages = vector(1)
    state.squares = state.optimiser.hasSquares ? vector(2) : []
    state.steps = header.steps
    self.init(
      configuration: header.configuration, modelName: header.modelName, epoch: header.epoch,
      parameters: vector(0), optimiser: state, history: header.history, goodEpoch: header.goodEpoch,
      goodParameters: vector(vectors - 1))
  }
}
