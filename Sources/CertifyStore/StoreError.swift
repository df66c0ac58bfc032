import Foundation
import GRDB

/// Why a store cannot be made, read or added to.
public enum StoreError: Error, Equatable, CustomStringConvertible {
  /// There is none.
  case missing(path: String)
  /// A run that must not be mixed with another is there already.
  case occupied(directory: String, done: Int, total: Int)
  /// Something that certify wrote before it had a store, or another program's file, is there.
  case foreign(path: String)
  /// Another process writes to the directory.
  case inUse(directory: String, process: Int32)
  /// Another program holds SQLite's lock of the file.
  case locked(path: String)
  /// It belongs to a run with other parameters.
  case otherRun(path: String, differences: [ManifestIdentity.Difference])
  /// It belongs to another part of the run.
  case otherShard(path: String, stored: String, asked: String)
  /// Two stores that are to be joined belong to different runs.
  case differentParts(String, String, differences: [ManifestIdentity.Difference])
  /// Two stores that are to be joined have an input in common.
  case overlap(String, String, index: Int)
  /// The whole is to be written over one of the stores that are to be joined.
  case wholeOverPart(String)
  /// A newer version of the program wrote it.
  case newerVersion(path: String)
  /// SQLite finds the file corrupt, or a checksum or the manifest does not agree with what it holds.
  case damaged(path: String, problem: String)
  /// A write failed: the disk is full, or a quota or the limit of a file's size is reached.
  case full(path: String)
  /// The file or its directory cannot be opened or written, for want of permission as a rule.
  case unwritable(path: String, problem: String)
  /// The file cannot be opened for reading.
  case unreadable(path: String)
  /// SQLite failed in another way; `problem` is its message.
  case failed(path: String, problem: String)

  public var description: String {
    switch self {
    case .missing(let path):
      "\(path): there is no store of a run; name the directory that `certify run` was given as --out"
    case .occupied(let directory, let done, let total):
      "\(directory): it holds a run, \(done) of \(total) inputs; go on with it by --resume, "
        + "replace it by --overwrite, or name another directory"
    case .foreign(let path):
      "\(path): it is not the store of a run; replace it by --overwrite, or name another directory"
    case .inUse(let directory, let process):
      "\(directory): another run writes to it\(process > 0 ? " (process \(process))" : ""); "
        + "wait for its end, or name another directory"
    case .locked(let path):
      "\(path): another program has locked it; close that program and go on with --resume"
    case .otherRun(let path, let differences):
      "\(path): it belongs to another run: \(Self.list(differences, "there", "here")); use the same parameters, "
        + "or name another directory"
    case .otherShard(let path, let stored, let asked):
      "\(path): it belongs to \(stored), and \(asked) was asked for; each shard needs a directory of its own"
    case .differentParts(let first, let second, let differences):
      "\(first) and \(second) are not parts of one run: "
        + (differences.isEmpty
          ? "they select other inputs" : Self.list(differences, "in the first", "in the second"))
        + "; merge shards that were made with the same parameters, program and kind of machine"
    case .overlap(let first, let second, let index):
      "\(first) and \(second) both hold a result of input \(index); name each shard once"
    case .wholeOverPart(let directory):
      "\(directory): it is one of the shards that are to be joined; name another directory for the whole"
    case .newerVersion(let path):
      "\(path): a newer version of certify wrote it; read it with that version"
    case .damaged(let path, let problem):
      "\(path): the store is damaged (\(problem)); restore the file from a copy, or start again by --overwrite"
    case .full(let path):
      "\(path): cannot be written, the disk or a quota is full; what was finished is kept: "
        + "free space and go on with --resume"
    case .unwritable(let path, let problem):
      "\(path): cannot be written (\(problem)); check the permissions of the directory and of the file"
    case .unreadable(let path):
      "\(path): cannot be read; check the permissions of the file"
    case .failed(let path, let problem):
      "\(path): \(problem); what was finished is kept: go on with --resume"
    }
  }

  /// The first few differences, and how many there are besides.
  private static func list(
    _ differences: [ManifestIdentity.Difference], _ first: String, _ second: String
  ) -> String {
    let shown = differences.prefix(5).map { $0.text(first, second) }.joined(separator: "; ")
    return differences.count > 5 ? "\(shown); and \(differences.count - 5) more" : shown
  }

  /// What SQLite's error means for whoever runs certify.
  init(_ error: DatabaseError, path: String) {
    let message = error.message ?? "SQLite error \(error.resultCode.rawValue)"
    switch error.resultCode {
    case .SQLITE_FULL: self = .full(path: path)
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .locked(path: path)
    case .SQLITE_NOTADB: self = .foreign(path: path)
    case .SQLITE_CORRUPT, .SQLITE_FORMAT: self = .damaged(path: path, problem: message)
    case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN, .SQLITE_AUTH:
      self = .unwritable(path: path, problem: message)
    case .SQLITE_IOERR where Self.isWriting(error.extendedResultCode): self = .full(path: path)
    default: self = .failed(path: path, problem: message)
    }
  }

  /// Whether a write failed, as it does beyond a limit of the file's size.
  private static func isWriting(_ code: ResultCode) -> Bool {
    [.SQLITE_IOERR_WRITE, .SQLITE_IOERR_FSYNC, .SQLITE_IOERR_TRUNCATE, .SQLITE_IOERR_SHMSIZE].contains(code)
  }
}
