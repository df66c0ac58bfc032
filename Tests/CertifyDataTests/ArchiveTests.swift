import CertifyData
import Foundation
import Testing

@Suite struct ArchiveTests {
  let folder: Folder
  let inputs = Make.npy("|u1", "(2, 2)", [1, 2, 3, 4])
  let labels = Make.npy("<i8", "(2,)", Make.little(1) + Make.little(0))
  let others = Make.npy("|u1", "(2, 2)", [9, 9, 9, 9])

  init() throws { folder = try Folder() }

  @Test(arguments: [
    ("images", "labels"), ("X", "Y"), ("x", "y"), ("X", "y"), ("data", "targets"), ("data", "target"),
    ("x_test", "y_test"), ("test_images", "test_labels"), ("features", "class"), ("arr_0", "arr_1"),
    ("anything", "labels"),
  ])
  func usualNames(_ names: (String, String)) throws {
    let path = try folder.write(
      Make.zip([("\(names.1).npy", labels), ("\(names.0).npy", inputs), ("readme.txt", [65])]), "a.npz")
    let data = try Dataset.load(path: path)
    #expect(data.samples == .bytes([1, 2, 3, 4]))
    #expect(data.labels == [1, 0])
  }

  @Test func testSplitIsPreferred() throws {
    let path = try folder.write(
      Make.zip([
        ("x_train.npy", others), ("y_train.npy", labels), ("x_test.npy", inputs), ("y_test.npy", labels),
      ]), "a.npz")
    let data = try Dataset.load(path: path)
    #expect(data.samples == .bytes([1, 2, 3, 4]))
    #expect(data.notes.count == 1 && data.notes[0].contains("x_test"))
  }

  @Test func ambiguousArraysAreListed() throws {
    let path = try folder.write(
      Make.zip([("images.npy", inputs), ("x.npy", others), ("y.npy", labels)]), "a.npz")
    let error = dataError { _ = try Dataset.load(path: path) }
    #expect(error == .ambiguous(source: path, wanted: "inputs", holds: ["images", "x", "y"]))
    let chosen = try Dataset.load(path: path, options: DatasetOptions(inputsEntry: "x"))
    #expect(chosen.samples == .bytes([9, 9, 9, 9]))
    let missing = dataError { _ = try Dataset.load(path: path, options: DatasetOptions(inputsEntry: "z")) }
    #expect(missing?.description.contains("images, x, y") == true)
    let empty = try folder.write(Make.zip([("readme.txt", [65])]), "b.npz")
    #expect(dataError { _ = try Dataset.load(path: empty) } != nil)
  }

  @Test func labelsFromAnotherFile() throws {
    let data = try folder.write(Make.zip([("images.npy", inputs), ("labels.npy", labels)]), "a.npz")
    for (name, bytes) in [
      ("l.npy", Make.npy("<i4", "(2, 1)", Make.little(Int32(5)) + Make.little(Int32(6)))),
      ("l.npz", Make.zip([("arr_0.npy", Make.npy("|u1", "(2,)", [5, 6]))])),
      ("l.npz", Make.zip([("images.npy", inputs), ("y.npy", Make.npy("|u1", "(2,)", [5, 6]))])),
      ("l.idx", Make.idx(8, [2], [5, 6])), ("l.txt", Array("5\n6\n".utf8)),
      ("l.csv", Array("id,label\n0,5\n1,6\n".utf8)),
      ("l.npy", Make.npy("<f4", "(2,)", Make.little(Float(5).bitPattern) + Make.little(Float(6).bitPattern))),
    ] {
      #expect(try Dataset.load(path: data, labelsPath: folder.write(bytes, name)).labels == [5, 6])
    }
    for (name, bytes) in [
      ("m.npy", Make.npy("|u1", "(2, 3)", [0, 1, 0, 1, 0, 0])), ("m.csv", Array("1,5\n2,6\n".utf8)),
      (
        "m.npy",
        Make.npy("<f4", "(2,)", Make.little(Float(5.5).bitPattern) + Make.little(Float(6).bitPattern))
      ),
      (
        "m.npy", Make.npy("<f4", "(2,)", Make.little(Float.nan.bitPattern) + Make.little(Float(6).bitPattern))
      ),
    ] {
      let path = try folder.write(bytes, name)
      #expect(dataError { _ = try Dataset.load(path: data, labelsPath: path) } != nil)
    }
    let three = try folder.write("1\n2\n3\n", "three.txt")
    #expect(
      dataError { _ = try Dataset.load(path: data, labelsPath: three) }
        == .labelCount(inputs: 2, labels: 3, source: three))
    let one = try folder.write("1\n", "one.txt")
    #expect(
      dataError { _ = try Dataset.load(path: data, labelsPath: one) }
        == .labelCount(inputs: 2, labels: 1, source: one))
  }

  @Test func checksumsAreVerified() throws {
    var archive = Make.zip([("images.npy", inputs)])
    let path = try folder.write(archive, "a.npz")
    #expect(try Dataset.load(path: path).count == 2)
    // The last pixel is the last byte before the directory.
    let directory = archive.count - 22 - 46 - "images.npy".utf8.count
    archive[directory - 1] ^= 1
    let damaged = try folder.write(archive, "b.npz")
    #expect(dataError { _ = try Dataset.load(path: damaged) }?.description.contains("checksum") == true)
  }

  @Test func repeatedNamesAreRefused() throws {
    let path = try folder.write(Make.zip([("x.npy", inputs), ("x.npy", others)]), "a.npz")
    #expect(dataError { _ = try Dataset.load(path: path) }?.description.contains("x.npy") == true)
  }

  /// Declared sizes that the bytes cannot hold are refused before any memory is asked for.
  @Test func bombsAreRefused() throws {
    var archive = Make.compressedArchive
    // The first directory entry: its uncompressed size is at 24 from the signature.
    let entry = archive.indices.first { archive[$0...].starts(with: [0x50, 0x4B, 0x01, 0x02]) } ?? 0
    archive.replaceSubrange(entry + 24..<entry + 28, with: [0xFE, 0xFF, 0xFF, 0xFF])
    let path = try folder.write(archive, "a.npz")
    #expect(dataError { _ = try Dataset.load(path: path) }?.description.contains("cannot hold") == true)

    // A gzip member that declares [2³² − 1, 1] bytes after a stored block of the header alone.
    let header = Make.idx(8, [.max, 1], [])
    let size = UInt16(header.count)
    let gzip: [UInt8] =
      [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1] + Make.little(size) + Make.little(~size) + header
      + Make.little(Make.crc(header)) + Make.little(UInt32(header.count))
    let bomb = try folder.write(gzip, "b.gz")
    #expect(dataError { _ = try Dataset.load(path: bomb) }?.description.contains("cannot hold") == true)
  }

  @Test func gzipMembersFollowEachOther() throws {
    let bytes = Make.compressedIDX
    for (tail, isGood) in [([UInt8](repeating: 0, count: 9), true), ([1, 2, 3], false), (bytes, false)] {
      let path = try folder.write(bytes + tail, "a.gz")
      #expect((dataError { _ = try Dataset.load(path: path) } == nil) == isGood)
    }
    // Text in two members is the text of both.
    func member(_ text: String) -> [UInt8] {
      let content = Array(text.utf8)
      let size = UInt16(content.count)
      return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1] + Make.little(size) + Make.little(~size) + content
        + Make.little(Make.crc(content)) + Make.little(UInt32(size))
    }
    let path = try folder.write(member("1,0.5\n") + member("0,0.25\n"), "a.csv.gz")
    let data = try Dataset.load(path: path)
    #expect(data.labels == [1, 0])
    #expect(data.samples == .floats([0.5, 0.25]))
  }
}
