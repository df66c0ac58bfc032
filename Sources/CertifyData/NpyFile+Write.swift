extension NpyFile {
  /// A .npy file, version 1.0, of little-endian single-precision numbers in row-major order.
  ///
  /// - Parameters:
  ///   - numbers: The values, the last axis fastest.
  ///   - shape: The extents; their product is the count of `numbers`.
  public static func bytes(of numbers: [Float], shape: [Int]) -> [UInt8] {
    precondition(shape.reduce(1, *) == numbers.count, "shape \(shape) does not hold \(numbers.count) numbers")
    let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(extents)), }"
    let unpadded = 10 + header.utf8.count + 1
    header += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
    var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    bytes += [UInt8(header.utf8.count & 0xFF), UInt8(header.utf8.count >> 8)]
    bytes += Array(header.utf8)
    for number in numbers {
      let bits = number.bitPattern
      bytes += [UInt8(bits & 0xFF), UInt8(bits >> 8 & 0xFF), UInt8(bits >> 16 & 0xFF), UInt8(bits >> 24)]
    }
    return bytes
  }
}
