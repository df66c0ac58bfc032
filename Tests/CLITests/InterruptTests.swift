import CertifyResults
import Foundation
import Testing

/// A signal ends a run early and leaves a valid record of what is finished.
@Suite struct InterruptTests {
  @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
  func aSignalLeavesAValidPart(_ signal: Int32, _ status: Int32) throws {
    let place = try Workplace()
    // A minute of work and more in hundreds of inputs; the first are waited for, longer on a slow machine.
    var finished = 0
    for seconds in [1.5, 5, 20] where finished == 0 {
      let run = try Certify.start(
        Digits.run(
          out: place.path("out"),
          [
            "--classifier", "smoothed", "--samples", "200000", "--attack", "none", "--jobs", "2",
            "--require", "abstention-rate <= 1",
          ]))
      // The directory is the last thing made before signals are caught; the wait after it is for the work.
      for _ in 0..<600 where place.files(in: "out") == nil { Thread.sleep(forTimeInterval: 0.05) }
      Thread.sleep(forTimeInterval: seconds)
      kill(run.process.processIdentifier, signal)
      let answer = try run.answer(within: 30)
      #expect(answer.status == status)
      #expect(answer.errors.contains("interrupted: finishing the inputs at hand; once more to leave them\n"))
      #expect(answer.output.contains("\nthe run was interrupted: "))
      finished = try place.results("out").results.inputs.count
    }
    let file = try place.results("out")
    #expect(finished > 0)
    #expect(finished < file.results.manifest.selectedInputs)
    #expect(file.results.interrupted)
    #expect(file.verdict?.pass == false)
    // Whole files only, none left from writing them.
    // Whole files only, none left from writing them.
    #expect(
      place.files(in: "out")?.filter { !$0.hasSuffix(".svg") } == [
        "junit.xml", "report.html", "report.md", "results.csv", "results.json", "results.sarif",
        "run.sqlite",
      ])
    #expect(try place.text("out/results.csv").split(whereSeparator: \.isNewline).count == finished + 1)

    // What holds of every complete run is not enough for a part of one.
    let gate = try Certify.run("gate", place.path("out"), "--require", "abstention-rate <= 1")
    #expect(gate.status == 2)
    #expect(gate.output.contains("The run was interrupted after \(finished) of 360 inputs"))

    // The finished inputs are those of a run that nobody interrupted.
    let first = try #require(file.results.inputs.first)
    let whole = try Certify.run(
      Digits.run(
        out: place.path("whole"),
        [
          "--classifier", "smoothed", "--samples", "200000", "--attack", "none",
          "--first", "\(first.index + 1)",
        ]))
    #expect(whole.status == 0)
    #expect(try place.results("whole").results.inputs.last == first)
  }
}
