import Foundation
import GRDB
import Testing
import _CertifyTestSupport

/// Stores that an older version of the program wrote are read as they are and gone on with; one that is refused
/// stays as that version reads it.
@Suite struct StoreVersionTests {
  private static let work = ["--first", "3", "--samples", "300", "--steps", "5", "--restarts", "1"]

  /// The tables of the first version, with neither witnesses nor the beginning of a session.
  private static let firstVersion = """
    PRAGMA application_id = \(0x6372_7466);
    CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
    INSERT INTO grdb_migrations VALUES ('1 run and inputs');
    CREATE TABLE run (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      manifest_hash TEXT NOT NULL,
      record TEXT NOT NULL,
      diagnosis TEXT,
      verdict TEXT,
      checksum INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE input (
      position INTEGER PRIMARY KEY,
      data_index INTEGER NOT NULL UNIQUE,
      result TEXT,
      failed INTEGER,
      started REAL,
      finished REAL,
      checksum INTEGER
    ) STRICT;
    """

  private static func run(_ place: Workplace, _ more: [String] = []) -> [String] {
    Digits.run(out: place.path("out"), work + more)
  }

  /// A finished run, and in `out` the store that the first version would have left when it was killed before the
  /// last input; returns what the finished run wrote.
  private func killedRun(in place: Workplace, journal: String) throws -> [String: String] {
    #expect(try Certify.run(Self.run(place)).status == 0)
    let record = try ResumeTests.record(place, "out")
    try FileManager.default.moveItem(
      atPath: place.path("out/run.sqlite"), toPath: place.path("new.sqlite"))
    try FileManager.default.removeItem(atPath: place.path("out"))
    try FileManager.default.createDirectory(atPath: place.path("out"), withIntermediateDirectories: true)
    let queue = try DatabaseQueue(path: place.path("out/run.sqlite"))
    try queue.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA journal_mode = \(journal)")
      try db.execute(sql: Self.firstVersion)
      try db.execute(sql: "ATTACH DATABASE ? AS new", arguments: [place.path("new.sqlite")])
      try db.execute(
        sql: """
          INSERT INTO run SELECT id, manifest_hash, record, diagnosis, verdict, checksum FROM new.run;
          INSERT INTO input SELECT position, data_index, result, failed, started, finished, checksum FROM new.input;
          UPDATE input SET result = NULL, failed = NULL, started = NULL, finished = NULL, checksum = NULL
          WHERE position = 2;
          DETACH DATABASE new;
          """)
    }
    try queue.close()
    return record
  }

  private func names(_ sql: String, in file: String) throws -> [String] {
    let queue = try DatabaseQueue(path: file)
    defer { try? queue.close() }
    return try queue.read { try String.fetchAll($0, sql: sql) }
  }

  private func versions(_ place: Workplace) throws -> [String] {
    try names(
      "SELECT identifier FROM grdb_migrations ORDER BY identifier", in: place.path("out/run.sqlite"))
  }

  @Test(arguments: ["delete", "wal"]) func anOlderStoreIsReadAndNotChanged(_ journal: String) throws {
    let place = try Workplace()
    _ = try killedRun(in: place, journal: journal)
    let file = place.url.appendingPathComponent("out/run.sqlite")
    let before = try Data(contentsOf: file)
    let status = try Certify.run("status", place.path("out"))
    #expect(status.status == 0, "\(status.errors)")
    #expect(status.output.contains("2 of 3 inputs are finished"))
    let report = try Certify.run("report", place.path("out"), "--format", "csv")
    #expect(report.status == 0, "\(report.errors)")
    #expect(report.output.hasPrefix("index,label,"))
    let replay = try Certify.run("replay", place.path("out"), "--index", "0")
    #expect(replay.status == 0, "\(replay.output)\(replay.errors)")
    #expect(replay.output.contains("no witness is stored"))
    #expect(try Data(contentsOf: file) == before)
    #expect(try versions(place) == ["1 run and inputs"])
  }

  @Test func anOlderStoreIsGoneOnWith() throws {
    let place = try Workplace()
    let wanted = try killedRun(in: place, journal: "wal")
    let answer = try Certify.run(Self.run(place, ["--resume"]))
    #expect(answer.status == 0, "\(answer.errors)")
    #expect(answer.errors.contains("going on: 2 of 3 inputs are finished\n"))
    #expect(try ResumeTests.record(place, "out") == wanted)
    // It has become what a new store is.
    let tables = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
    let fresh = try names(tables, in: place.path("new.sqlite")).map(Self.withoutSpaces)
    #expect(try names(tables, in: place.path("out/run.sqlite")).map(Self.withoutSpaces) == fresh)
    let replay = try Certify.run("replay", place.path("out"), "--index", "2")
    #expect(replay.status == 0, "\(replay.output)\(replay.errors)")
    #expect(!replay.output.contains("no witness is stored"))
  }

  @Test func anOlderStoreThatIsRefusedStaysOne() throws {
    let place = try Workplace()
    _ = try killedRun(in: place, journal: "delete")
    for (more, problem) in [
      (["--resume", "--seed", "7"], "seed is 0 there and 7 here"), ([], "it holds a run, 2 of 3 inputs"),
    ] {
      let answer = try Certify.run(Self.run(place, more))
      #expect(answer.status == 64)
      #expect(answer.errors.contains(problem), "\(answer.errors)")
      #expect(try versions(place) == ["1 run and inputs"])
      // Byte 18 of the header is 2 while SQLite keeps a log beside the file, which a read-only disk cannot hold.
      let header = try Data(contentsOf: place.url.appendingPathComponent("out/run.sqlite")).prefix(20)
      #expect(header[18] == 1)
    }
  }

  private static func withoutSpaces(_ sql: String) -> String {
    sql.split(separator: "\n").map { line in
      line.components(separatedBy: "--")[0].filter { !$0.isWhitespace }
    }.joined()
  }
}
