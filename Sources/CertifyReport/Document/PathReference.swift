/// Paths as URI references.
enum PathReference {
  private static let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-_.~".utf8)
  private static let digits = Array("0123456789ABCDEF".utf8)

  /// Everything but letters, digits, `/`, `-`, `_`, `.` and `~` in percent (RFC 3986).
  static func encoded(_ path: String) -> String {
    let bytes = path.utf8.flatMap { byte in
      plain.contains(byte)
        ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
