import CertifyResults
import Foundation
import GRDB

extension RunStore {
  /// Makes the store of a whole run from those of its parts.
  ///
  /// - Parameters:
  ///   - parts: Readers, at least one; every row is checked on its way.
  ///   - directory: Where the store of the whole run is made.
  ///   - run: The whole run.
  ///   - existing: What becomes of a run that is there already.
  /// - Throws: ``StoreError``: a part in `directory`, which it would be lost from, parts of different runs, inputs that
  ///   two parts have finished, a damaged row.
  public convenience init(
    merging parts: [RunStore], into directory: String, run: StoredRun, existing: Existing
  ) throws {
    if let part = parts.first(where: { Self.place($0.directory) == Self.place(directory) }) {
      throw StoreError.wholeOverPart(part.directory)
    }
    try Self.checkTogether(parts)
    try self.init(writingTo: directory, run: run, existing: existing)
    do {
      for part in parts { try copy(part) }
    } catch {
      closeOrDiscard()
      throw error
    }
  }

  /// Where the path of a directory leads.
  private static func place(_ directory: String) -> String {
    URL(fileURLWithPath: directory).resolvingSymlinksInPath().standardizedFileURL.path
  }

  private static func checkTogether(_ parts: [RunStore]) throws {
    guard let first = parts.first else { return }
    let identity = try ManifestIdentity(first.run.manifest)
    var owners: [Int: RunStore] = [:]
    for part in parts {
      let differences = try identity.differences(from: ManifestIdentity(part.run.manifest))
      guard differences.isEmpty, part.run.indices == first.run.indices else {
        throw StoreError.differentParts(first.directory, part.directory, differences: differences)
      }
      for position in try part.finishedPositions() {
        if let owner = owners.updateValue(part, forKey: position) {
          throw StoreError.overlap(owner.directory, part.directory, index: first.run.indices[position])
        }
      }
    }
  }

  /// Copies the finished inputs of a part, all in one transaction.
  private func copy(_ part: RunStore) throws {
    let rows = try part.finishedPositions().compactMap { position in
      try part.row(at: position).map { (position, $0, try part.witnesses(at: position)) }
    }
    try Self.translating(path) {
      try queue.write { db in
        for (position, row, witnesses) in rows {
          try write(row.result, witnesses, at: position, row.span, db)
        }
      }
    }
  }
}
