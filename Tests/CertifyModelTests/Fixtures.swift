import Foundation

@testable import CertifyData
@testable import CertifyModel

/// The files of `fixtures/`.
enum Fixtures {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("fixtures")

  /// The names of the models in a folder of `fixtures/models`, without the extension.
  static func models(in folder: String) -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: path("models/\(folder)"))) ?? []
    return files.filter { $0.hasSuffix(".onnx") }.map { String($0.dropLast(5)) }.sorted()
  }

  static func path(_ relative: String) -> String { root.appendingPathComponent(relative).path }

  /// The arrays of a reference file as double-precision numbers.
  static func golden(_ relative: String) throws -> [String: (shape: [Int], elements: [Double])] {
    let bytes = try [UInt8](Data(contentsOf: root.appendingPathComponent(relative)))
    let archive = try ZipArchive(bytes, path: relative)
    var arrays: [String: (shape: [Int], elements: [Double])] = [:]
    for entry in archive.entries {
      let array = try NpyFile.read(archive.read(entry), source: entry.name)
      guard case .floats(let elements) = array.elements else { continue }
      arrays[String(entry.name.dropLast(4))] = (array.shape, elements.map(Double.init))
    }
    return arrays
  }
}

/// The largest difference, relative to the largest expected magnitude.
func relativeError(_ found: [Double], _ expected: [Double]) -> Double {
  guard found.count == expected.count else { return .infinity }
  let scale = max(expected.map(abs).max() ?? 0, 1e-30)
  return zip(found, expected).map { abs($0 - $1) }.reduce(0) { $1.isNaN ? .infinity : max($0, $1) } / scale
}
