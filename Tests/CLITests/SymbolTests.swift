import Foundation
import Testing
import _CertifyTestSupport

/// The libraries' documentation: nothing public without words, and a catalog that DocC builds.
///
/// Types, functions, operators, properties, cases and initialisers are documented each; only initialisers
/// that do no more than store properties speak for themselves.
@Suite struct SymbolTests {
  /// Every library has a catalog of its name.
  static let libraries: [String] = {
    let sources = Fixtures.package.appendingPathComponent("Sources")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: sources.path)) ?? []
    return names.filter { name in
      let catalog = sources.appendingPathComponent("\(name)/\(name).docc").path
      return FileManager.default.fileExists(atPath: catalog)
    }.sorted()
  }()

  private static let modules = Certify.products.appendingPathComponent("Modules")
  private static let canExtract =
    FileManager.default.fileExists(atPath: modules.path) && tool("swift-symbolgraph-extract") != nil

  /// A tool on the path.
  private static func tool(_ name: String) -> URL? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .map { URL(fileURLWithPath: String($0)).appendingPathComponent(name) }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }

  @Test func everyLibraryHasACatalog() throws {
    let sources = Fixtures.package.appendingPathComponent("Sources").path
    let modules = try FileManager.default.contentsOfDirectory(atPath: sources)
      .filter { $0.hasPrefix("Certify") && $0 != "CertifyKernels" }
    #expect(Set(modules) == Set(Self.libraries))
  }

  @Test(.enabled(if: canExtract, "the toolchain has no swift-symbolgraph-extract"), arguments: libraries)
  func publicSymbolsAreDocumented(library: String) throws {
    let place = try Workplace()
    let graph = try #require(try Self.symbols(of: library, in: place))
    let symbols = try #require(graph["symbols"] as? [[String: Any]])
    let inherited = Set(
      (graph["relationships"] as? [[String: Any]] ?? [])
        .filter { $0["sourceOrigin"] != nil }.compactMap { $0["source"] as? String })
    var members: [String: Set<String>] = [:]
    for path in symbols.compactMap({ $0["pathComponents"] as? [String] }) {
      members[path.dropLast().joined(separator: "."), default: []].insert(path.last ?? "")
    }
    let missing = symbols.filter { symbol in
      guard symbol["docComment"] == nil, let path = symbol["pathComponents"] as? [String],
        let identifier = (symbol["identifier"] as? [String: Any])?["precise"] as? String,
        let kind = (symbol["kind"] as? [String: Any])?["identifier"] as? String,
        !inherited.contains(identifier), !identifier.contains("::SYNTHESIZED::")
      else { return false }
      let labels = (path.last ?? "").matches(of: /(\w+):/).map { String($0.1) }
      return kind != "swift.init"
        || !members[path.dropLast().joined(separator: "."), default: []].isSuperset(of: labels)
    }
    let names = missing.compactMap { ($0["pathComponents"] as? [String])?.joined(separator: ".") }
    #expect(names == [], "document these in \(library)")
    #expect(symbols.count > 20)
  }

  /// A comment that lists parameters lists all of them; another one names each, where there are more than one.
  @Test(.enabled(if: canExtract, "the toolchain has no swift-symbolgraph-extract"), arguments: libraries)
  func commentsNameEveryParameter(library: String) throws {
    let place = try Workplace()
    let graph = try #require(try Self.symbols(of: library, in: place))
    let symbols = try #require(graph["symbols"] as? [[String: Any]])
    let incomplete = symbols.compactMap { symbol -> String? in
      guard let comment = (symbol["docComment"] as? [String: Any])?["lines"] as? [[String: Any]],
        let signature = symbol["functionSignature"] as? [String: Any],
        let parameters = signature["parameters"] as? [[String: Any]],
        // The sides of an operator have no names.
        ((symbol["kind"] as? [String: Any])?["identifier"] as? String) != "swift.func.op",
        // Words that come with a requirement, or with the standard library.
        (symbol["docComment"] as? [String: Any])?["module"] as? String == library
      else { return nil }
      let words = comment.compactMap { $0["text"] as? String }.joined(separator: "\n")
      let names = parameters.compactMap { ($0["internalName"] ?? $0["name"]) as? String }
      let missing = Self.missing(names, in: words)
      let path = (symbol["pathComponents"] as? [String] ?? []).joined(separator: ".")
      return missing.isEmpty ? nil : "\(path): \(missing.joined(separator: ", "))"
    }
    #expect(incomplete == [], "say in \(library) what these parameters are")
  }

  @Test(arguments: [
    ("Adds.\n\n- Parameter a: One.", ["a", "b"], ["b"]),
    ("Adds.\n\n- Parameters:\n  - a: One.\n  - b: Two.", ["a", "b"], []),
    ("Adds `a` and another.", ["a", "b"], ["b"]), ("Adds a to b.", ["a", "b"], []),
    ("Reads it.", ["path"], []),
    ("Bets against `threshold`s.", ["threshold", "hits"], ["hits"]),
  ])
  func aParameterWithoutWordsIsFound(comment: String, names: [String], missing: [String]) {
    #expect(Self.missing(names, in: comment) == missing)
  }

  /// The parameters that a comment ought to name and does not.
  private static func missing(_ names: [String], in comment: String) -> [String] {
    if comment.contains("- Parameter") {
      return names.filter { name in
        !comment.contains("- Parameter \(name):") && !comment.contains("  - \(name):")
      }
    }
    guard names.count > 1 else { return [] }
    let words = Set(comment.matches(of: /\w+/).map { String($0.0) })
    return names.filter { !words.contains($0) }
  }

  /// Words that name parameters or symbols that do not exist, and catalogs that link to nothing.
  @Test(
    .enabled(if: canExtract && tool("docc") != nil, "the toolchain has no docc"),
    .enabled(
      if: ProcessInfo.processInfo.environment["CERTIFY_LONG_TESTS"] != nil, "CERTIFY_LONG_TESTS is not set"),
    arguments: libraries)
  func catalogsBuildWithoutWarnings(library: String) throws {
    let place = try Workplace()
    _ = try Self.symbols(of: library, in: place)
    let docc = try #require(Self.tool("docc"))
    let answer = try RunningProcess(
      docc,
      [
        "convert", Fixtures.package.appendingPathComponent("Sources/\(library)/\(library).docc").path,
        "--fallback-display-name", library, "--fallback-bundle-identifier", library,
        "--additional-symbol-graph-dir", place.url.path, "--output-path", place.path("out"),
      ]
    ).answer(within: 120)
    let said = (answer.output + answer.errors).split(separator: "\n").filter {
      $0.hasPrefix("warning:") || $0.hasPrefix("error:")
    }
    // Parameters that a function's summary makes plain are not listed again.
    #expect(said.filter { !$0.hasSuffix("is missing documentation") } == [])
    #expect(answer.status == 0)
  }

  /// The library's symbol graph, read from the built module.
  private static func symbols(of library: String, in place: Workplace) throws -> [String: Any]? {
    guard let extract = tool("swift-symbolgraph-extract") else { return nil }
    let sources = Fixtures.package.appendingPathComponent("Sources")
    let checkouts = Fixtures.package.appendingPathComponent(".build/checkouts")
    var arguments = [
      "-module-name", library, "-target", try target(), "-output-dir", place.url.path,
      "-minimum-access-level", "public", "-I", modules.path,
    ]
    for name in try FileManager.default.contentsOfDirectory(atPath: sources.path) where name.hasPrefix("C") {
      let module = sources.appendingPathComponent(name)
      for folder in [module, module.appendingPathComponent("include")]
      where FileManager.default.fileExists(atPath: folder.path) {
        arguments += ["-I", folder.path]
      }
    }
    for folder in try includes(below: checkouts) { arguments += ["-I", folder] }
    let kernels = Certify.products.appendingPathComponent("CertifyKernels.build/module.modulemap").path
    arguments += ["-Xcc", "-fmodule-map-file=\(kernels)"]
    let answer = try RunningProcess(extract, arguments).answer(within: 120)
    #expect(answer.status == 0, "\(answer.errors.prefix(1000))")
    let json = try Data(contentsOf: place.url.appendingPathComponent("\(library).symbols.json"))
    return try JSONSerialization.jsonObject(with: json) as? [String: Any]
  }

  /// The header folders of the packages' C targets.
  private static func includes(below checkouts: URL) throws -> [String] {
    let packages = (try? FileManager.default.contentsOfDirectory(atPath: checkouts.path)) ?? []
    return packages.flatMap { package -> [String] in
      let sources = checkouts.appendingPathComponent("\(package)/Sources")
      let targets = (try? FileManager.default.contentsOfDirectory(atPath: sources.path)) ?? []
      return targets.flatMap { ["\($0)/include", $0] }.map { sources.appendingPathComponent($0).path }
        .filter {
          $0.hasSuffix("/include") || FileManager.default.fileExists(atPath: $0 + "/module.modulemap")
        }
        .filter { FileManager.default.fileExists(atPath: $0) }
    }
  }

  /// The triple of this machine, as the compiler names it.
  private static func target() throws -> String {
    let swiftc = try #require(tool("swiftc"))
    let answer = try RunningProcess(swiftc, ["-print-target-info"]).answer(within: 30)
    let info = try JSONSerialization.jsonObject(with: Data(answer.output.utf8)) as? [String: Any]
    return try #require((info?["target"] as? [String: Any])?["triple"] as? String)
  }
}
