import Foundation
import _CertifyTestSupport

@testable import CertifyData
@testable import CertifyModel

/// One case of the operators' official conformance suite: a model, its inputs and its outputs.
struct ConformanceCase: Sendable {
  /// The operator that the case is about; `Model` for a model of several.
  let operatorName: String
  let name: String
  /// The difference allowed, relative to the expected number and absolute.
  let relativeTolerance: Double
  let absoluteTolerance: Double
  /// A serialised model.
  let model: Data
  /// A serialised graph whose initialisers are the inputs and the expected outputs.
  let data: Data
}

extension ConformanceCase {
  /// Every case of `fixtures/conformance/cases.zip`, in its order.
  static func all() throws -> [ConformanceCase] {
    let path = Fixtures.path("conformance/cases.zip")
    let archive = try ZipArchive([UInt8](Data(contentsOf: URL(fileURLWithPath: path))), path: path)
    var contents: [String: [UInt8]] = [:]
    for entry in archive.entries { contents[entry.name] = try archive.read(entry) }
    let index = String(decoding: contents["index.csv"] ?? [], as: UTF8.self)
    var readers = contents.mapValues { ByteReader($0, source: path) }
    return try index.split(separator: "\n").dropFirst().map { line in
      let fields = line.split(separator: ",").map(String.init)
      guard fields.count == 8, let relative = Double(fields[4]), let absolute = Double(fields[5]),
        let modelSize = Int(fields[6]), let dataSize = Int(fields[7]), var reader = readers[fields[0]]
      else { throw CocoaError(.fileReadCorruptFile) }
      let model = Data(try reader.take(modelSize))
      let data = Data(try reader.take(dataSize))
      readers[fields[0]] = reader
      return ConformanceCase(
        operatorName: fields[0], name: fields[1], relativeTolerance: relative, absoluteTolerance: absolute,
        model: model, data: data)
    }
  }
}
