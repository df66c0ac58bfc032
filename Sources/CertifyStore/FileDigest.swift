import CertifyResults
import Crypto
import Foundation

extension FileRecord {
  /// The file's path as given and the SHA-256 of its bytes, read in portions.
  ///
  /// - Throws: What reading the file throws.
  public init(path: String) throws {
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    defer { try? file.close() }
    var digest = SHA256()
    while let portion = try file.read(upToCount: 1 << 20), !portion.isEmpty {
      digest.update(data: portion)
    }
    self.init(path: path, sha256: digest.finalize().hexadecimal)
  }

  /// The SHA-256 of bytes, in lower-case hexadecimal.
  public static func digest(_ bytes: [UInt8]) -> String { SHA256.hash(data: bytes).hexadecimal }
}

extension SHA256.Digest {
  /// In lower case, two digits a byte.
  var hexadecimal: String {
    map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
