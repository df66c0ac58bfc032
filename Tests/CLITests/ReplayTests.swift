import CertifyResults
import Foundation
import GRDB
import Testing
import _CertifyTestSupport

/// `certify replay` derives a stored input again, and tells when it is not what comes out.
@Suite struct ReplayTests {
  private static let work = [
    "--first", "4", "--samples", "1000", "--norm", "l2", "linf", "--steps", "10", "--restarts", "2",
  ]

  @Test(arguments: ["gaussian-sound", "gaussian"])
  func everyInputComesOutAsItIsStored(_ noise: String) throws {
    let place = try Workplace()
    let run = Digits.run(out: place.path("out"), Self.work + ["--noise", noise], model: Digits.perceptron)
    #expect(try Certify.run(run).status == 0)
    let inputs = try place.results("out").results.inputs
    #expect(inputs.contains { $0.brackets.contains { $0.upper?.flipTest?.outcome == .flipped } })
    for input in inputs {
      for jobs in ["1", "3"] {
        let answer = try Certify.run(
          ["replay", place.path("out"), "--index", "\(input.index)", "--jobs", jobs], within: 60)
        #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
        #expect(answer.output.hasPrefix("input \(input.index), label \(input.label)\n"))
        #expect(answer.output.components(separatedBy: "\nas stored").count == input.brackets.count + 1)
        for bracket in input.brackets {
          if let counts = bracket.lower?.sampling?.counts.map(String.init).joined(separator: " ") {
            let rows = answer.output.split(separator: "\n").map {
              $0.split(separator: "  ").map(Self.trimmed)
            }
            #expect(rows.contains(["counts", counts, counts]))
          }
          if let upper = bracket.upper, upper.attack != "clean" {
            #expect(answer.output.contains("\(upper.radius)"))
            #expect(!answer.output.contains("no witness is stored"))
          }
        }
      }
    }
  }

  /// Where an input stops depends on all that share the budget; the record says how many samples it got, abstentions
  /// included, and the same come out again.
  @Test(arguments: [["--decide", "0.1", "0.4"], ["--radius-tolerance", "0.01"]])
  func inputsThatShareABudgetComeOutAgain(_ question: [String]) throws {
    let place = try Workplace()
    let run = Digits.run(
      out: place.path("out"),
      ["--first", "8", "--classifier", "smoothed", "--sigma", "0.2", "1.2", "--attack", "none"] + question
        + ["--samples", "20000", "--budget", "90000"])
    #expect(try Certify.run(run).status == 0)
    let inputs = try place.results("out").results.inputs
    let drawn = inputs.flatMap(\.brackets).compactMap(\.drawnSamples)
    #expect(drawn.count == 16 && Set(drawn).count >= 3 && drawn.reduce(0, +) <= 90_000, "\(drawn)")
    if question[0] == "--radius-tolerance" {
      #expect(inputs.contains { $0.brackets.contains { $0.abstained && $0.sampling != nil } })
    }
    for input in inputs {
      let answer = try Certify.run("replay", place.path("out"), "--index", "\(input.index)")
      #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
      #expect(answer.output.components(separatedBy: "\nas stored").count == 3)
    }
    // A record of fewer samples is found out by its counts.
    var forged = try #require(
      inputs.max { ($0.brackets[0].drawnSamples ?? 0) < ($1.brackets[0].drawnSamples ?? 0) })
    forged.brackets[0].decision?.samples -= 1
    forged.brackets[0].lower?.sampling?.samples -= 1
    try place.forge(forged, at: forged.index, in: "out")
    let answer = try Certify.run("replay", place.path("out"), "--index", "\(forged.index)")
    #expect(
      answer.status == 1 && answer.output.contains("\nNOT AS STORED"), "\(answer.output)\(answer.errors)")
  }

  private static func trimmed(_ field: Substring) -> String { field.trimmingCharacters(in: .whitespaces) }

  /// The number of one sample, one digit of a radius, one coordinate of a witness: each of them shows.
  @Test(arguments: ["counts", "radius", "witness", "flip"]) func aFalseRecordShows(_ what: String) throws {
    let place = try Workplace()
    #expect(
      try Certify.run(Digits.run(out: place.path("out"), Self.work, model: Digits.perceptron)).status == 0)
    let input = try #require(
      try place.results("out").results.inputs.first {
        $0.brackets.contains { $0.upper?.flipTest != nil }
          && $0.brackets.allSatisfy { ($0.upper?.radius ?? 0) > 0 }
      })
    var forged = input
    let position = try #require(forged.brackets.firstIndex { $0.upper?.flipTest != nil })
    switch what {
    case "counts": forged.brackets[position].lower?.sampling?.counts[0] += 1
    case "radius": forged.brackets[position].lower?.radius += 1e-9
    case "witness": forged.brackets[0].upper?.radius -= 1e-9
    default: forged.brackets[position].upper?.flipTest?.rivalHits += 1
    }
    try place.forge(forged, at: input.index, in: "out")
    let answer = try Certify.run("replay", place.path("out"), "--index", "\(input.index)")
    #expect(answer.status == 1, "\(answer.output)\(answer.errors)")
    #expect(answer.output.components(separatedBy: "\nNOT AS STORED").count == 2)
  }

  /// A radius beyond the witness in the record is a contradiction there, whatever is derived again.
  @Test func aStoredContradictionIsOne() throws {
    let place = try Workplace()
    #expect(try Certify.run(Digits.run(out: place.path("out"), ["--first", "2"])).status == 0)
    var forged = try #require(
      try place.results("out").results.inputs.first { $0.brackets[0].upper != nil && $0.brackets[0].correct })
    forged.brackets[0].lower?.radius = 50
    try place.forge(forged, at: forged.index, in: "out")
    let answer = try Certify.run("replay", place.path("out"), "--index", "\(forged.index)")
    #expect(answer.status == 3, "\(answer.output)\(answer.errors)")
    #expect(answer.output.contains("\nNOT AS STORED"))
  }

  @Test func filesAreFoundByTheirDigest() throws {
    let place = try Workplace()
    try FileManager.default.copyItem(
      at: Fixtures.package.appendingPathComponent(Digits.logistic),
      to: place.url.appendingPathComponent("model.onnx"))
    let run = Digits.run(out: place.path("out"), ["--first", "2"], model: place.path("model.onnx"))
    #expect(try Certify.run(run).status == 0)
    try FileManager.default.moveItem(atPath: place.path("model.onnx"), toPath: place.path("moved.onnx"))
    let gone = try Certify.run("replay", place.path("out"), "--index", "1")
    #expect(gone.status == 66)
    #expect(gone.errors.contains("model.onnx"))
    let moved = try Certify.run(
      "replay", place.path("out"), "--index", "1", "--model", place.path("moved.onnx"))
    #expect(moved.status == 0, "\(moved.errors)")
    let other = try Certify.run("replay", place.path("out"), "--index", "1", "--model", Digits.perceptron)
    #expect(other.status == 64)
    #expect(other.errors.contains("model.sha256 is "))
    let unknown = try Certify.run("replay", place.path("out"), "--index", "2", "--model", Digits.perceptron)
    #expect(unknown.status == 64)
    #expect(unknown.errors.contains("--index 2: the run has no result of it"))
  }

  /// A flip test for a target counts the target against all other classes: its counts come out again, bit by bit.
  @Test(arguments: ["3", "all"], ["gaussian-sound", "splitting"])
  func targetsOfSmoothedClassifiersComeOutAgain(_ target: String, _ noise: String) throws {
    let place = try Workplace()
    let run = try Certify.run(
      Digits.run(
        out: place.path("out"),
        ["--first", "3", "--classifier", "base", "smoothed", "--target", target, "--noise", noise, "--norm"]
          + [noise == "splitting" ? "l1" : "l2", "--attack-queries", "20000"]))
    #expect(run.status == 0, "\(run.errors)")
    var tests = 0
    for input in try place.results("out").results.inputs {
      let answer = try Certify.run("replay", place.path("out"), "--index", "\(input.index)")
      #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
      for bracket in input.brackets {
        guard let upper = bracket.upper, let test = upper.flipTest, upper.attack != "clean" else { continue }
        tests += 1
        #expect(test.outcome == .flipped)
        let counts = "flipped, \(test.rivalHits):\(test.labelHits) of \(test.samples)"
        #expect(answer.output.components(separatedBy: counts).count == 3, "\(answer.output)")
        var forged = input
        let position = try #require(forged.brackets.firstIndex(of: bracket))
        forged.brackets[position].upper?.flipTest?.labelHits += 1
        try place.forge(forged, at: input.index, in: "out")
        #expect(try Certify.run("replay", place.path("out"), "--index", "\(input.index)").status == 1)
      }
    }
    #expect(tests >= 2)
  }

  /// The policy and relative paths of the run are those of then, not those of now.
  @Test func theOptionsAreThoseOfThen() throws {
    let place = try Workplace()
    try FileManager.default.createSymbolicLink(
      atPath: place.path("fixtures"),
      withDestinationPath: Fixtures.package.appendingPathComponent("fixtures").path)
    try place.write(
      "version: 1\nseed: 5\nsamples: 400\nfirst: 3\nrequirements: []\n", to: "certify.yml")
    let run = try Certify.run(
      ["run", Digits.logistic, "--data", Digits.data, "--out", "out", "--policy", "certify.yml"],
      in: place.url)
    #expect(run.status == 0, "\(run.errors)")
    try place.write("version: 1\nseed: 6\nrequirements: []\n", to: "certify.yml")
    let answer = try Certify.run("replay", place.path("out"), "--index", "2")
    #expect(answer.status == 0, "\(answer.output)\(answer.errors)")
  }
}

extension Workplace {
  /// Puts another result into a store, with the checksum that belongs to it.
  func forge(_ result: InputResult, at position: Int, in directory: String) throws {
    let queue = try DatabaseQueue(path: path("\(directory)/run.sqlite"))
    let json = try RecordJSON.encode(result)
    try queue.write { db in
      try db.execute(
        sql: "UPDATE input SET result = ?, checksum = ? WHERE position = ?",
        arguments: [json, Self.checksum(json), position])
    }
    try queue.close()
  }

  /// CRC-32, bit by bit.
  private static func checksum(_ text: String) -> Int64 {
    var crc = ~UInt32(0)
    for byte in text.utf8 {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 0 ? crc >> 1 : crc >> 1 ^ 0xEDB8_8320 }
    }
    return Int64(~crc)
  }
}
