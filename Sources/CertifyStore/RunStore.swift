import CertifyResults
import Foundation
import GRDB

/// The record of a run as it grows: an SQLite file in the run's output directory, one transaction an input.
///
/// What a call has recorded survives the end of the process at any moment. One process writes to a directory at
/// a time; others may read meanwhile.
public final class RunStore: Sendable {
  /// The name of the file in the directory of a run.
  public static let fileName = "run.sqlite"

  /// The output directory of the run, which holds the file.
  public let directory: String
  /// What the store says of its run, as it was when the store was opened.
  public let run: StoredRun
  let path: String
  let queue: DatabaseQueue
  /// `nil` for a reader.
  private let lock: DirectoryLock?

  init(directory: String, queue: DatabaseQueue, lock: DirectoryLock?) throws {
    self.directory = directory
    self.queue = queue
    self.lock = lock
    let path = Self.path(directory)
    self.path = path
    run = try Self.translating(path) {
      try queue.read { db in
        // The process may have ended before the tables were made, or before they were filled.
        guard try db.tableExists("run"), let run = try Self.storedRun(db, path: path) else {
          throw StoreError.missing(path: path)
        }
        return run
      }
    }
  }

  /// What the store says of its run; `nil` before it says anything.
  static func storedRun(_ db: Database, path: String) throws -> StoredRun? {
    guard let row = try Row.fetchOne(db, sql: "SELECT * FROM run") else { return nil }
    guard row.value("checksum", Int64.self) == checksum(ofRun: row),
      let record = row.value("record", String.self), let hash = row.value("manifest_hash", String.self)
    else { throw StoreError.damaged(path: path, problem: "what it says of its run was changed") }
    let run = try decode(StoredRun.self, record, path: path)
    guard try ManifestIdentity(run.manifest).hash == hash else {
      throw StoreError.damaged(path: path, problem: "its manifest is not the one it was made with")
    }
    return run
  }

  /// Writes the checksum of what the store says of its run, after a change of it.
  static func seal(_ db: Database) throws {
    guard let row = try Row.fetchOne(db, sql: "SELECT * FROM run") else { return }
    try db.execute(sql: "UPDATE run SET checksum = ?", arguments: [checksum(ofRun: row)])
  }

  private static func checksum(ofRun row: Row) -> Int64 {
    let texts = ["manifest_hash", "record", "diagnosis", "verdict"].map { row.value($0, String.self) ?? "" }
    return Checksum.of(Array(texts.joined(separator: "\n").utf8))
  }

  /// Whether a directory has a store.
  public static func exists(in directory: String) -> Bool {
    FileManager.default.fileExists(atPath: path(directory))
  }

  /// The process that writes to a directory, 0 where the system does not tell which; `nil` when none does.
  public static func writer(of directory: String) -> Int32? { DirectoryLock.holder(directory: directory) }

  /// Ends the use of the store; a writer lets others write.
  public func close() {
    closeQueue()
    lock?.release()
  }

  private func closeQueue() {
    if lock != nil { Self.settle(queue) } else { try? queue.close() }
  }

  /// A writer leaves a single file behind, which can be read from a disk that cannot be written.
  static func settle(_ queue: DatabaseQueue) {
    try? queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
    try? queue.close()
  }

  /// Ends the use of the store, and removes it where no input was finished and nothing was reported.
  public func closeOrDiscard() {
    let results = URL(fileURLWithPath: directory).appendingPathComponent("results.json").path
    let isEmpty = (try? progress().done) == 0 && !FileManager.default.fileExists(atPath: results)
    closeQueue()
    if isEmpty { Self.remove(directory) }
    lock?.release()
  }

  static func path(_ directory: String) -> String {
    URL(fileURLWithPath: directory).appendingPathComponent(fileName).path
  }

  /// Removes the file and what SQLite keeps beside it.
  static func remove(_ directory: String) {
    for suffix in ["-wal", "-shm", "-journal", ""] {
      try? FileManager.default.removeItem(atPath: path(directory) + suffix)
    }
  }

  /// Passes on what `body` throws, SQLite's errors as ``StoreError``.
  static func translating<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as DatabaseError {
      throw StoreError(error, path: path)
    } catch is RowDecodingError {
      throw StoreError.damaged(path: path, problem: "a value is not of its column's type")
    }
  }

  /// A part of the record that the store keeps as JSON.
  static func decode<Value: Decodable>(_ type: Value.Type, _ json: String, path: String) throws -> Value {
    do {
      return try RecordJSON.decode(type, from: Data(json.utf8))
    } catch let error as ResultsFileError {
      throw StoreError.damaged(path: path, problem: "\(error)")
    }
  }
}

extension Row {
  /// A column's value; `nil` where it is NULL or, in a damaged file, of another type.
  func value<Value: DatabaseValueConvertible>(_ column: String, _ type: Value.Type) -> Value? {
    (self[column] as DatabaseValue?).flatMap(Value.fromDatabaseValue)
  }
}
