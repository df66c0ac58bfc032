/// NumPy's .npy format, versions 1 to 3: a magic string, a Python dictionary, then the elements.
public enum NpyFile {
  static let signature: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// Reads the one array of the file.
  ///
  /// - Throws: ``DataError`` when the header is not understood, the type is no plain number, or the sizes
  ///   do not agree.
  static func read(_ bytes: [UInt8], source: String) throws -> NumericArray {
    var reader = ByteReader(bytes, source: source)
    guard try reader.take(6) == signature[...] else {
      throw malformed(source, 0, "it does not start with the signature of a .npy file")
    }
    let major = try reader.read(UInt8.self)
    _ = try reader.read(UInt8.self)
    let length: Int
    switch major {
    case 1: length = Int(try reader.read(UInt16.self))
    case 2, 3: length = Int(try reader.read(UInt32.self))
    default:
      throw DataError.unsupported(
        source: source, problem: "version \(major) of the .npy format is not read",
        remedy: "save it with numpy.save")
    }
    let start = reader.offset
    var header = NpyHeader(try reader.take(length), source: source, start: start)
    let fields = try header.parse()
    let (type, bigEndian) = try elementType(fields.type, source: source)
    return try NumericArray(
      try reader.take(reader.remaining), type: type, bigEndian: bigEndian, columnMajor: fields.columnMajor,
      shape: fields.shape, source: source)
  }

  /// The type and byte order of a descriptor such as `<f4` or `|u1`.
  private static func elementType(
    _ descriptor: String, source: String
  ) throws -> (NumericArray.ElementType, bigEndian: Bool) {
    let characters = Array(descriptor.utf8)
    let orders = Array("<>|=".utf8)
    let kinds: [UInt8: (NumericArray.ElementType.Kind, sizes: [Int])] = [
      UInt8(ascii: "u"): (.unsigned, [1, 2, 4, 8]), UInt8(ascii: "i"): (.signed, [1, 2, 4, 8]),
      UInt8(ascii: "f"): (.real, [2, 4, 8]), UInt8(ascii: "b"): (.boolean, [1]),
    ]
    if characters.count == 3, orders.contains(characters[0]), let (kind, sizes) = kinds[characters[1]] {
      let size = Int(characters[2]) - Int(UInt8(ascii: "0"))
      if sizes.contains(size) {
        return (.init(kind: kind, size: size), characters[0] == UInt8(ascii: ">"))
      }
    }
    throw DataError.unsupported(
      source: source, problem: "elements of type '\(descriptor)' are not read",
      remedy: "save uint8, float32 or float64 inputs, and integer labels")
  }

  static func malformed(_ source: String, _ offset: Int, _ problem: String) -> DataError {
    .malformed(
      source: source, place: "offset \(offset)", problem: problem, remedy: "save it again with numpy.save")
  }
}

/// The dictionary at the start of a .npy file, in the subset of Python that NumPy writes there.
private struct NpyHeader {
  private let text: [UInt8]
  private let source: String
  private let start: Int
  private var position = 0

  struct Fields {
    var type: String
    var columnMajor: Bool
    var shape: [Int]
  }

  init(_ text: ArraySlice<UInt8>, source: String, start: Int) {
    self.text = Array(text)
    self.source = source
    self.start = start
  }

  mutating func parse() throws -> Fields {
    var type: String?
    var columnMajor: Bool?
    var shape: [Int]?
    try expect("{")
    while !accept("}") {
      let key = try string()
      try expect(":")
      switch key {
      case "descr":
        guard next() != UInt8(ascii: "[") else {
          throw DataError.unsupported(
            source: source, problem: "a structured array is not read",
            remedy: "save its fields as plain arrays of a .npz file")
        }
        type = try string()
      case "fortran_order": columnMajor = try boolean()
      case "shape": shape = try tuple()
      default: throw failure("the header has an unknown key '\(key)'")
      }
      if !accept(",") {
        try expect("}")
        break
      }
    }
    guard next() == nil else { throw failure("the header goes on after its end") }
    guard let type, let columnMajor, let shape else {
      throw failure("the header lacks descr, fortran_order or shape")
    }
    return Fields(type: type, columnMajor: columnMajor, shape: shape)
  }

  /// The next byte that is not white space, without taking it.
  private mutating func next() -> UInt8? {
    while position < text.count, text[position] == 0x20 || (9...13).contains(text[position]) {
      position += 1
    }
    return position < text.count ? text[position] : nil
  }

  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    guard next() == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws {
    guard accept(character) else { throw failure("the header lacks a '\(character)'") }
  }

  private mutating func string() throws -> String {
    guard let quote = next(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      throw failure("the header lacks a string")
    }
    position += 1
    guard let end = text[position...].firstIndex(of: quote) else {
      throw failure("a string of the header does not end")
    }
    defer { position = end + 1 }
    return String(decoding: text[position..<end], as: UTF8.self)
  }

  private mutating func boolean() throws -> Bool {
    _ = next()
    for (word, value) in [("True", true), ("False", false)] where text[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw failure("fortran_order is neither True nor False")
  }

  private mutating func tuple() throws -> [Int] {
    var extents: [Int] = []
    try expect("(")
    while !accept(")") {
      let digits = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
      _ = next()
      let run = text[position...].prefix(while: digits)
      guard let extent = Int(String(decoding: run, as: UTF8.self)) else {
        throw failure("an extent of the shape is no number that fits")
      }
      position += run.count
      _ = accept("L")
      extents.append(extent)
      guard extents.count <= 64 else { throw failure("the shape has more than 64 extents") }
      if !accept(",") {
        try expect(")")
        break
      }
    }
    return extents
  }

  private func failure(_ problem: String) -> DataError {
    NpyFile.malformed(source, start + position, problem)
  }
}
