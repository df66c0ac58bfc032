import CertifyResults
import Foundation
import GRDB
import Testing
import _CertifyTestSupport

@testable import CertifyStore

/// What can go wrong with a run's directory: a clear error, and nothing that was finished is lost.
@Suite struct FaultTests {
  /// A few kilobytes an input, all of them in a second or so.
  private static let work = [
    "--every", "4", "--samples", "300", "--classifier", "base", "--steps", "3", "--restarts", "1",
  ]

  private func shell(_ script: String, within seconds: Double = 60) throws -> Answer {
    try RunningProcess(URL(fileURLWithPath: "/bin/sh"), ["-c", script]).answer(within: seconds)
  }

  private func command(_ arguments: [String]) -> String {
    ([Certify.executable.path] + arguments).map { "'\($0)'" }.joined(separator: " ")
  }

  /// What gives a script mounts of its own: root's name space, or one in which this user is root; `nil` where
  /// neither may be had.
  private static let isolation: String? = ["unshare -m", "unshare -rm"].first { isolation in
    guard let place = try? Workplace() else { return false }
    let script = "\(isolation) sh -c 'mount -t tmpfs -o size=64k none \(place.url.path)'"
    let answer = try? RunningProcess(URL(fileURLWithPath: "/bin/sh"), ["-c", script]).answer(within: 60)
    return answer?.status == 0
  }

  private static var mayMount: Bool { isolation != nil }

  /// What SQLite says of a disk without room, whoever may mount one: a database that may not grow.
  @Test func aDatabaseWithoutRoomIsAFullDisk() throws {
    let place = try Workplace()
    let queue = try DatabaseQueue(path: place.path("small.sqlite"))
    let error = #expect(throws: DatabaseError.self) {
      try queue.write { db in
        try db.execute(sql: "CREATE TABLE t (a BLOB)")
        try db.execute(sql: "PRAGMA max_page_count = 4")
        try db.execute(sql: "INSERT INTO t VALUES (zeroblob(100000))")
      }
    }
    try queue.close()
    #expect(StoreError(try #require(error), path: "run.sqlite") == .full(path: "run.sqlite"))
  }

  @Test func aFullQuotaLosesNothing() throws {
    let place = try Workplace()
    let run = Digits.run(out: place.path("out"), Self.work)
    // 512 KiB a file.
    let answer = try shell("ulimit -f 1024; exec \(command(run))")
    #expect(answer.status == 1)
    #expect(answer.complaints.count == 2, "\(answer.errors)")
    #expect(
      answer.errors.contains(
        "run.sqlite: cannot be written, the disk or a quota is full; what was finished is kept: "
          + "free space and go on with --resume\n"))
    try goesOn(place, "out", run)
  }

  @Test(.enabled(if: mayMount, "it takes the right to mount")) func aFullDiskLosesNothing() throws {
    let place = try Workplace()
    let run = Digits.run(out: place.path("disk/out"), Self.work)
    let disk = place.path("disk")
    let script = """
      \(Self.isolation ?? "false") sh -c '
        mkdir \(disk) && mount -t tmpfs -o size=700k none \(disk) || exit 77
        \(command(run).replacing("'", with: "\""))
        code=$?
        cp -r \(disk)/out \(place.path("copy"))
        exit $code'
      """
    let answer = try shell(script)
    #expect(answer.status == 1)
    #expect(
      answer.errors.contains("the disk or a quota is full; what was finished is kept"), "\(answer.errors)")
    try FileManager.default.moveItem(atPath: place.path("copy"), toPath: place.path("disk/out"))
    try goesOn(place, "disk/out", run)
  }

  /// Some inputs are finished, and going on leads to what an undisturbed run says.
  private func goesOn(_ place: Workplace, _ out: String, _ run: [String]) throws {
    let status = try Certify.run("status", place.path(out))
    #expect(status.status == 0, "\(status.errors)")
    let done = try #require(Int(status.output.prefix { $0.isNumber }))
    #expect((1..<90).contains(done), "\(status.output)")
    let resumed = try Certify.run(run + ["--resume"])
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(resumed.errors.contains("going on: \(done) of 90 inputs are finished\n"))
    let record = try ResumeTests.record(place, out)
    #expect(try Certify.run(run + ["--overwrite"]).status == 0)
    #expect(try ResumeTests.record(place, out) == record)
  }

  @Test(.enabled(if: mayMount, "it takes the right to mount")) func aReadOnlyDirectoryIsRefusedBeforeTheWork()
    throws
  {
    let place = try Workplace()
    let run = Digits.run(out: place.path("disk/out"), ["--samples", "100000000"])
    let script = """
      \(Self.isolation ?? "false") sh -c '
        mkdir \(place.path("disk")) && mount -t tmpfs -o ro none \(place.path("disk")) || exit 77
        \(command(run).replacing("'", with: "\""))'
      """
    let answer = try shell(script, within: 30)
    #expect(answer.status == 1)
    #expect(answer.complaints.count == 1)
    #expect(answer.errors.contains("cannot be written; check its permissions and the space left"))
  }

  @Test(.enabled(if: mayMount, "it takes the right to mount")) func aFinishedRunIsReadFromAReadOnlyDisk()
    throws
  {
    let place = try Workplace()
    #expect(try Certify.run(Digits.run(out: place.path("out"), ["--first", "2"])).status == 0)
    let script = """
      \(Self.isolation ?? "false") sh -c '
        mount --bind \(place.path("out")) \(place.path("out")) || exit 77
        mount -o remount,bind,ro \(place.path("out")) || exit 77
        \(Certify.executable.path) report \(place.path("out")) --format json &&
        \(Certify.executable.path) status \(place.path("out"))'
      """
    let answer = try shell(script)
    #expect(answer.status == 0, "\(answer.errors)")
    #expect(answer.output.hasPrefix(try place.text("out/results.json")))
    #expect(answer.output.contains("\n2 of 2 inputs are finished"))
  }

  @Test func aSecondRunIsKeptOut() throws {
    let place = try Workplace()
    let long = Digits.run(
      out: place.path("out"), ["--samples", "200000", "--classifier", "smoothed", "--attack", "none"])
    let first = try Certify.start(long)
    for _ in 0..<600 where !(place.files(in: "out") ?? []).contains("run.lock") {
      Thread.sleep(forTimeInterval: 0.05)
    }
    for option in ["--resume", "--overwrite"] {
      let second = try Certify.run(long + [option], within: 30)
      #expect(second.status == 1)
      #expect(
        second.complaints == [
          "error: \(place.path("out")): another run writes to it "
            + "(process \(first.process.processIdentifier)); wait for its end, or name another directory"
        ])
    }
    let status = try Certify.run("status", place.path("out"))
    #expect(status.status == 0, "\(status.errors)")
    #expect(status.output.contains("\nrunning as process \(first.process.processIdentifier)\n"))
    kill(first.process.processIdentifier, SIGKILL)
    _ = try first.answer(within: 30)
    let after = try Certify.run("status", place.path("out"))
    #expect(after.output.contains("\nstopped; it goes on with --resume\n"))
  }

  /// The journal of a change that was cut off by a kill is there, and the change is undone; nothing says it cannot be
  /// written.
  @Test func aStoreWithAHalfWrittenChangeIsRead() throws {
    let place = try Workplace()
    #expect(try Certify.run(Digits.run(out: place.path("out"), ["--first", "2"])).status == 0)
    let wanted = try Certify.run("report", place.path("out"), "--format", "json").output
    let queue = try DatabaseQueue(path: place.path("out/run.sqlite"))
    let copies = ["status", "report", "gate", "replay"]
    try queue.inDatabase { db in
      try db.execute(sql: "PRAGMA synchronous = OFF; BEGIN IMMEDIATE; UPDATE input SET result = NULL")
      for copy in copies {
        try FileManager.default.copyItem(atPath: place.path("out"), toPath: place.path(copy))
      }
      try db.execute(sql: "ROLLBACK")
    }
    try queue.close()
    for copy in copies {
      #expect(place.files(in: copy)?.contains("run.sqlite-journal") == true)
      let answer = try Certify.run([copy, place.path(copy)] + (copy == "replay" ? ["--index", "1"] : []))
      #expect(answer.status == 0, "\(answer.errors)")
      #expect(try Certify.run("report", place.path(copy), "--format", "json").output == wanted)
    }
  }

  @Test func aStoreThatAnotherProgramHasLockedIsNamed() throws {
    let place = try Workplace()
    let run = Digits.run(out: place.path("out"), ["--first", "2"])
    #expect(try Certify.run(run).status == 0)
    let record = try ResumeTests.record(place, "out")
    let queue = try DatabaseQueue(path: place.path("out/run.sqlite"))
    try queue.inDatabase { db in
      try db.execute(sql: "BEGIN EXCLUSIVE")
      let answer = try Certify.run(run + ["--resume"])
      #expect(answer.status == 1)
      #expect(answer.complaints.count == 1)
      #expect(answer.errors.contains("another program has locked it; close that program"))
      try db.execute(sql: "ROLLBACK")
    }
    try queue.close()
    #expect(try Certify.run(run + ["--resume"]).status == 0)
    #expect(try ResumeTests.record(place, "out") == record)
  }

  /// A store of a newer version, another program's database, and what is none.
  @Test(arguments: [
    ("INSERT INTO grdb_migrations VALUES ('999 later')", "a newer version of certify wrote it"),
    ("PRAGMA application_id = 7", "it is not the store of a run"),
    (
      "UPDATE run SET record = replace(record, '\"seed\":0', '\"seed\":1')",
      "what it says of its run was changed"
    ),
    ("DELETE FROM witness; DELETE FROM input WHERE position = 1", "it has not the inputs of its run"),
    (
      "UPDATE input SET result = replace(result, '0', '1') WHERE position = 1",
      "the result of input 1 was changed"
    ),
  ])
  func aStoreThatIsNotWhatWasWrittenIsRefused(_ statement: String, _ problem: String) throws {
    let place = try Workplace()
    let run = Digits.run(out: place.path("out"), ["--first", "3"])
    #expect(try Certify.run(run).status == 0)
    let queue = try DatabaseQueue(path: place.path("out/run.sqlite"))
    try queue.inDatabase { try $0.execute(sql: statement) }
    try queue.close()
    for command in [["report", place.path("out")], run + ["--resume"]] {
      let answer = try Certify.run(command)
      #expect(answer.status == 65, "\(command[0]) ends with \(answer.status)")
      #expect(answer.complaints.last?.hasPrefix("error: ") == true)
      #expect(answer.errors.contains(problem), "\(answer.errors)")
    }
  }

  /// Whatever is cut off or changed: the same record, or an error in one line.
  @Test func damageIsNoticedOrDoesNotMatter() throws {
    let place = try Workplace()
    let run = Digits.run(out: place.path("out"), ["--first", "6", "--samples", "300"])
    #expect(try Certify.run(run).status == 0)
    let bytes = try Data(contentsOf: place.url.appendingPathComponent("out/run.sqlite"))
    let wanted = try place.text("out/results.json")
    var random = SplitMix(seed: 3)
    var damages: [Data] = [0, 1, 15, 16, 100, 4096, bytes.count / 2, bytes.count - 1].map { bytes.prefix($0) }
    let flips = ProcessInfo.processInfo.environment["CERTIFY_LONG_TESTS"] != nil ? 500 : 40
    for _ in 0..<flips {
      var changed = bytes
      changed[Int(random.next() % UInt64(bytes.count))] ^= UInt8(1 << (random.next() % 8))
      damages.append(changed)
    }
    var noticed = 0
    for (number, damage) in damages.enumerated() {
      try damage.write(to: place.url.appendingPathComponent("out/run.sqlite"))
      let answer = try Certify.run("report", place.path("out"), "--format", "json")
      if answer.status == 0 {
        #expect(answer.output == wanted, "damage \(number)")
      } else {
        noticed += 1
        #expect([1, 65].contains(answer.status), "damage \(number): \(answer.status) \(answer.errors)")
        #expect(answer.complaints.count == 1 && answer.errors.hasPrefix("error: "), "damage \(number)")
        #expect(answer.output == "")
      }
    }
    #expect(noticed >= 8)
  }

  /// One input makes the model answer NaN; the others are evaluated, and no gate is passed.
  @Test func anInputThatFailsIsRecordedAndTheOthersGoOn() throws {
    let place = try Workplace()
    // The model takes the arc cosine of a fifth of each of its twelve coordinates.
    let rows = (0..<4).map { row in
      "\(row)," + (0..<12).map { row == 2 ? "50" : "0.\(($0 * 3 + row) % 7)" }.joined(separator: ",")
    }
    let data = try place.write(rows.joined(separator: "\n") + "\n", to: "data.csv")
    let run = Digits.run(
      out: place.path("out"),
      ["--bounds", "none", "--label-column", "0", "--classifier", "base", "--attack", "none"],
      model: "fixtures/models/operators/acos_opset13.onnx", data: data)
    let answer = try Certify.run(run)
    #expect(answer.status == 1, "\(answer.errors)")
    #expect(answer.output.contains("\nERROR: 1 of 4 inputs could not be evaluated, the first is 2: "))
    let results = try place.results("out").results
    #expect(results.inputs.map(\.index) == [0, 1, 2, 3])
    #expect(results.inputs.map { $0.error != nil } == [false, false, true, false])
    #expect(results.inputs.map(\.brackets.count) == [1, 1, 0, 1])
    #expect(try place.results("out").verdict?.pass == false)
    #expect(try place.text("out/report.md").contains("**1 input could not be evaluated.**"))
    #expect(try place.text("out/report.md").contains("- **Not evaluated**: input 2: "))
    #expect(try place.text("out/results.csv").split(whereSeparator: \.isNewline).count == 5)
    #expect(try place.text("out/junit.xml").contains("message=\"1 of 4 inputs could not be evaluated\""))
    #expect(try place.text("out/results.sarif").contains("\"ruleId\" : \"not-evaluated\""))

    let gate = try Certify.run("gate", place.path("out"), "--require", "clean-accuracy >= 0")
    #expect(gate.status == 2)
    #expect(gate.output.contains("1 of 4 inputs could not be evaluated, the first is 2: "))
    #expect(try Certify.run("gate", place.path("out")).status == 1)
    let status = try Certify.run("status", place.path("out"))
    #expect(status.output.contains("1 of them could not be evaluated"))
    // A failure is tried again, here in vain.
    let again = try Certify.run(run + ["--resume"])
    #expect(again.status == 1)
    #expect(again.errors.contains("going on: 3 of 4 inputs are finished\n"))
    #expect(try place.results("out").results == results)
  }
}
