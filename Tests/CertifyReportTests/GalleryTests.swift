import CZlib
import CertifyReport
import CertifyResults
import Testing

/// Pictures of inputs and their witnesses.
struct GalleryTests {
  private func entry(
    clean: [Float], witness: [Float], shape: [Int], range: ClosedRange<Float> = 0...1
  ) -> GalleryEntry? {
    GalleryEntry(
      key: SampleRun.base, index: 4, label: 1, witnessClass: 3, distance: 0.25, clean: clean,
      witness: witness, shape: shape, range: range)
  }

  /// The rows of an RGBA image: a small reader of what the report writes, and of nothing else.
  private func decode(_ file: [UInt8]) throws -> (width: Int, height: Int, pixels: [[UInt8]]) {
    #expect(Array(file.prefix(8)) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    var position = 8
    var data: [UInt8] = []
    var header: [UInt8] = []
    func number(_ bytes: some Sequence<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
    while position < file.count {
      let length = number(file[position..<position + 4])
      let kind = String(decoding: file[position + 4..<position + 8], as: UTF8.self)
      let content = Array(file[position + 8..<position + 8 + length])
      let sum = number(file[position + 8 + length..<position + 12 + length])
      let checked = Array(kind.utf8) + content
      #expect(Int(crc32(0, checked, uInt(checked.count))) == sum)
      if kind == "IHDR" { header = content }
      if kind == "IDAT" { data += content }
      position += 12 + length
    }
    let width = number(header[0..<4])
    let height = number(header[4..<8])
    #expect(Array(header[8...]) == [8, 6, 0, 0, 0])
    var raw = [UInt8](repeating: 1, count: height * (1 + 4 * width))
    var length = uLong(raw.count)
    #expect(uncompress(&raw, &length, data, uLong(data.count)) == Z_OK)
    #expect(Int(length) == raw.count)
    let rows = (0..<height).map { row in Array(raw[row * (1 + 4 * width)..<(row + 1) * (1 + 4 * width)]) }
    #expect(rows.allSatisfy { $0[0] == 0 })
    return (width, height, rows.map { Array($0.dropFirst()) })
  }

  private func picture(_ entry: GalleryEntry) throws -> [UInt8] {
    var run = SampleRun.results
    run.classNames = nil
    let files = GalleryReport(results: run, entries: [entry]).files
    let file = try #require(files.first { $0.path.hasSuffix(".png") })
    #expect(file.path == "figures/witness-4-base-l2.png")
    #expect(files[0].text.contains("](\(file.path))"))
    #expect(files[0].text.contains("Input 4: **1** becomes **3** at distance 0.250; difference × 2."))
    return file.bytes
  }

  @Test func threePanelsSideBySide() throws {
    let clean: [Float] = [0, 1, 0.5, 0]
    let witness: [Float] = [0.25, 1, 0.25, 0]
    let image = try decode(
      try picture(try #require(entry(clean: clean, witness: witness, shape: [1, 2, 2]))))
    let scale = 16
    #expect(image.width == 3 * 2 * scale + 2 * 8 && image.height == 2 * scale)
    func grey(_ panel: Int, _ row: Int, _ column: Int) -> [UInt8] {
      let x = panel * (2 * scale + 8) + column * scale + 3
      return Array(image.pixels[row * scale + 3][4 * x..<4 * x + 4])
    }
    func shade(_ value: UInt8) -> [UInt8] { [value, value, value, 255] }
    #expect(grey(0, 0, 0) == shade(0) && grey(0, 0, 1) == shade(255) && grey(0, 1, 0) == shade(128))
    #expect(grey(1, 0, 0) == shade(64) && grey(1, 1, 0) == shade(64))
    // 0.5 + 2·0.25, 0.5, 0.5 − 2·0.25.
    #expect(grey(2, 0, 0) == shade(255) && grey(2, 0, 1) == shade(128) && grey(2, 1, 0) == shade(0))
    // Between the panels nothing is painted.
    #expect(Array(image.pixels[0][4 * (2 * scale + 2)..<4 * (2 * scale + 3)]) == [0, 0, 0, 0])
  }

  @Test func coloursComeFromTheirChannels() throws {
    // C × H × W: red, green and blue planes.
    let planes: [Float] = [1, 0, 0, 0] + [0, 1, 0, 0] + [0, 0, 1, 0]
    let interleaved: [Float] = [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]
    let first = try #require(entry(clean: planes, witness: planes.map { $0 * 0.75 }, shape: [3, 2, 2]))
    let last = try #require(
      entry(clean: interleaved, witness: interleaved.map { $0 * 0.75 }, shape: [2, 2, 3]))
    #expect(try picture(first) == picture(last))
    let image = try decode(try picture(first))
    #expect(Array(image.pixels[0][0..<4]) == [255, 0, 0, 255])
    #expect(Array(image.pixels[0][4 * 16..<4 * 17]) == [0, 255, 0, 255])
    #expect(Array(image.pixels[16][0..<4]) == [0, 0, 255, 255])
  }

  @Test func whatIsNoImageHasNoPicture() {
    #expect(entry(clean: [0, 1, 0, 1], witness: [0, 1, 0, 1], shape: [4]) == nil)
    #expect(entry(clean: [0, 1], witness: [0, 1], shape: [1, 2, 2]) == nil)
    #expect(entry(clean: [0, .nan, 0, 1], witness: [0, 1, 0, 1], shape: [2, 2]) == nil)
    #expect(entry(clean: [0, 1, 0, 1], witness: [0, 1, 0, 1], shape: [2, 2], range: 1...1) == nil)
    #expect(entry(clean: [], witness: [], shape: [1, 0, 0]) == nil)
    #expect(entry(clean: [], witness: [], shape: [3, .max, .max]) == nil)
  }

  @Test func thePageHasThePicturesInside() throws {
    let shown = try #require(entry(clean: [0, 1, 0, 1], witness: [0, 1, 0, 0.5], shape: [2, 2]))
    let files = GalleryReport(results: SampleRun.results, entries: [shown]).files
    #expect(files.map(\.path) == ["gallery.md", "gallery.html", "figures/witness-4-base-l2.png"])
    #expect(files[1].text.contains("src=\"data:image/png;base64,iVBORw0KGgo"))
    #expect(files[1].text.contains("<strong>one | two</strong> becomes <strong>th&#39;ree</strong>"))
  }
}
