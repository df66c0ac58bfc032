import CZlib

/// Decompression of deflate streams, bounded before it starts.
enum Inflate {
  /// How a deflate stream is wrapped.
  enum Wrapping {
    /// Not at all, as in a zip archive.
    case none
    /// In gzip members, one after another, whose checksums are verified.
    case gzip
  }

  /// More bytes than `count` compressed ones can hold: deflate never does better than 1032 to 1.
  static func largestOutput(of count: Int) -> Int {
    let (product, overflow) = count.multipliedReportingOverflow(by: 1032)
    return overflow ? .max : product
  }

  /// The decompressed bytes, at most `limit` of them.
  ///
  /// - Parameters:
  ///   - limit: the length of the result when more follows; never more memory than this is used.
  ///   - sizeHint: the length expected, for the first allocation.
  /// - Throws: ``DataError/malformed(source:place:problem:remedy:)`` when the stream is damaged or ends early.
  static func decompress(
    _ input: ArraySlice<UInt8>, wrapping: Wrapping, limit: Int, sizeHint: Int, source: String
  ) throws -> [UInt8] {
    func damaged(_ offset: Int, _ problem: String) -> DataError {
      .malformed(
        source: source, place: "compressed offset \(offset)", problem: problem,
        remedy: "the file is damaged: get it again")
    }
    guard limit > 0 else { return [] }
    var stream = z_stream()
    let windowBits: Int32 = wrapping == .gzip ? 15 + 16 : -15
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(&stream, windowBits, ZLIB_VERSION, size) == Z_OK else {
      throw DataError.unsupported(
        source: source, problem: "zlib could not start", remedy: "decompress the file first")
    }
    defer { inflateEnd(&stream) }

    var capacity = min(limit, max(64, min(sizeHint, largestOutput(of: input.count))))
    var output = [UInt8](repeating: 0, count: capacity)
    var consumed = 0
    var produced = 0
    var status = Z_OK
    decoding: while produced < limit {
      if produced == capacity {
        capacity = capacity > limit / 2 ? limit : capacity * 2
        output.append(contentsOf: repeatElement(0, count: capacity - output.count))
      }
      let given = min(input.count - consumed, 1 << 30)
      let room = min(capacity - produced, 1 << 30)
      status = input.withUnsafeBufferPointer { source in
        output.withUnsafeMutableBufferPointer { target in
          stream.next_in = source.baseAddress.map { UnsafeMutablePointer(mutating: $0 + consumed) }
          stream.avail_in = UInt32(given)
          stream.next_out = target.baseAddress.map { $0 + produced }
          stream.avail_out = UInt32(room)
          return inflate(&stream, Z_NO_FLUSH)
        }
      }
      let read = given - Int(stream.avail_in)
      let written = room - Int(stream.avail_out)
      consumed += read
      produced += written
      switch status {
      case Z_STREAM_END:
        guard wrapping == .gzip else { break decoding }
        // Zeros may pad the last member, as on tapes; another member may follow.
        let rest = input.dropFirst(consumed)
        if rest.allSatisfy({ $0 == 0 }) { break decoding }
        guard rest.starts(with: [0x1F, 0x8B]) else {
          throw damaged(consumed, "bytes that are no gzip member follow the last one")
        }
        guard inflateReset(&stream) == Z_OK else { throw damaged(consumed, "zlib could not go on") }
      case Z_OK, Z_BUF_ERROR:
        if read == 0, written == 0 {
          throw damaged(consumed, "the compressed data end before the decompressed ones do")
        }
      default:
        let reason = stream.msg.map { String(cString: $0) } ?? "zlib error \(status)"
        throw damaged(consumed, "the compressed data are damaged (\(reason))")
      }
    }
    output.removeLast(output.count - produced)
    return output
  }

  /// The checksum that zip archives carry.
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count)) }
  }
}
