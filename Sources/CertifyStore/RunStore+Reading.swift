import CZlib
import CertifyResults
import Foundation
import GRDB

extension RunStore {
  /// The positions without a result, and those that could not be evaluated, in ascending order.
  ///
  /// - Throws: ``StoreError``.
  public func pendingPositions() throws -> [Int] {
    try positions(where: "result IS NULL OR failed = 1")
  }

  /// The data's indices of the inputs that nobody has finished.
  ///
  /// - Throws: ``StoreError``.
  public func gaps() throws -> [Int] { try positions(where: "result IS NULL").map { run.indices[$0] } }

  /// The positions with a result, in ascending order.
  func finishedPositions() throws -> [Int] { try positions(where: "result IS NOT NULL") }

  private func positions(where condition: String) throws -> [Int] {
    try reading { db in
      let positions = try Int.fetchAll(
        db, sql: "SELECT position FROM input WHERE \(condition) ORDER BY position")
      guard positions.allSatisfy(run.indices.indices.contains) else { throw wrongInputs }
      return positions
    }
  }

  /// What is recorded, as `results.json` says it.
  ///
  /// - Throws: ``StoreError``; a row that was changed after it was written is found by its checksum.
  public func results() throws -> RunResults {
    try reading { db in
      try Self.checkPages(db, path: path)
      var inputs: [InputResult] = []
      var positions: [Int] = []
      // By the table itself: an index may be damaged alone.
      let rows = try Row.fetchCursor(
        db, sql: "SELECT position, data_index, result, checksum FROM input NOT INDEXED ORDER BY position")
      while let row = try rows.next() {
        positions.append(row.value("position", Int.self) ?? -1)
        if let input = try input(row) { inputs.append(input) }
      }
      guard positions == run.positions else { throw wrongInputs }
      let diagnosis = try String.fetchOne(db, sql: "SELECT diagnosis FROM run")
      return RunResults(
        manifest: run.manifest, inputs: inputs, interrupted: inputs.count < positions.count,
        diagnosis: try diagnosis.map { try Self.decode(GradientDiagnosis.self, $0, path: path) },
        classNames: run.classNames, shard: run.shard)
    }
  }

  /// The result of the input with this index in the data, and its position; `nil` when it is not finished.
  ///
  /// - Throws: As ``results()``.
  public func result(of index: Int) throws -> (result: InputResult, position: Int)? {
    guard let position = run.indices.firstIndex(of: index) else { return nil }
    return try row(at: position).map { ($0.result, position) }
  }

  /// The result at a position, and when it was found; `nil` when it is not finished.
  func row(at position: Int) throws -> (result: InputResult, span: Span)? {
    try reading { db in
      let row = try Row.fetchOne(db, sql: "SELECT * FROM input WHERE position = ?", arguments: [position])
      guard let row, let result = try input(row) else { return nil }
      let span = Span(
        started: row.value("started", Double.self) ?? 0, finished: row.value("finished", Double.self) ?? 0)
      return (result, span)
    }
  }

  /// How far the run is.
  ///
  /// - Throws: ``StoreError``.
  public func progress() throws -> StoreProgress { try reading { try Self.progress($0) } }

  static func progress(_ db: Database) throws -> StoreProgress {
    let row = try Row.fetchOne(
      db,
      sql: """
        SELECT COUNT(*) AS total, COUNT(result) AS done, COALESCE(SUM(failed), 0) AS failed FROM input
        """)
    return StoreProgress(
      total: row?.value("total", Int.self) ?? 0, done: row?.value("done", Int.self) ?? 0,
      failed: row?.value("failed", Int.self) ?? 0)
  }

  /// When the inputs that were finished since the store was last opened for writing were evaluated.
  ///
  /// - Throws: ``StoreError``.
  public func session() throws -> [Span] {
    try reading { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT started, finished FROM input WHERE started >= (SELECT session_started FROM run) ORDER BY finished
          """)
      return rows.compactMap { row in
        guard let started = row.value("started", Double.self),
          let finished = row.value("finished", Double.self)
        else { return nil }
        return Span(started: started, finished: finished)
      }
    }
  }

  /// The inputs that could not be evaluated, at most `limit`.
  ///
  /// - Throws: As ``results()``.
  public func failures(limit: Int) throws -> [InputResult] {
    try reading { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM input WHERE failed = 1 ORDER BY position LIMIT ?", arguments: [limit]
      ).compactMap { try input($0) }
    }
  }

  /// The verdict on the finished run, where it was judged.
  ///
  /// - Throws: ``StoreError``.
  public func verdict() throws -> Verdict? {
    try reading { db in
      let json = try String.fetchOne(db, sql: "SELECT verdict FROM run")
      return try json.map { try Self.decode(Verdict.self, $0, path: path) }
    }
  }

  func reading<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try Self.translating(path) { try queue.read(body) }
  }

  private var wrongInputs: StoreError { .damaged(path: path, problem: "it has not the inputs of its run") }

  private func input(_ row: Row) throws -> InputResult? {
    guard let json = row.value("result", String.self) else { return nil }
    let index = row.value("data_index", Int.self)
    guard row.value("checksum", Int64.self) == Checksum.of(Array(json.utf8)),
      let result = try? RecordJSON.decode(InputResult.self, from: Data(json.utf8)), result.index == index
    else {
      let name = index.map { "input \($0)" } ?? "an input"
      throw StoreError.damaged(path: path, problem: "the result of \(name) was changed")
    }
    return result
  }
}

/// The checksum by which a row's damage shows: CRC-32.
enum Checksum {
  static func of(_ bytes: [UInt8]) -> Int64 {
    bytes.withUnsafeBufferPointer { Int64(crc32_z(0, $0.baseAddress, $0.count)) }
  }
}
