import CertifyResults
import Foundation
import Testing
import _CertifyTestSupport

/// The shards of a run, merged, are the run.
@Suite struct ShardTests {
  private static let work = ["--first", "7", "--samples", "500", "--steps", "5", "--restarts", "1"]

  private func run(_ place: Workplace, _ out: String, _ more: [String], model: String = Digits.perceptron)
    throws
    -> Answer
  {
    try Certify.run(Digits.run(out: place.path(out), Self.work + more, model: model))
  }

  @Test(arguments: [2, 3]) func mergedShardsAreTheWholeRunToTheLastByte(_ count: Int) throws {
    let place = try Workplace()
    let requirement = ["--require", "clean-accuracy(classifier: base) >= 0.5"]
    let whole = try run(place, "whole", requirement)
    #expect(whole.status == 0)
    let wanted = try ResumeTests.record(place, "whole")
    try FileManager.default.removeItem(atPath: place.path("whole"))

    for shard in 1...count {
      let answer = try run(
        place, "part\(shard)", ["--shard", "\(shard)/\(count)", "--jobs", "\(shard)"] + requirement)
      // A part is not judged; that its requirements can be judged was checked.
      #expect(answer.status == 0, "\(answer.errors)")
      #expect(answer.output.contains("\nthis is shard \(shard)/\(count): "))
      let part = try place.results("part\(shard)").results
      #expect(part.shard == Shard(index: shard, count: count))
      #expect(part.inputs.map(\.index) == Array(stride(from: shard - 1, to: 7, by: count)))
      #expect(!part.interrupted)
      let judged = try Certify.run(["gate", place.path("part\(shard)")] + requirement)
      #expect(judged.status == 2)
      #expect(judged.output.contains("merge the shards"))
    }
    let parts = (1...count).reversed().map { place.path("part\($0)") }
    let merged = try Certify.run(["merge"] + parts + ["--out", place.path("whole")] + requirement)
    #expect(merged.status == 0, "\(merged.errors)")
    #expect(merged.output == whole.output)
    #expect(merged.errors == "")
    #expect(try ResumeTests.record(place, "whole") == wanted)
    #expect(try place.results("whole").results.diagnosis != nil)
  }

  @Test func gapsAreListedAndFilled() throws {
    let place = try Workplace()
    #expect(try run(place, "whole", []).status == 0)
    let wanted = try ResumeTests.record(place, "whole")
    try FileManager.default.removeItem(atPath: place.path("whole"))
    for shard in [1, 3] { #expect(try run(place, "part\(shard)", ["--shard", "\(shard)/3"]).status == 0) }
    let merged = try Certify.run([
      "merge", place.path("part1"), place.path("part3"), "--out", place.path("whole"),
    ])
    #expect(merged.status == 1)
    #expect(merged.output.contains("\nmissing: 2 of 7 inputs: 1, 4\n"))
    #expect(try place.results("whole").results.interrupted)
    let filled = try run(place, "whole", ["--resume"])
    #expect(filled.status == 0, "\(filled.errors)")
    #expect(filled.errors.contains("going on: 5 of 7 inputs are finished\n"))
    #expect(try ResumeTests.record(place, "whole") == wanted)
  }

  /// To write the whole over a part would lose the part.
  @Test func theWholeIsNotWrittenOverAPart() throws {
    let place = try Workplace()
    for shard in [1, 2] { #expect(try run(place, "part\(shard)", ["--shard", "\(shard)/2"]).status == 0) }
    let record = try ResumeTests.record(place, "part1")
    try FileManager.default.createSymbolicLink(
      atPath: place.path("link"), withDestinationPath: place.path("part1"))
    for out in ["part1", "link", "./part1/"] {
      for option in [[], ["--overwrite"]] {
        let answer = try Certify.run(
          ["merge", place.path("part1"), place.path("part2"), "--out", place.path(out)] + option)
        #expect(answer.status == 64 && answer.output == "")
        #expect(
          answer.complaints == [
            "error: \(place.path("part1")): it is one of the shards that are to be joined; name another directory for "
              + "the whole"
          ])
        #expect(try ResumeTests.record(place, "part1") == record)
      }
    }
  }

  @Test func overlapsAndStrangersAreRefused() throws {
    let place = try Workplace()
    #expect(try run(place, "one", ["--shard", "1/2"]).status == 0)
    #expect(try run(place, "again", ["--shard", "1/2"]).status == 0)
    #expect(try run(place, "other", ["--shard", "2/2", "--seed", "1"]).status == 0)
    #expect(try run(place, "model", ["--shard", "2/2"], model: Digits.logistic).status == 0)
    let machine = try RunningProcess(
      URL(fileURLWithPath: "/usr/bin/env"),
      ["ONEDNN_MAX_CPU_ISA=SSE41", Certify.executable.path]
        + Digits.run(out: place.path("machine"), Self.work + ["--shard", "2/2"], model: Digits.perceptron)
    ).answer(within: 60)
    #expect(machine.status == 0, "\(machine.errors)")
    for (second, problem) in [
      ("again", "both hold a result of input 0; name each shard once"),
      ("one", "both hold a result of input 0; name each shard once"),
      ("other", "are not parts of one run: seed is 0 in the first and 1 in the second; "),
      ("model", "; model.sha256 is "),
      ("machine", "tool.instructionSet is "),
    ] {
      let answer = try Certify.run([
        "merge", place.path("one"), place.path(second), "--out", place.path("whole"),
      ])
      #expect(answer.status == 64, "\(second)")
      #expect(answer.complaints.count == 1)
      #expect(answer.errors.contains(problem), "\(answer.errors)")
      #expect(place.files(in: "whole") == nil)
    }
    // A shard does not go on as another one, nor as the whole.
    for shard in [["--shard", "2/2"], []] {
      let answer = try run(place, "one", shard + ["--resume"])
      #expect(answer.status == 64)
      #expect(answer.errors.contains("it belongs to shard 1/2, and "))
    }
  }

  @Test(arguments: ["0/2", "3/2", "1", "1/0", "a/b", "1/2/3", "-1/2", "1/99999999999999999999"])
  func aShardThatIsNoneIsRefused(_ shard: String) throws {
    let place = try Workplace()
    let answer = try run(place, "out", ["--shard", shard])
    #expect(answer.status == 64)
    #expect(place.files(in: "out") == nil)
  }

  /// More shards than inputs: some have nothing to do.
  @Test func anEmptyShardIsNoError() throws {
    let place = try Workplace()
    for shard in 1...3 {
      let answer = try Certify.run(
        Digits.run(out: place.path("part\(shard)"), ["--first", "2", "--shard", "\(shard)/3"]))
      #expect(answer.status == 0, "\(answer.errors)")
    }
    let parts = (1...3).map { place.path("part\($0)") }
    let merged = try Certify.run(["merge"] + parts + ["--out", place.path("whole")])
    #expect(merged.status == 0, "\(merged.errors)")
    #expect(try place.results("whole").results.inputs.map(\.index) == [0, 1])
  }
}
