/// The binary versions of CIFAR-10 and CIFAR-100 (Krizhevsky 2009): label bytes, then 3 × 32 × 32 pixels.
enum CIFARFile {
  private static let pixels = 3 * 32 * 32

  /// Reads a batch: one label byte a record for CIFAR-10, a coarse and a fine one for CIFAR-100.
  ///
  /// - Throws: ``DataError`` when the length is no multiple of either record, or a label is out of range.
  static func read(_ bytes: [UInt8], source: String) throws -> (
    pixels: NumericArray, labels: [Int], name: String
  ) {
    var failure: DataError?
    for (classCounts, name) in [([10], "CIFAR-10"), ([20, 100], "CIFAR-100")] {
      let record = classCounts.count + pixels
      guard !bytes.isEmpty, bytes.count % record == 0 else { continue }
      let count = bytes.count / record
      if let bad = firstBadLabel(bytes, count: count, classCounts: classCounts) {
        failure =
          failure
          ?? .malformed(
            source: source, place: "record \(bad.record)",
            problem: "label \(bad.label) is out of range for \(name)",
            remedy: "check that this is a batch of the binary version")
        continue
      }
      var values: [UInt8] = []
      values.reserveCapacity(count * pixels)
      for i in 0..<count { values += bytes[i * record + classCounts.count..<(i + 1) * record] }
      let labels = (0..<count).map { Int(bytes[$0 * record + classCounts.count - 1]) }
      let array = NumericArray(shape: [count, 3, 32, 32], elements: .bytes(values), type: "uint8")
      return (array, labels, name)
    }
    throw failure
      ?? .malformed(
        source: source, place: "length \(bytes.count)",
        problem: "it is no multiple of a CIFAR-10 record (3073 bytes) or a CIFAR-100 record (3074 bytes)",
        remedy: "get the binary version again, or use .npz, .npy, IDX or .csv")
  }

  private static func firstBadLabel(
    _ bytes: [UInt8], count: Int, classCounts: [Int]
  ) -> (record: Int, label: Int)? {
    for i in 0..<count {
      for (j, classCount) in classCounts.enumerated() {
        let label = Int(bytes[i * (classCounts.count + pixels) + j])
        if label >= classCount { return (i, label) }
      }
    }
    return nil
  }
}

extension NumericArray {
  /// An array whose elements are as many as its shape says.
  init(shape: [Int], elements: Elements, type: String) {
    self.shape = shape
    self.elements = elements
    self.type = type
  }
}
