import CertifyData
import Foundation
import Testing

@Suite struct ArrayFileTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  @Test func compressedArchiveOfNumPy() throws {
    let data = try Dataset.load(path: folder.write(Make.compressedArchive, "a.npz"))
    #expect(data.samples == .bytes(Make.images))
    #expect(data.sampleShape == [1, 3, 4])
    #expect(data.count == 4)
    #expect(data.labels == [3, 1, 0, 2])
    #expect(data.scaling == "divided by 255")
    #expect(data.input(1) == (12..<24).map { Float($0 * 5) / 255 })
    #expect(data.gridInput(3) == (36..<48).map { UInt8($0 * 5) })
    #expect(data.isEightBit)
  }

  @Test func compressedIDX() throws {
    let labels = try folder.write(Make.idx(8, [4], [3, 1, 0, 2]), "labels-idx1-ubyte")
    let data = try Dataset.load(path: folder.write(Make.compressedIDX, "images.gz"), labelsPath: labels)
    #expect(data.samples == .bytes(Make.images))
    #expect(data.sampleShape == [3, 4])
    #expect(data.labels == [3, 1, 0, 2])
    #expect(try data.reshaped(to: [1, 3, 4]).sampleShape == [1, 3, 4])
    #expect(try Dataset.load(path: folder.write(Make.compressedIDX, "b.gz")).labels == nil)
  }

  struct Numbers: Sendable {
    var type: String
    var data: [UInt8]
    var expected: [Float]
    var scaling: String
  }

  static let numbers: [Numbers] = [
    Numbers(type: "|u1", data: [0, 51, 255], expected: [0, 0.2, 1], scaling: "divided by 255"),
    Numbers(type: "|b1", data: [0, 1, 1], expected: [0, 1, 1], scaling: "as stored (bool as float32)"),
    Numbers(type: "|i1", data: [0xFF, 0, 5], expected: [-1, 0, 5], scaling: "as stored (int8 as float32)"),
    Numbers(
      type: "<i2", data: [0xFF, 0xFF, 0, 1, 5, 0], expected: [-1, 256, 5],
      scaling: "as stored (int16 as float32)"),
    Numbers(
      type: ">u2", data: [0xFF, 0xFF, 0, 1, 5, 0], expected: [65535, 1, 1280],
      scaling: "as stored (uint16 as float32)"),
    Numbers(
      type: ">i4", data: Make.big(Int32(-7)) + Make.big(Int32(8)) + Make.big(Int32.min),
      expected: [-7, 8, -2_147_483_648], scaling: "as stored (int32 as float32)"),
    Numbers(
      type: "<u4", data: Make.little(UInt32.max) + Make.little(UInt32(1)) + Make.little(UInt32(2)),
      expected: [4_294_967_296, 1, 2], scaling: "as stored (uint32 as float32)"),
    Numbers(
      type: "<i8", data: Make.little(-1) + Make.little(2) + Make.little(3), expected: [-1, 2, 3],
      scaling: "as stored (int64 as float32)"),
    Numbers(
      type: "<u8", data: Make.little(UInt64(9)) + Make.little(UInt64(2)) + Make.little(UInt64(3)),
      expected: [9, 2, 3], scaling: "as stored (uint64 as float32)"),
    // 1.5, the smallest positive half, and −65504.
    Numbers(
      type: "<f2", data: [0x00, 0x3E, 0x01, 0x00, 0xFF, 0xFB], expected: [1.5, 0x1p-24, -65504],
      scaling: "as stored (float16 as float32)"),
    Numbers(
      type: "<f4", data: [Float(0.1), -2, 0x1p-130].flatMap { Make.little($0.bitPattern) },
      expected: [0.1, -2, 0x1p-130], scaling: "as stored"),
    Numbers(
      type: ">f8", data: [0.1, -2, 1e-300].flatMap { Make.big($0.bitPattern) }, expected: [0.1, -2, 0],
      scaling: "as stored (float64 as float32)"),
  ]

  @Test(arguments: numbers)
  func everyTypeOfNumber(_ test: Numbers) throws {
    let file = Make.npy(test.type, "(3, 1)", test.data)
    let data = try Dataset.load(path: folder.write(file, "a.npy"))
    #expect((0..<3).flatMap { data.input($0) } == test.expected)
    #expect(data.scaling == test.scaling)
    #expect((data.gridInput(0) != nil) == (test.type == "|u1"))
  }

  @Test func fortranOrderIsTransposed() throws {
    // [[[0, 1], [2, 3], [4, 5]], [[6, 7], [8, 9], [10, 11]]] stored with the first axis fastest.
    let stored: [UInt8] = [0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11]
    let file = try folder.write(Make.npy("|u1", "(2, 3, 2)", stored, fortran: true), "a.npy")
    #expect(try Dataset.load(path: file).samples == .bytes(Array(0..<12)))
  }

  @Test func headersOfOtherShapes() throws {
    let spaced = Make.npy(
      header: "{\"shape\":(2L,2),'fortran_order' : False,  'descr':'|u1'}   ", [1, 2, 3, 4], version: 2)
    #expect(try Dataset.load(path: folder.write(spaced, "a.npy")).sampleShape == [2])
    let flat = Make.npy("|u1", "(4,)", [1, 2, 3, 4])
    #expect(try Dataset.load(path: folder.write(flat, "b.npy")).count == 4)
  }

  static let badHeaders = [
    "{'descr': '|u1', 'fortran_order': False, 'shape': (9223372036854775807, 9223372036854775807)}",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904,)}",
    // The product is 4 modulo 2⁶⁴.
    "{'descr': '|u1', 'fortran_order': False, 'shape': (4611686018427387905, 4)}",
    "{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999,)}",
    "{'descr': '|u1', 'fortran_order': False, 'shape': (-4,)}",
    "{'descr': '|u1', 'fortran_order': False, 'shape': (3,)}",
    "{'descr': '|u1', 'fortran_order': False, 'shape': ()}",
    "{'descr': '|u1', 'fortran_order': False, 'shape': (0, 4)}",
    "{'descr': '|u1', 'fortran_order': True, 'shape': (0, 9223372036854775807, 2)}",
    "{'descr': '|u1', 'fortran_order': False, 'shape': (4, 0)}",
    "{'descr': '|u1', 'fortran_order': Maybe, 'shape': (4,)}",
    "{'descr': '|O', 'fortran_order': False, 'shape': (4,)}",
    "{'descr': '<U4', 'fortran_order': False, 'shape': (1,)}",
    "{'descr': '<f3', 'fortran_order': False, 'shape': (1,)}",
    "{'descr': [('a', '|u1')], 'fortran_order': False, 'shape': (4,)}",
    "{'descr': '|u1', 'fortran_order': False}",
    "{'descr': '|u1', 'fortran_order': False, 'shape': (4,)} x",
    "{'descr': '|u1', 'other': False, 'shape': (4,)}",
    "{'descr': '|u1", "", "{", "{}", "\u{FF}",
  ]

  @Test(arguments: badHeaders)
  func badHeaderIsRefused(_ header: String) throws {
    let file = try folder.write(Make.npy(header: header, [1, 2, 3, 4]), "a.npy")
    let error = dataError { _ = try Dataset.load(path: file) }
    #expect(error?.description.contains("a.npy") == true)
    #expect(error?.isMissingFile == false)
  }

  @Test func idxOfEveryType() throws {
    let cases: [(UInt8, [UInt8], [Float])] = [
      (0x08, [51, 255], [0.2, 1]), (0x09, [0xFF, 1], [-1, 1]), (0x0B, [0xFF, 0xFE, 0, 2], [-2, 2]),
      (0x0C, Make.big(Int32(-3)) + Make.big(Int32(4)), [-3, 4]),
      (0x0D, Make.big(Float(0.5).bitPattern) + Make.big(Float(-0.25).bitPattern), [0.5, -0.25]),
      (0x0E, Make.big(0.5.bitPattern) + Make.big((-0.25).bitPattern), [0.5, -0.25]),
    ]
    for (type, bytes, expected) in cases {
      let data = try Dataset.load(path: folder.write(Make.idx(type, [1, 2], bytes), "a.idx"))
      #expect(data.input(0) == expected)
    }
    for bad in [
      Make.idx(8, [2, 3], [1, 2]), Make.idx(8, [2], [1, 2, 3]), Make.idx(8, [.max, .max, .max], []),
      Make.idx(8, [0, 2], []),
    ] {
      let path = try folder.write(bad, "b.idx")
      #expect(dataError { _ = try Dataset.load(path: path) } != nil)
    }
  }

  @Test func cifarBatches() throws {
    let pixels = (0..<3072).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let ten = [7] + pixels + [9] + pixels.reversed()
    let data = try Dataset.load(path: folder.write(ten, "test_batch.bin"))
    #expect(data.sampleShape == [3, 32, 32])
    #expect(data.labels == [7, 9])
    #expect(data.gridInput(1) == pixels.reversed())
    let hundred = try Dataset.load(path: folder.write([19, 99] + pixels, "test.bin"))
    #expect(hundred.labels == [99])
    #expect(hundred.gridInput(0) == pixels)
    for bad in [[10] + pixels, [20, 5] + pixels, pixels] {
      let path = try folder.write(bad, "bad.bin")
      #expect(dataError { _ = try Dataset.load(path: path) } != nil)
    }
  }
}
