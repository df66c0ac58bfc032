import CZlib
import CertifyResults
import Foundation
import GRDB

extension RunStore {
  /// The points behind an input's upper bounds, d numbers each, by the positions of the brackets.
  ///
  /// - Throws: ``StoreError``; a point that was changed after it was written is found by its checksum.
  public func witnesses(at position: Int) throws -> [Int: [Float]] {
    let dimension = try inputDimension()
    return try reading { db in
      let rows = try Row.fetchAll(
        db, sql: "SELECT bracket, point, checksum FROM witness WHERE position = ?", arguments: [position])
      return try rows.reduce(into: [:]) { witnesses, row in
        guard let bracket = row.value("bracket", Int.self), let packed = row.value("point", Data.self),
          row.value("checksum", Int64.self) == Checksum.of(Array(packed)),
          let point = PackedFloats.unpack(Array(packed), count: dimension)
        else {
          throw StoreError.damaged(
            path: path, problem: "a witness of input \(run.indices[position]) was changed")
        }
        witnesses[bracket] = point
      }
    }
  }

  private func inputDimension() throws -> Int {
    try run.manifest.inputShape.reduce(1) { product, extent in
      let (product, overflow) = product.multipliedReportingOverflow(by: extent)
      guard !overflow, extent > 0 else {
        throw StoreError.damaged(path: path, problem: "its manifest names an impossible input shape")
      }
      return product
    }
  }

  /// Writes witnesses within the transaction of their input's result.
  func write(_ witnesses: [Int: [Float]], at position: Int, _ db: Database) throws {
    try db.execute(sql: "DELETE FROM witness WHERE position = ?", arguments: [position])
    for (bracket, point) in witnesses {
      let packed = try PackedFloats.pack(point)
      try db.execute(
        sql: "INSERT INTO witness (position, bracket, point, checksum) VALUES (?, ?, ?, ?)",
        arguments: [position, bracket, Data(packed), Checksum.of(packed)])
    }
  }
}

/// Numbers of 32 bits, compressed by zlib: the first bytes of all, then the second ones, and so on, which makes
/// numbers of like size compress well.
enum PackedFloats {
  static func pack(_ values: [Float]) throws -> [UInt8] {
    var planes = [UInt8](repeating: 0, count: 4 * values.count)
    for (i, value) in values.enumerated() {
      for plane in 0..<4 {
        planes[plane * values.count + i] = UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32(plane)))
      }
    }
    var length = compressBound(uLong(planes.count))
    var packed = [UInt8](repeating: 0, count: Int(length))
    guard compress2(&packed, &length, planes, uLong(planes.count), Z_BEST_COMPRESSION) == Z_OK else {
      throw CompressionError()
    }
    return Array(packed.prefix(Int(length)))
  }

  /// The `count` numbers that were packed, or `nil` when these bytes are not so many packed numbers.
  static func unpack(_ packed: [UInt8], count: Int) -> [Float]? {
    let (size, overflow) = count.multipliedReportingOverflow(by: 4)
    // zlib never does better than 1032 to 1: no more memory than the bytes can fill.
    guard !overflow, count >= 0, size / 1032 <= packed.count + 64 else { return nil }
    var planes = [UInt8](repeating: 0, count: size)
    var length = uLong(size)
    guard uncompress(&planes, &length, packed, uLong(packed.count)) == Z_OK, Int(length) == size else {
      return nil
    }
    return (0..<count).map { i in
      Float(
        bitPattern: (0..<4).reduce(0) { bits, plane in
          bits | UInt32(planes[plane * count + i]) << (8 * UInt32(plane))
        })
    }
  }
}

/// zlib had no memory.
struct CompressionError: Error, CustomStringConvertible {
  var description: String { "a witness could not be compressed; free memory and go on with --resume" }
}
