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
    self.init(path: path, sha256: Self.hexadecimal(digest.finalize()))
  }

  /// The SHA-256 of bytes, in lower-case hexadecimal.
  public static func digest(_ bytes: [UInt8]) -> String { hexadecimal(SHA256.hash(data: bytes)) }

  private static func hexadecimal(_ digest: SHA256.Digest) -> String {
    digest.map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
