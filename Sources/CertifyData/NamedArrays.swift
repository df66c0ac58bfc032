/// Arrays of numbers under names: what a .npz archive holds, as single-precision numbers.
public struct NamedArrays: Sendable {
  /// One array.
  public struct Entry: Sendable, Equatable {
    /// The extents; empty for a single number.
    public var shape: [Int]
    /// In row-major order.
    public var numbers: [Float]
  }

  /// By name, without the ending `.npy`.
  public let entries: [String: Entry]

  /// Reads every array of a .npz archive.
  ///
  /// - Throws: ``DataError``.
  public init(npz path: String) throws {
    let file = try DataFile.read(path)
    let archive = try ZipArchive(file.bytes, path: path)
    var entries: [String: Entry] = [:]
    for entry in archive.entries {
      let array = try NpyFile.read(try archive.read(entry), source: "\(path), entry \(entry.name)")
      let name = entry.name.hasSuffix(".npy") ? String(entry.name.dropLast(4)) : entry.name
      let numbers: [Float] =
        switch array.elements {
        case .bytes(let values): values.map(Float.init)
        case .integers(let values): values.map { Float($0) }
        case .floats(let values): values
        }
      entries[name] = Entry(shape: array.shape, numbers: numbers)
    }
    self.entries = entries
  }
}
