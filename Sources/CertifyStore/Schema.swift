import GRDB

/// The tables of a store, in the versions that they went through.
enum Schema {
  /// What SQLite files of this program say of themselves: `crtf`.
  static let applicationID = 0x6372_7466

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 run and inputs") { db in
      try db.execute(
        sql: """
          PRAGMA application_id = \(applicationID);
          CREATE TABLE run (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            manifest_hash TEXT NOT NULL,
            record TEXT NOT NULL,
            diagnosis TEXT,
            verdict TEXT,
            checksum INTEGER NOT NULL DEFAULT 0
          ) STRICT;
          -- One row an input, there from the start; the rest is NULL until the input is finished.
          CREATE TABLE input (
            position INTEGER PRIMARY KEY,
            data_index INTEGER NOT NULL UNIQUE,
            result TEXT,
            failed INTEGER,
            started REAL,
            finished REAL,
            checksum INTEGER
          ) STRICT;
          """)
    }
    migrator.registerMigration("2 witnesses and sessions") { db in
      try db.execute(
        sql: """
          CREATE TABLE witness (
            position INTEGER NOT NULL REFERENCES input (position),
            -- The bracket's place in the result.
            bracket INTEGER NOT NULL,
            point BLOB NOT NULL,
            checksum INTEGER NOT NULL,
            PRIMARY KEY (position, bracket)
          ) STRICT, WITHOUT ROWID;
          ALTER TABLE run ADD COLUMN session_started REAL;
          """)
    }
    return migrator
  }

  /// Whether the tables were about to be made when the process ended.
  static func isBegun(_ db: Database) throws -> Bool {
    try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE type = 'table'") == ["grdb_migrations"]
  }
}
