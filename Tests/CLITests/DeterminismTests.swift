import CertifyResults
import Foundation
import Testing

/// The same question has the same answer, on however many threads and beside whatever other inputs.
@Suite struct DeterminismTests {
  /// Both classifiers with the default attacks and certificates, a second or two.
  private static let work = ["--first", "5", "--samples", "1000", "--steps", "10", "--restarts", "2"]

  /// `results.json` without the line of the command, which names the number of threads and the directory.
  private func record(_ directory: String, in place: Workplace) throws -> [Substring] {
    let lines = try place.text("\(directory)/results.json").split(separator: "\n")
    let rest = lines.filter { !$0.hasPrefix("  \"command\" : ") }
    #expect(rest.count == lines.count - 1)
    return rest
  }

  @Test(arguments: ["gaussian-sound", "gaussian"])
  func threadsAndRepetitionChangeNothing(_ noise: String) throws {
    let place = try Workplace()
    for (name, jobs) in [("one", "1"), ("two", "2"), ("five", "5"), ("again", "2")] {
      let answer = try Certify.run(
        Digits.run(
          out: place.path(name), Self.work + ["--noise", noise, "--jobs", jobs], model: Digits.perceptron))
      #expect(answer.status == 0)
    }
    let reference = try record("one", in: place)
    let table = try place.text("one/results.csv")
    #expect(table.split(whereSeparator: \.isNewline).count == 11)
    for name in ["two", "five", "again"] {
      #expect(try record(name, in: place) == reference)
      #expect(try place.text("\(name)/results.csv") == table)
    }
  }

  @Test func theSeedChangesTheCounts() throws {
    let place = try Workplace()
    for seed in ["0", "1"] {
      let answer = try Certify.run(
        Digits.run(out: place.path(seed), Self.work + ["--classifier", "smoothed", "--seed", seed]))
      #expect(answer.status == 0)
    }
    let counts = try ["0", "1"].map { seed in
      try place.results(seed).results.inputs.map { $0.brackets[0].lower?.sampling?.counts }
    }
    #expect(counts[0].allSatisfy { $0 != nil })
    #expect(counts[0] != counts[1])
  }

  @Test func anInputsBracketsDoNotDependOnTheOthers() throws {
    let place = try Workplace()
    let selections = [
      ("few", ["--first", "3"]), ("many", ["--first", "7"]), ("spread", ["--every", "100"]),
      ("denser", ["--every", "50"]),
    ]
    for (name, selection) in selections {
      let answer = try Certify.run(
        Digits.run(
          out: place.path(name), ["--samples", "1000", "--steps", "10", "--restarts", "2"] + selection,
          model: Digits.perceptron))
      #expect(answer.status == 0)
    }
    let few = try place.results("few").results.inputs
    let many = try place.results("many").results.inputs
    let spread = try place.results("spread").results.inputs
    #expect(few.count == 3)
    #expect(few == Array(many.prefix(3)))
    #expect(spread.map(\.index) == [0, 100, 200, 300])
    #expect(spread[0] == many[0])
    let denser = try place.results("denser").results.inputs
    #expect(spread == denser.filter { $0.index % 100 == 0 })
  }
}
