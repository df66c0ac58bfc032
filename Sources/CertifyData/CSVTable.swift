/// A table of numbers in text: fields between commas, semicolons, tabs or spaces, perhaps with a header.
struct CSVTable {
  /// The names of the columns, or `nil` when the first line holds numbers.
  let header: [String]?
  let columnCount: Int
  /// Row-major.
  let values: [Double]
  /// The line, from 1, of each row.
  let lines: [Int]
  let source: String

  var rowCount: Int { lines.count }

  /// Reads a table. Blank lines are skipped, and a first line with a field that is no number is the header.
  ///
  /// - Throws: ``DataError/malformed(source:place:problem:remedy:)`` for the first field that is no number and
  ///   the first row with another number of fields.
  init(_ bytes: [UInt8], source: String) throws {
    var header: [String]?
    var columnCount = 0
    var values: [Double] = []
    var lines: [Int] = []
    var separator = UInt8(ascii: ",")
    var isFirst = true
    var position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var line = 0
    while position < bytes.count {
      line += 1
      let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      let text = trim(bytes[position..<end])
      position = end + 1
      if text.isEmpty { continue }
      if isFirst {
        isFirst = false
        separator = Self.separator(of: text)
        let names = Self.fields(of: text, separator)
        columnCount = names.count
        if names.contains(where: { number($0) == nil }) {
          header = names.map { field in
            let field = field.first == UInt8(ascii: "#") ? trim(field.dropFirst()) : field
            return String(decoding: field, as: UTF8.self)
          }
          continue
        }
      }
      let before = values.count
      try Self.forEachField(of: text, separator) { field in
        guard let value = number(field) else {
          throw DataError.malformed(
            source: source, place: "line \(line), column \(values.count - before + 1)",
            problem: field.isEmpty ? "the field is empty" : "'\(excerpt(field))' is no number",
            remedy: field.contains(UInt8(ascii: ","))
              ? "write decimals with a point" : "give every field a number")
        }
        values.append(value)
      }
      guard values.count - before == columnCount else {
        throw DataError.malformed(
          source: source, place: "line \(line)",
          problem: "it has \(values.count - before) fields, the first line has \(columnCount)",
          remedy: "give every line the same fields")
      }
      lines.append(line)
    }
    self.header = header
    self.columnCount = columnCount
    self.values = values
    self.lines = lines
    self.source = source
  }

  private static func separator(of line: ArraySlice<UInt8>) -> UInt8 {
    for candidate in [",", "\t", ";", " "] as [Unicode.Scalar] where line.contains(UInt8(ascii: candidate)) {
      return UInt8(ascii: candidate)
    }
    return UInt8(ascii: ",")
  }

  private static func fields(of line: ArraySlice<UInt8>, _ separator: UInt8) -> [ArraySlice<UInt8>] {
    var fields: [ArraySlice<UInt8>] = []
    forEachField(of: line, separator) { fields.append($0) }
    return fields
  }

  @inline(__always)
  private static func forEachField(
    of line: ArraySlice<UInt8>, _ separator: UInt8, _ body: (ArraySlice<UInt8>) throws -> Void
  ) rethrows {
    var start = line.startIndex
    for i in line.indices where line[i] == separator {
      // Runs of spaces separate once.
      if separator != UInt8(ascii: " ") || i > start { try body(trim(line[start..<i])) }
      start = i + 1
    }
    try body(trim(line[start...]))
  }
}

/// `text` without the spaces, carriage returns and quotation marks around it.
@inline(__always)
private func trim(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
  func isPadding(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0D || byte == 0x09 || byte == UInt8(ascii: "\"")
  }
  var start = text.startIndex
  var end = text.endIndex
  while start < end, isPadding(text[start]) { start += 1 }
  while end > start, isPadding(text[end - 1]) { end -= 1 }
  return text[start..<end]
}

/// The decimal number that `text` is, NaN and infinities included, or `nil`.
@inline(__always)
private func number(_ text: ArraySlice<UInt8>) -> Double? {
  if !text.isEmpty, text.count <= 15 {
    var value = 0
    var isInteger = true
    for byte in text {
      guard byte >= 0x30, byte <= 0x39 else {
        isInteger = false
        break
      }
      value = value * 10 + Int(byte - 0x30)
    }
    if isInteger { return Double(value) }
  }
  return decimal(text)
}

private func decimal(_ text: ArraySlice<UInt8>) -> Double? {
  guard !text.isEmpty, text.count <= 512 else { return nil }
  let string = String(decoding: text, as: UTF8.self)
  let isPlain = text.allSatisfy { byte in
    (byte >= 0x30 && byte <= 0x39) || "+-.eE".utf8.contains(byte)
  }
  if !isPlain {
    let word = string.lowercased().drop { $0 == "+" || $0 == "-" }
    guard ["nan", "inf", "infinity"].contains(word) else { return nil }
  }
  return Double(string)
}

private func excerpt(_ field: ArraySlice<UInt8>) -> String {
  let text = String(decoding: field.prefix(24), as: UTF8.self).filter { !$0.isNewline }
  return field.count > 24 ? text + "…" : text
}
