import ArgumentParser
import CertifyReport
import Foundation

/// The ONNX files of a directory, each certified in a directory of its own.
struct ModelDirectory {
  /// In the order of their names, without the ending.
  let models: [(name: String, path: String)]

  /// `nil` when the path is no directory.
  ///
  /// - Throws: ``CommandError`` for a directory without models, or with names that cannot be directories.
  init?(_ path: String) throws {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue
    else {
      return nil
    }
    let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let names = files.filter { $0.hasSuffix(".onnx") && !$0.hasPrefix(".") }.sorted()
    guard !names.isEmpty else {
      throw CommandError(
        code: .fileNotFound, description: "\(path): it has no .onnx file; name a model or another directory")
    }
    models = names.map { name in
      (String(name.dropLast(5)), URL(fileURLWithPath: path).appendingPathComponent(name).path)
    }
  }
}

extension RunCommand {
  /// Certifies one model after the other and lays the results side by side.
  ///
  /// A model that fails is named and the others go on. The exit code is that of the worst: a contradiction,
  /// else a model that could not be certified, else a requirement that is not met.
  func runEach(of directory: ModelDirectory) throws {
    var entries: [ModelsReport.Entry] = []
    var statuses: Set<Int32> = []
    for (name, path) in directory.models {
      var one = self
      one.model = path
      one.out = URL(fileURLWithPath: out).appendingPathComponent(name).path
      var problem: String?
      do {
        if !common.quiet { Terminal.standardError("\(name):") }
        try one.run()
      } catch let exit as ExitCode {
        statuses.insert(exit.rawValue)
        if exit.rawValue > 128 { throw exit }
        if ![2, 3].contains(exit.rawValue) { problem = "ended with exit code \(exit.rawValue), see above" }
      }
      let file = problem == nil ? try? readResults(in: one.out) : nil
      entries.append(ModelsReport.Entry(name: name, file: file, problem: problem))
    }
    let table = ModelsReport(entries).file
    try OutputDirectory(path: out).write([table])
    Terminal.standardOutput(table.text)
    for status in [3, 1, 66, 65, 64, 2] as [Int32] where statuses.contains(status) { throw ExitCode(status) }
  }
}
