import Foundation

/// The JSON in which every part of a record is kept: equal values are equal bytes.
///
/// Keys are in alphabetical order. Doubles are written with as many digits as it takes to read the same double
/// back; one that is not finite is the string `Infinity`, `-Infinity` or `NaN`.
public enum RecordJSON {
  private static let infinity = "Infinity"
  private static let notANumber = "NaN"

  /// The text of a value.
  ///
  /// - Parameters:
  ///   - value: What is written; infinite numbers and NaN become strings.
  ///   - pretty: Whether it is broken into lines.
  /// - Throws: What encoding the value throws.
  public static func encode(_ value: some Encodable, pretty: Bool = false) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: infinity, negativeInfinity: "-" + infinity, nan: notANumber)
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// The value of a text.
  ///
  /// - Parameters:
  ///   - type: What it is a value of.
  ///   - json: The text, in UTF-8.
  /// - Throws: ``ResultsFileError`` of kind `notJSON` or `malformed`.
  public static func decode<Value: Decodable>(_ type: Value.Type, from json: Data) throws -> Value {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: infinity, negativeInfinity: "-" + infinity, nan: notANumber)
    do {
      return try decoder.decode(type, from: json)
    } catch let error as DecodingError {
      throw ResultsFileError(error)
    }
  }
}
