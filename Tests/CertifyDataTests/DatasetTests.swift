import CertifyData
import Testing

@Suite struct DatasetTests {
  func images(_ shape: [Int], count: Int = 2) throws -> Dataset {
    let size = shape.reduce(1, *) * count
    return try Dataset(
      samples: .bytes((0..<size).map { UInt8(truncatingIfNeeded: $0) }), sampleShape: shape,
      labels: Array(0..<count), source: "a")
  }

  @Test(arguments: [
    ([28, 28], [1, 28, 28]), ([28, 28], [28, 28, 1]), ([1, 28, 28], [28, 28, 1]), ([28, 28], [784]),
    ([784], [1, 28, 28]), ([28, 28], [1, 784, 1]), ([3072], [3, 32, 32]), ([3, 32, 32], [3072]), ([5], [5]),
    ([1], [1, 1]), ([], [1]),
  ])
  func shapesThatFit(_ data: [Int], _ model: [Int]) throws {
    let before = try images(data)
    let after = try before.reshaped(to: model)
    #expect(after.sampleShape == model)
    #expect(after.samples == before.samples)
    #expect(after.labels == before.labels)
  }

  @Test(arguments: [
    ([32, 32, 3], [3, 32, 32], "channels are last in the data"),
    ([3, 32, 32], [32, 32, 3], "channels are first in the data"), ([28, 28], [14, 56], "transpose"),
    ([28, 28], [1, 32, 32], "784 coordinates"), ([28, 28], [Int.max, Int.max], "784"), ([4], [-2, -2], "4"),
  ])
  func shapesThatDoNot(_ data: [Int], _ model: [Int], _ words: String) throws {
    let error = dataError { _ = try images(data).reshaped(to: model) }
    #expect(error?.description.contains(words) == true)
    #expect(error?.description.contains("\(data)") == true)
    #expect(error?.description.contains("\(model)") == true)
  }

  @Test func channelsMove() throws {
    let last = try Dataset(
      samples: .bytes([1, 2, 3, 11, 12, 13, 21, 22, 23, 31, 32, 33]), sampleShape: [12], labels: nil,
      source: "a")
    let first = try last.channelsFirst(height: 2, width: 2, channels: 3)
    #expect(first.samples == .bytes([1, 11, 21, 31, 2, 12, 22, 32, 3, 13, 23, 33]))
    #expect(first.sampleShape == [3, 2, 2])
    #expect(try first.channelsLast(height: 2, width: 2, channels: 3).samples == last.samples)
    #expect(dataError { _ = try last.channelsFirst(height: 2, width: 3, channels: 3) } != nil)
    #expect(dataError { _ = try first.channelsFirst(height: 2, width: 2, channels: 3) } != nil)
    #expect(dataError { _ = try first.channelsFirst(height: .max, width: .max, channels: 3) } != nil)
    #expect(try images([3072]).reshaped(to: [3, 32, 32]).notes.count == 1)
  }

  @Test func everyByteIsKOver255() throws {
    let data = try images([256], count: 1)
    #expect(data.input(0) == (0...255).map { Float($0) / 255 })
    try data.validate(lower: 0, upper: 1)
    #expect(
      dataError { try data.validate(lower: 0, upper: 0.5) }
        == .valueOutOfBounds(input: 0, coordinate: 128, value: Float(128) / 255, lower: 0, upper: 0.5))
  }

  @Test func theFirstOffenderIsNamed() throws {
    let data = try Dataset(
      samples: .floats([0, 1, 0.5, -0.25, 7, 0]), sampleShape: [2], labels: [0, 3, -1], source: "a")
    #expect(
      dataError { try data.validate(lower: 0, upper: 1) }
        == .valueOutOfBounds(input: 1, coordinate: 1, value: -0.25, lower: 0, upper: 1))
    try data.validate(lower: -1, upper: 7)
    #expect(
      dataError { try data.validateLabels(classCount: 3) }
        == .labelOutOfRange(input: 1, label: 3, classCount: 3))
    #expect(
      dataError { try data.validateLabels(classCount: 4) }
        == .labelOutOfRange(input: 2, label: -1, classCount: 4))
    for bad in [Float.nan, .infinity] {
      let error = dataError {
        _ = try Dataset(samples: .floats([0, 1, 2, bad]), sampleShape: [2], labels: nil, source: "a")
      }
      guard case .notFinite("a", 1, 1, _) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
    let unlabelled = try Dataset(samples: .floats([1]), sampleShape: [1], labels: nil, source: "a")
    #expect(dataError { try unlabelled.validateLabels(classCount: 2) } == .labelsMissing)
  }

  @Test func selections() throws {
    #expect(try Selection.all.indices(count: 3) == [0, 1, 2])
    #expect(try Selection.first(2).indices(count: 3) == [0, 1])
    #expect(try Selection.first(9).indices(count: 3) == [0, 1, 2])
    #expect(try Selection.every(2).indices(count: 5) == [0, 2, 4])
    #expect(try Selection.every(.max).indices(count: 5) == [0])
    for bad in [Selection.first(0), .first(-1), .every(0), .every(-3)] {
      #expect(dataError { _ = try bad.indices(count: 5) } != nil)
    }
    #expect(dataError { _ = try Selection.all.indices(count: 0) } != nil)
  }

  @Test func descriptionsAreOneLine() {
    let error = DataError.ambiguous(source: "a.npz", wanted: "inputs", holds: ["x\n\u{1B}[31m", "y"])
    #expect(error.description.contains("x??[31m, y"))
  }

  @Test func missingAndForeignFiles() throws {
    let folder = try Folder()
    let missing = folder.url.path + "/none.npz"
    let error = dataError { _ = try Dataset.load(path: missing) }
    #expect(error == .fileNotFound(path: missing))
    #expect(error?.isMissingFile == true)
    #expect(dataError { _ = try Dataset.load(path: folder.url.path) }?.isMissingFile == true)
    let empty = try folder.write([UInt8](), "a.npz")
    #expect(dataError { _ = try Dataset.load(path: empty) }?.description.contains("empty") == true)
    var tar = [UInt8](repeating: 0, count: 512)
    tar.replaceSubrange(257..<262, with: "ustar".utf8)
    for (bytes, word) in [
      (tar, "tar"), ([0x80, 4, 0x95, 0, 0, 0, 0], "pickle"), ([0x89, 0x50, 0, 1], "not recognised"),
    ] {
      let path = try folder.write(bytes, "a")
      #expect(dataError { _ = try Dataset.load(path: path) }?.description.contains(word) == true)
    }
    let text = try folder.write("1,2\n", "c.npz")
    #expect(dataError { _ = try Dataset.load(path: text) }?.description.contains("named .npz") == true)
    let named = try folder.write([0x89, 0x50, 0, 1], "b.npy")
    #expect(dataError { _ = try Dataset.load(path: named) }?.description.contains("named .npy") == true)
  }
}
