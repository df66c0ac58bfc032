import CertifyResults
import Foundation
import GRDB

extension RunStore {
  /// What to do where a directory holds a run already.
  public enum Existing: Sendable {
    /// Leave it alone.
    case refuse
    /// Go on with it.
    case resume
    /// Remove it and start again.
    case overwrite
  }

  /// Opens the store of a run for writing, and makes it where there is none or no input was finished in it.
  ///
  /// - Parameters:
  ///   - directory: The output directory of the run.
  ///   - run: What the run is asked for.
  ///   - existing: What becomes of a run that is there already.
  /// - Throws: ``StoreError``.
  public convenience init(writingTo directory: String, run: StoredRun, existing: Existing) throws {
    let lock = try DirectoryLock(directory: directory)
    do {
      let queue = try Self.prepare(directory, run, existing)
      try self.init(directory: directory, queue: queue, lock: lock)
    } catch {
      lock.release()
      throw error
    }
  }

  /// Opens a store for reading; a run may be writing to it.
  ///
  /// No file is changed: of a store that an older version wrote, a copy in memory gets the tables of now. Only what a
  /// writer that was killed left half written is undone first, which SQLite needs to read at all.
  ///
  /// - Throws: ``StoreError``.
  public convenience init(reading directory: String) throws {
    let path = Self.path(directory)
    guard Self.exists(in: directory) else { throw StoreError.missing(path: path) }
    try Self.checkHeader(path)
    let queue = try Self.translating(path) {
      do {
        return try Self.openForReading(path)
      } catch let error as DatabaseError where error.resultCode == .SQLITE_READONLY {
        let queue = try DatabaseQueue(path: path, configuration: Self.configuration())
        try Self.checkOwner(queue, path: path)
        try queue.close()
        return try Self.openForReading(path)
      }
    }
    try self.init(directory: directory, queue: queue, lock: nil)
  }

  private static func openForReading(_ path: String) throws -> DatabaseQueue {
    var configuration = configuration()
    configuration.readonly = true
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    try checkOwner(queue, path: path)
    return try current(queue)
  }

  private static func current(_ queue: DatabaseQueue) throws -> DatabaseQueue {
    guard try !queue.read({ try Schema.migrator.hasCompletedMigrations($0) }) else { return queue }
    let copy = try DatabaseQueue()
    try queue.backup(to: copy)
    try queue.close()
    try Schema.migrator.migrate(copy)
    return copy
  }

  private static func prepare(
    _ directory: String, _ run: StoredRun, _ existing: Existing
  ) throws -> DatabaseQueue {
    let path = path(directory)
    if existing == .overwrite { remove(directory) }
    if exists(in: directory) { try checkHeader(path) }
    return try translating(path) {
      var configuration = configuration()
      configuration.journalMode = .wal
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      // A result that was recorded survives a loss of power too.
      try queue.inDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
      do {
        try checkOwner(queue, path: path)
        // Before its tables are brought up to date: one that is refused stays as the version that wrote it reads it.
        try queue.read { db in
          try checkPages(db, path: path)
          try checkAdmission(db, directory, run, existing)
        }
        try Schema.migrator.migrate(queue)
        try queue.write { db in
          if try progress(db).done == 0 { try insert(db, run) } else { try rename(db, run, path: path) }
          try db.execute(
            sql: "UPDATE run SET session_started = ?", arguments: [Date().timeIntervalSince1970])
        }
      } catch {
        settle(queue)
        throw error
      }
      return queue
    }
  }

  private static func configuration() -> Configuration {
    var configuration = Configuration()
    // Readers hold the file for moments; a lock that lasts is another program's.
    configuration.busyMode = .timeout(10)
    return configuration
  }

  /// SQLite would make a new database of an empty file, and of one that was cut off at its start.
  private static func checkHeader(_ path: String) throws {
    let file = FileHandle(forReadingAtPath: path)
    defer { try? file?.close() }
    guard let file else { throw StoreError.unreadable(path: path) }
    let start = (try? file.read(upToCount: 16)) ?? Data()
    if start.isEmpty {
      // The process may have ended before anything was written; with results there was something.
      let results = URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent(
        "results.json")
      guard FileManager.default.fileExists(atPath: results.path) else { return }
      throw StoreError.damaged(path: path, problem: "the file is empty")
    }
    guard start == Data("SQLite format 3\0".utf8) else { throw StoreError.foreign(path: path) }
  }

  private static func checkOwner(_ queue: DatabaseQueue, path: String) throws {
    try queue.read { db in
      let tables = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM sqlite_master") ?? 0
      guard tables > 0 else { return }
      let owner = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
      let isBegun = try Schema.isBegun(db)
      guard owner == Schema.applicationID || (owner == 0 && isBegun) else {
        throw StoreError.foreign(path: path)
      }
      guard try !Schema.migrator.hasBeenSuperseded(db) else { throw StoreError.newerVersion(path: path) }
    }
  }

  /// Has SQLite check the file's pages.
  static func checkPages(_ db: Database, path: String) throws {
    let problems = try String.fetchAll(db, sql: "PRAGMA quick_check(1)")
    guard problems == ["ok"] else {
      throw StoreError.damaged(path: path, problem: problems.first ?? "it cannot be checked")
    }
  }

  private static func insert(_ db: Database, _ run: StoredRun) throws {
    try db.execute(sql: "DELETE FROM run; DELETE FROM witness; DELETE FROM input")
    try db.execute(
      sql: "INSERT INTO run (id, manifest_hash, record) VALUES (1, ?, ?)",
      arguments: [try ManifestIdentity(run.manifest).hash, try RecordJSON.encode(run)])
    let statement = try db.makeStatement(sql: "INSERT INTO input (position, data_index) VALUES (?, ?)")
    try seal(db)
    for position in run.positions { try statement.execute(arguments: [position, run.indices[position]]) }
  }

  /// Checks that a run may write to what is there: nothing that was finished, or its own.
  private static func checkAdmission(
    _ db: Database, _ directory: String, _ run: StoredRun, _ existing: Existing
  ) throws {
    guard try db.tableExists("input") else { return }
    let progress = try progress(db)
    guard progress.done > 0 else { return }
    guard existing == .resume else {
      throw StoreError.occupied(directory: directory, done: progress.done, total: progress.total)
    }
    let path = path(directory)
    let stored = try namedRun(db, path: path)
    let differences = try ManifestIdentity(stored.manifest).differences(
      from: ManifestIdentity(run.manifest))
    guard differences.isEmpty else { throw StoreError.otherRun(path: path, differences: differences) }
    guard stored.shard == run.shard else {
      throw StoreError.otherShard(path: path, stored: stored.part, asked: run.part)
    }
  }

  private static func namedRun(_ db: Database, path: String) throws -> StoredRun {
    guard let stored = try storedRun(db, path: path) else {
      throw StoreError.damaged(path: path, problem: "it does not name its run")
    }
    return stored
  }

  /// Names of classes that are given now replace the stored ones.
  private static func rename(_ db: Database, _ run: StoredRun, path: String) throws {
    var stored = try namedRun(db, path: path)
    guard let names = run.classNames, names != stored.classNames else { return }
    stored.classNames = names
    try db.execute(sql: "UPDATE run SET record = ?", arguments: [try RecordJSON.encode(stored)])
    try seal(db)
  }
}
