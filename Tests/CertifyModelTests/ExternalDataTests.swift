import Foundation
import Testing

@testable import CertifyModel

/// Weights in a file next to the model.
struct ExternalDataTests {
  /// A folder with `model.onnx`, whose weights are said to be in `location`, and `weights.bin` of 32 bytes.
  private func load(_ location: String, offset: String? = "8", length: String? = "16") throws -> OnnxModel {
    let manager = FileManager.default
    let folder = manager.temporaryDirectory.appendingPathComponent("certify-\(UUID().uuidString)/models")
    try manager.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? manager.removeItem(at: folder.deletingLastPathComponent()) }
    let numbers: [Float] = [9, 9, 1, 2, 3, 4, 9, 9]
    let bytes = numbers.withUnsafeBytes { Data($0) }
    try bytes.write(to: folder.appendingPathComponent("weights.bin"))
    try bytes.write(to: folder.deletingLastPathComponent().appendingPathComponent("outside.bin"))
    try manager.createSymbolicLink(
      at: folder.appendingPathComponent("link.bin"),
      withDestinationURL: folder.deletingLastPathComponent().appendingPathComponent("outside.bin"))

    guard mkfifo(folder.appendingPathComponent("pipe").path, 0o600) == 0 else {
      throw CocoaError(.fileWriteUnknown)
    }

    var builder = ModelBuilder(input: [nil, 2])
    var tensor = ModelBuilder.tensor("w", [2, 2], [])
    tensor.dataLocation = 1
    for (key, value) in [("location", location), ("offset", offset), ("length", length)] {
      guard let value else { continue }
      var entry = Onnx_StringStringEntryProto()
      (entry.key, entry.value) = (key, value)
      tensor.externalData.append(entry)
    }
    builder.proto.graph.initializer = [tensor]
    builder.node("Gemm", ["x", "w"], ["y"], ["transB": .int(1)])
    let file = folder.appendingPathComponent("model.onnx")
    try builder.bytes.write(to: file)
    return try OnnxModel.load(path: file.path)
  }

  @Test(arguments: ["16", nil])
  func reads(length: String?) throws {
    guard
      case .linear(let linear)? = try load("weights.bin", length: length).graph(batchSize: 1).nodes.first?
        .operation
    else {
      Issue.record("no linear layer")
      return
    }
    #expect(linear.weights.elements == [1, 2, 3, 4])
  }

  @Test(arguments: [
    ("missing.bin", "8", "16"), ("../outside.bin", "8", "16"), ("link.bin", "8", "16"),
    ("/etc/hostname", "0", "16"),
    ("weights.bin", "24", "16"), ("weights.bin", "-8", "16"), ("weights.bin", "x", "16"),
    ("weights.bin", "8", "12"),
    ("weights.bin", "9223372036854775807", "16"), ("", "0", "16"), (".", "0", "16"),
  ])
  func refuses(location: String, offset: String, length: String) {
    #expect {
      try load(location, offset: offset, length: length)
    } throws: { error in
      if case .externalData("w", _)? = error as? ModelError { return true }
      return false
    }
  }

  /// Neither waits for somebody to write to a pipe nor reads a directory.
  @Test(arguments: ["pipe", "."]) func refusesWhatIsNoFile(location: String) {
    #expect(throws: ModelError.externalData(tensor: "w", reason: "'\(location)' is no regular file")) {
      try load(location)
    }
  }
}
