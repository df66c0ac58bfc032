import CertifyData
import Testing

/// Damaged files are refused with a ``DataError`` or read as other data, and never crash.
@Suite struct DamageTests {
  struct Sample: Sendable, CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    /// Whether every proper beginning of the file must be refused.
    var isDelimited: Bool
    var testDescription: String { name }
  }

  static let samples = [
    Sample(name: "deflated.npz", bytes: Make.compressedArchive, isDelimited: true),
    Sample(
      name: "stored.npz",
      bytes: Make.zip([
        ("x.npy", Make.npy("<f4", "(2, 1)", Make.little(UInt32(0)) + Make.little(UInt32(0x3F80_0000)))),
        ("y.npy", Make.npy("|u1", "(2,)", [1, 0])),
      ]), isDelimited: true),
    Sample(
      name: "a.npy", bytes: Make.npy("<f8", "(2, 2)", [0.5, 1, 2, 3].flatMap { Make.little($0.bitPattern) }),
      isDelimited: true),
    Sample(name: "a.gz", bytes: Make.compressedIDX, isDelimited: true),
    Sample(name: "a.idx", bytes: Make.idx(8, [2, 2, 2], Array(1...8)), isDelimited: true),
    Sample(name: "a.csv", bytes: Array("label,a,b\n1,0.5,-2\n0,1e-1,+3\n".utf8), isDelimited: false),
  ]

  @Test(arguments: samples)
  func everyBeginning(_ sample: Sample) throws {
    let folder = try Folder()
    #expect(try Dataset.load(path: folder.write(sample.bytes, sample.name)).count > 0)
    var accepted: [Int] = []
    for length in sample.bytes.indices {
      let path = try folder.write(Array(sample.bytes.prefix(length)), sample.name)
      do {
        _ = try Dataset.load(path: path)
        accepted.append(length)
      } catch {
        #expect(error is DataError, "\(error) at length \(length)")
      }
    }
    if sample.isDelimited { #expect(accepted.isEmpty, "lengths \(accepted) were read") }
  }

  @Test(arguments: samples)
  func everyByteChanged(_ sample: Sample) throws {
    let folder = try Folder()
    for position in sample.bytes.indices {
      for mask: UInt8 in [0x01, 0x10, 0x80, 0xFF] {
        var bytes = sample.bytes
        bytes[position] ^= mask
        try load(bytes, sample.name, in: folder)
      }
    }
  }

  /// Runs of 0x00, 0x7F and 0xFF reach the extremes of every size field.
  @Test(arguments: samples)
  func everyRunOverwritten(_ sample: Sample) throws {
    let folder = try Folder()
    for length in [2, 4, 8] {
      for value: UInt8 in [0, 0x7F, 0xFF] {
        for start in sample.bytes.indices where start + length <= sample.bytes.count {
          var bytes = sample.bytes
          for i in start..<start + length { bytes[i] = value }
          try load(bytes, sample.name, in: folder)
        }
      }
    }
  }

  /// Reads the bytes as far as they can be read; only a ``DataError`` is a refusal.
  private func load(_ bytes: [UInt8], _ name: String, in folder: Folder) throws {
    do {
      let data = try Dataset.load(path: folder.write(bytes, name))
      _ = data.input(data.count - 1)
    } catch is DataError {}
  }
}
