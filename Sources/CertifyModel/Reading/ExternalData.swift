import Foundation

/// The bytes of a tensor that lie in a file next to the model.
struct ExternalData {
  var directory: String?

  func read(_ tensor: Onnx_TensorProto, name: String, byteCount: Int) throws -> Data {
    func failure(_ reason: String) -> ModelError { .externalData(tensor: name, reason: reason) }
    let entries = Dictionary(tensor.externalData.map { ($0.key, $0.value) }) { first, _ in first }
    guard let directory else { throw failure("the model was not read from a file, so there is none") }
    guard let location = entries["location"], !location.isEmpty else {
      throw failure("the model does not name it")
    }
    let root = URL(fileURLWithPath: directory, isDirectory: true).resolvingSymlinksInPath()
    let file = root.appendingPathComponent(location).resolvingSymlinksInPath()
    guard !location.hasPrefix("/"), file.pathComponents.starts(with: root.pathComponents) else {
      throw failure("'\(location)' is outside the model's directory")
    }
    guard let offset = Int(entries["offset"] ?? "0"), offset >= 0 else {
      throw failure("its offset is not a number")
    }
    if let length = entries["length"], Int(length) != byteCount {
      throw failure("its length is \(length) bytes where its shape needs \(byteCount)")
    }
    guard FileManager.default.fileExists(atPath: file.path) else {
      throw failure("'\(location)' does not exist")
    }
    guard RegularFile.exists(at: file.path) else { throw failure("'\(location)' is no regular file") }
    do {
      let handle = try FileHandle(forReadingFrom: file)
      defer { try? handle.close() }
      let size = try handle.seekToEnd()
      guard UInt64(offset) <= size, size - UInt64(offset) >= UInt64(byteCount) else {
        throw failure("'\(location)' has \(size) bytes where \(byteCount) from \(offset) on are needed")
      }
      try handle.seek(toOffset: UInt64(offset))
      guard let bytes = try handle.read(upToCount: byteCount) ?? (byteCount == 0 ? Data() : nil),
        bytes.count == byteCount
      else { throw failure("'\(location)' ends too early") }
      return bytes
    } catch let error as ModelError {
      throw error
    } catch {
      throw failure("'\(location)' cannot be read, check its permissions")
    }
  }
}
