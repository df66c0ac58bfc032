import CertifyData
import Testing

@Suite struct CSVTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  func load(
    _ text: String, _ column: DatasetOptions.LabelColumn = .automatic, labels: String? = nil
  ) throws -> Dataset {
    try Dataset.load(
      path: folder.write(text, "a.csv"), labelsPath: labels.map { try folder.write($0, "l.txt") },
      options: DatasetOptions(labelColumn: column))
  }

  @Test(arguments: [
    "label,a,b\n1,0.5,-2\n0,1e-1,+3\n", "a,Label,b\n0.5,1,-2\n0.1,0,3\n", "1,0.5,-2\n0,0.1,3",
    "\u{FEFF}1,0.5,-2\r\n\r\n0,0.1,3\r\n", "1;0.5;-2\n0;0.1;3\n", "1\t0.5\t-2\n0\t0.1\t3\n",
    "1.0  0.5 -2\n0 0.10  3\n", "\"y\",\"a\",\"b\"\n\"1\",\"0.5\",\"-2\"\n0,.1,3.\n",
    "# y, a, b\n1, 0.5, -2\n0, 0.1, 3\n",
  ])
  func conventions(_ text: String) throws {
    let data = try load(text)
    #expect(data.labels == [1, 0])
    #expect(data.samples == .floats([0.5, -2, 0.1, 3]))
    #expect(data.sampleShape == [2])
    #expect(data.scaling == "as stored")
    #expect(data.notes.count == 1)
  }

  @Test func pixelsAreRecognised() throws {
    let data = try load("3,0,128,255\n4,7,2,1\n")
    #expect(data.samples == .bytes([0, 128, 255, 7, 2, 1]))
    #expect(data.scaling == "divided by 255 (all values are integers from 0 to 255)")
    #expect(try load("3,0,1,1\n").samples == .floats([0, 1, 1]))
    #expect(try load("3,0,2,256\n").samples == .floats([0, 2, 256]))
    #expect(try load("3,0,2,-1\n").samples == .floats([0, 2, -1]))
    #expect(try load("3,0,2,0.5\n").samples == .floats([0, 2, 0.5]))
  }

  @Test func theLabelColumnCanBeChosen() throws {
    let text = "a,b,c\n0.5,2,7\n0.25,3,8\n"
    #expect(try load(text, .named("C")).labels == [7, 8])
    #expect(try load(text, .index(1)).labels == [2, 3])
    #expect(try load(text, .index(1)).samples == .floats([0.5, 7, 0.25, 8]))
    #expect(try load(text, .absent).labels == nil)
    #expect(try load(text, .absent).inputCount == 3)
    #expect(try load(text, labels: "1\n1\n").inputCount == 3)
    #expect(try load("y," + text.dropFirst(2), labels: "1\n2\n").labels == [1, 2])
    #expect(dataError { _ = try load(text, .named("z")) }?.description.contains("a, b, c") == true)
    #expect(dataError { _ = try load(text, .index(3)) } != nil)
    #expect(dataError { _ = try load("y,label,a\n1,2,3\n") } != nil)
  }

  @Test(arguments: [
    ("0.5,1\n", "line 1, column 1"), ("1,2\n1,2,3\n", "line 2"), ("1,2\n\n1\n", "line 3"),
    ("1,2\n1,x\n", "line 2, column 2"), ("1,2\n1,\n", "line 2, column 2"),
    ("1,2\n1,nan\n", "line 2, column 2"),
    ("1,2\n1,-inf\n", "line 2, column 2"), ("1,1e39\n", "line 1, column 2"), ("1\n2\n", "no inputs"),
    ("label,a\n", "no inputs"), ("1,0x10\n1,0x10\n", "line 2"), ("99999999999999999999,1\n", "line 1"),
    (" \n\n", "no inputs"), ("1,2\n1,1e\n", "line 2"), ("label;a\n1;0,5\n", "write decimals with a point"),
  ])
  func badTablesAreRefused(_ text: String, _ place: String) throws {
    let error = dataError { _ = try load(text) }
    #expect(error?.description.contains(place) == true, "\(String(describing: error))")
  }
}
