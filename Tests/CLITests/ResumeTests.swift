import CertifyResults
import Foundation
import Testing
import _CertifyTestSupport

/// A run goes on where it stopped, and never mixes with another.
@Suite struct ResumeTests {
  /// Both classifiers with attacks, a few hundredths of a second an input.
  static let work = ["--first", "6", "--samples", "500", "--steps", "5", "--restarts", "1"]

  /// Everything that a run wrote besides its store, whose rows say when they were written.
  static func record(_ place: Workplace, _ directory: String) throws -> [String: String] {
    let files = try #require(place.files(in: directory)).filter { !$0.hasPrefix("run.sqlite") }
    return try Dictionary(
      uniqueKeysWithValues: files.map { ($0, try place.text("\(directory)/\($0)")) })
  }

  @Test func aFinishedRunIsRefusedResumedOrReplaced() throws {
    let place = try Workplace()
    let run = Digits.run(out: place.path("out"), Self.work)
    let first = try Certify.run(run)
    #expect(first.status == 0)
    let record = try Self.record(place, "out")
    #expect(record["results.json"] != nil && record["report.md"] != nil)

    let refused = try Certify.run(run)
    #expect(refused.status == 64)
    #expect(
      refused.complaints == [
        "error: \(place.path("out")): it holds a run, 6 of 6 inputs; go on with it by --resume, replace it by --overwrite, "
          + "or name another directory"
      ])
    #expect(try Self.record(place, "out") == record)

    for option in ["--resume", "--overwrite"] {
      let again = try Certify.run(run + [option])
      #expect(again.status == 0)
      #expect(again.output == first.output)
      #expect(again.errors.contains("going on: 6 of 6 inputs are finished\n") == (option == "--resume"))
      #expect(try Self.record(place, "out") == record)
    }
    let both = try Certify.run(run + ["--resume", "--overwrite"])
    #expect(both.status == 64)
  }

  @Test(arguments: [
    (["--samples", "600"], "samples is 500 there and 600 here"),
    (["--seed", "7"], "seed is 0 there and 7 here"),
    (["--norm", "linf"], "norms is l2 there and linf here"),
    (["--first", "5"], "parameters.selection is the first 6 there and the first 5 here"),
    (["--steps", "6"], "parameters.steps is 5 there and 6 here"),
    (["--sigma", "0.5"], "smoothings is {noise: gaussian-sound, range: "),
  ])
  func anotherManifestIsRefusedByName(_ change: [String], _ difference: String) throws {
    let place = try Workplace()
    #expect(try Certify.run(Digits.run(out: place.path("out"), Self.work)).status == 0)
    let record = try Self.record(place, "out")
    let answer = try Certify.run(
      Digits.run(out: place.path("out"), Self.work + ["--resume"]).replacing(change))
    #expect(answer.status == 64)
    #expect(answer.complaints.count == 1)
    #expect(answer.errors.contains(difference), "\(answer.errors)")
    #expect(answer.errors.contains("it belongs to another run"))
    #expect(try Self.record(place, "out") == record)
  }

  @Test func anotherModelIsRefusedByItsDigest() throws {
    let place = try Workplace()
    #expect(try Certify.run(Digits.run(out: place.path("out"), Self.work)).status == 0)
    let answer = try Certify.run(
      Digits.run(out: place.path("out"), Self.work + ["--resume"], model: Digits.perceptron))
    #expect(answer.status == 64)
    #expect(answer.errors.contains("model.sha256 is "))
    // The same file at another place is the same model.
    try FileManager.default.copyItem(
      at: Fixtures.package.appendingPathComponent(Digits.logistic),
      to: place.url.appendingPathComponent("copy.onnx"))
    let moved = try Certify.run(
      Digits.run(out: place.path("out"), Self.work + ["--resume"], model: place.path("copy.onnx")))
    #expect(moved.status == 0)
  }

  @Test(arguments: ["results.json", "report.md", "junit.xml"])
  func filesWithoutAStoreAreKept(_ name: String) throws {
    let place = try Workplace()
    try FileManager.default.createDirectory(atPath: place.path("out"), withIntermediateDirectories: true)
    try place.write("{}", to: "out/\(name)")
    for option in [[], ["--resume"]] {
      let answer = try Certify.run(Digits.run(out: place.path("out"), Self.work + option))
      #expect(answer.status == 64)
      #expect(
        answer.errors.contains("it holds \(name), but not the store of a run that wrote it; replace it"))
      #expect(try place.text("out/\(name)") == "{}")
    }
    #expect(try Certify.run(Digits.run(out: place.path("out"), Self.work + ["--overwrite"])).status == 0)
    #expect(try place.results("out").results.inputs.count == 6)
  }

  /// What the earlier run wrote goes, its gallery included; what somebody else put beside it stays.
  @Test func overwritingRemovesTheRunAndNothingElse() throws {
    let place = try Workplace()
    let run = Digits.run(out: place.path("out"), ["--first", "2", "--classifier", "base", "--norm", "linf"])
    #expect(try Certify.run(run).status == 0)
    #expect(try Certify.run("gallery", place.path("out")).status == 0)
    for name in ["notes.md", "figures/accuracy.txt", "figures/logo.svg"] {
      try place.write("mine", to: "out/\(name)")
    }
    let figures = Set(place.files(in: "out/figures") ?? [])
    #expect(figures.contains { $0.hasPrefix("witness-") } && figures.contains("accuracy-base-linf.svg"))
    let other = Digits.run(
      out: place.path("out"), ["--first", "2", "--classifier", "base", "--attack", "none", "--overwrite"])
    #expect(try Certify.run(other).status == 0)
    #expect(
      place.files(in: "out/figures")?.sorted() == [
        "accuracy-base-l2.svg", "accuracy.txt", "brackets-base-l2.svg", "classes-base-l2.svg", "logo.svg",
      ])
    let files = try #require(place.files(in: "out"))
    #expect(files.contains("notes.md") && !files.contains("gallery.md") && !files.contains("gallery.html"))
    #expect(try place.text("out/figures/logo.svg") == "mine")
  }

  /// What `report` and `gate` say comes from the store, whatever became of the files beside it.
  @Test func theStoreIsTheTruth() throws {
    let place = try Workplace()
    let requirement = ["--require", "clean-accuracy(classifier: base) >= 0.5"]
    #expect(try Certify.run(Digits.run(out: place.path("out"), Self.work + requirement)).status == 0)
    let record = try Self.record(place, "out")
    for file in record.keys { try FileManager.default.removeItem(atPath: place.path("out/\(file)")) }
    for (format, file) in [("markdown", "report.md"), ("json", "results.json"), ("csv", "results.csv")] {
      let answer = try Certify.run("report", place.path("out"), "--format", format)
      #expect(answer.status == 0)
      #expect(answer.output == record[file])
    }
    #expect(try Certify.run(["gate", place.path("out")] + requirement).status == 0)
  }
}

extension [String] {
  /// The words with the value of each option in `change` in place of theirs, or added at the end.
  func replacing(_ change: [String]) -> [String] {
    var words = self
    for (name, value) in zip(change, change.dropFirst()) where name.hasPrefix("--") {
      if let position = words.lastIndex(of: name) {
        words[position + 1] = value
      } else {
        words += [name, value]
      }
    }
    return words
  }
}
