import CertifyResults
import Foundation
import GRDB

extension RunStore {
  /// Keeps the result of an input and its witnesses, in a transaction of its own; safe from any thread.
  ///
  /// - Parameters:
  ///   - result: The brackets of the input, or why it could not be evaluated.
  ///   - witnesses: The points behind its upper bounds, by the positions of the brackets.
  ///   - position: The input's position in the run's selection.
  ///   - seconds: How long it took.
  /// - Throws: ``StoreError``.
  public func record(
    _ result: InputResult, witnesses: [Int: [Float]], at position: Int, seconds: Double
  ) throws {
    let finished = Date().timeIntervalSince1970
    try Self.translating(path) {
      try queue.write {
        try write(
          result, witnesses, at: position, Span(started: finished - seconds, finished: finished), $0)
      }
    }
  }

  /// When an input was evaluated, in seconds since 1970.
  public struct Span: Sendable, Equatable {
    /// When the evaluation began.
    public var started: Double
    /// When its result was handed over to be kept.
    public var finished: Double
  }

  /// Writes an input's row and its witnesses, within a transaction.
  func write(
    _ result: InputResult, _ witnesses: [Int: [Float]], at position: Int, _ span: Span, _ db: Database
  ) throws {
    let json = try RecordJSON.encode(result)
    try db.execute(
      sql: """
        UPDATE input SET result = ?, failed = ?, started = ?, finished = ?, checksum = ?
        WHERE position = ? AND data_index = ?
        """,
      arguments: [
        json, result.error != nil, span.started, span.finished, Checksum.of(Array(json.utf8)), position,
        result.index,
      ])
    guard db.changesCount == 1 else {
      throw StoreError.damaged(path: path, problem: "it has no place for input \(result.index)")
    }
    try write(witnesses, at: position, db)
  }

  /// Keeps what is known only when every input is finished.
  ///
  /// - Parameters:
  ///   - diagnosis: Whether gradients can be relied on; `nil` where none were followed.
  ///   - verdict: What the gate says; `nil` before it was asked.
  /// - Throws: ``StoreError``.
  public func finish(diagnosis: GradientDiagnosis?, verdict: Verdict?) throws {
    try Self.translating(path) {
      try queue.write { db in
        try db.execute(
          sql: "UPDATE run SET diagnosis = ?, verdict = ?",
          arguments: [
            try diagnosis.map { try RecordJSON.encode($0) }, try verdict.map { try RecordJSON.encode($0) },
          ])
        try Self.seal(db)
      }
    }
  }
}
