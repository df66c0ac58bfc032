import CertifyData
import Testing

@Suite struct VNNLIBTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private static let head = """
    ; two inputs, three outputs
    (declare-const X_0 Real)
    (declare-const X_1 Real)
    (declare-const Y_0 Real)
    (declare-const Y_1 Real) (declare-const Y_2 Real)

    """
  private static let box = """
    (assert (<= X_0 0.5)) (assert (>= X_0 -1e-1))
    (assert (and (<= X_1 1) (>= X_1 0.25)))

    """

  private func load(_ text: String) throws -> VNNLIBProperty {
    try VNNLIBProperty.load(path: folder.write(text, "p.vnnlib"))
  }

  private typealias Constraint = VNNLIBProperty.Constraint
  private typealias Term = VNNLIBProperty.Term

  @Test func bareConjunctions() throws {
    let property = try load(Self.head + Self.box + "(assert (<= Y_0 Y_1))\n(assert (>= Y_2 3.5))")
    #expect(property.inputCount == 2 && property.outputCount == 3)
    let only = try #require(property.cases.first)
    #expect(property.cases.count == 1)
    #expect(only.lower == [-0.1, 0.25] && only.upper == [0.5, 1])
    #expect(
      only.constraints == [
        Constraint(terms: [Term(index: 0, weight: 1), Term(index: 1, weight: -1)], bound: 0),
        Constraint(terms: [Term(index: 2, weight: -1)], bound: -3.5),
      ])
  }

  @Test func alternatives() throws {
    let property = try load(
      Self.head + Self.box + "(assert (or (and (>= Y_0 Y_1)) (and (>= Y_0 Y_2) (<= Y_1 0))))")
    #expect(property.cases.map(\.constraints.count) == [1, 2])
    #expect(property.cases.allSatisfy { $0.upper == [0.5, 1] })
  }

  /// Input constraints inside `or` make boxes of their own; two disjunctions multiply.
  @Test func inputConstraintsInAlternatives() throws {
    let property = try load(
      Self.head + """
        (assert (<= X_1 1)) (assert (>= X_1 0))
        (assert (or (and (<= X_0 1) (>= X_0 0)) (and (<= X_0 3) (>= X_0 2) (<= X_1 0.5))))
        (assert (or (<= Y_0 0) (<= Y_1 0)))
        """)
    #expect(property.cases.map(\.lower) == [[0, 0], [0, 0], [2, 0], [2, 0]])
    #expect(property.cases.map(\.upper) == [[1, 1], [1, 1], [3, 0.5], [3, 0.5]])
    #expect(property.cases.map { $0.constraints[0].terms[0].index } == [0, 1, 0, 1])
  }

  @Test func linearTerms() throws {
    let property = try load(
      Self.head + Self.box + "(assert (>= (+ (* 2 Y_0) (- Y_1) 1.5) (- (* Y_2 0.5) Y_0)))")
    #expect(
      property.cases[0].constraints == [
        Constraint(
          terms: [
            Term(index: 0, weight: -3), Term(index: 1, weight: 1), Term(index: 2, weight: 0.5),
          ], bound: 1.5)
      ])
  }

  /// What is wrong is named, with its line where it has one.
  @Test(arguments: [
    ("(assert (<= Y_0 0))", "X_0 has no lower bound"),
    (
      box + "\n\n(assert (>= X_0 0.75))\n",
      "line 10: X_0 must be at least 0.75 and at most 0.5: the region is empty; correct one of its bounds"
    ),
    (box + "(assert (or (and (<= X_1 0) (<= Y_0 0))))", "the region is empty; correct one of its bounds"),
    (box + "(assert (< Y_0 0))", "`<` is not part"), (box + "(assert (<= Y_3 0))", "Y_3 is not declared"),
    (box + "(assert (<= X_0 Y_0))", "must compare it alone"),
    (box + "(assert (<= (* Y_0 Y_1) 0))", "two factors"), (box + "(assert (<= Y_0 nan))", "'nan' is no"),
    (box + "(assert (<= Y_0 0)", "a ( is never closed"), (box + "(check)", "the command check"),
    (box + ")", "closes nothing"), (box + "(declare-const Y_0 Real)", "declared twice"),
    (box + "(declare-const Y_4 Real)", "Y_3 is missing"), (box + "(assert (or))", "leaves no case"),
    (box + String(repeating: "(", count: 100), "nested too deep"),
    (box + "(assert (<= Y_0 1e999))", "no finite number"), (box + "word", "outside any list"),
  ])
  func mistakes(_ text: String, _ expected: String) throws {
    do {
      _ = try load(Self.head + text)
      Issue.record("accepted")
    } catch let error as DataError {
      #expect("\(error)".contains(expected), "\(error)")
      #expect("\(error)".contains("p.vnnlib, line "))
    }
  }

  /// Alternatives that multiply beyond reason are refused before they are made.
  @Test func tooManyCases() throws {
    let or = "(assert (or " + String(repeating: "(<= Y_0 0) ", count: 100) + "))"
    #expect(throws: DataError.self) { try load(Self.head + Self.box + or + or + or) }
  }

  /// A model in the place of the property: what is to be given is no data file.
  @Test func otherFilesAreNoProperty() throws {
    let files = try Folder()
    let path = try files.write([0x08, 0x07, 0x12, 0x00, 0xFF], "model.onnx")
    #expect {
      try VNNLIBProperty.load(path: path)
    } throws: {
      "\($0)".hasSuffix("; give a .vnnlib file, gzip allowed")
    }
  }

  @Test func missingFile() {
    #expect(throws: DataError.fileNotFound(path: "/nowhere.vnnlib")) {
      try VNNLIBProperty.load(path: "/nowhere.vnnlib")
    }
  }
}
