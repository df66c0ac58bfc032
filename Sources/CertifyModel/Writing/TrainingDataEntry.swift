/// What a file's metadata say about the data that its weights were fitted to: the SHA-256 of each data file, in
/// lower-case hexadecimal, with spaces between them.
enum TrainingDataEntry {
  private static let key = "certify.training-data"
  /// A file that names more is not one of ours.
  private static let largestCount = 1024

  static func entry(_ digests: [String]) -> Onnx_StringStringEntryProto {
    var entry = Onnx_StringStringEntryProto()
    entry.key = key
    entry.value = digests.joined(separator: " ")
    return entry
  }

  /// The digests; words that are none are left out.
  static func digests(in metadata: [Onnx_StringStringEntryProto]) -> [String] {
    guard let entry = metadata.first(where: { $0.key == key }) else { return [] }
    return entry.value.split(separator: " ", maxSplits: largestCount).prefix(largestCount).map(String.init)
      .filter { word in word.utf8.count == 64 && word.allSatisfy { $0.isHexDigit && !$0.isUppercase } }
  }
}
