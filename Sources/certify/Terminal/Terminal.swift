import CertifyReport
import Foundation
import Logging

/// Status on stderr, results on stdout.
enum Terminal {
  /// Whether a person watches stderr.
  static var isInteractive: Bool { isatty(FileHandle.standardError.fileDescriptor) == 1 }

  static func standardError(_ line: String, terminator: String = "\n") {
    FileHandle.standardError.write(Data((line + terminator).utf8))
  }

  /// An error in one line, with what names and texts from files may bring along made harmless.
  static func complain(_ error: any Error) {
    let text = String(describing: error).split(whereSeparator: \.isNewline).joined(separator: " ")
    standardError("error: \(readable(text))\(Invocation.origins(of: text))")
  }

  /// Text that may hold anything, without control characters; of what would fill pages the start and the end.
  static func readable(_ text: String) -> String {
    let text = PlainText.visible(text)
    return text.count <= 3000 ? text : "\(text.prefix(1000)) … \(text.suffix(1500))"
  }

  /// Ends the text with a line feed where it has none.
  static func standardOutput(_ text: String) {
    FileHandle.standardOutput.write(Data((text.utf8.last == UInt8(ascii: "\n") ? text : text + "\n").utf8))
  }

  /// A logger of the command line: warnings only when it is to be quiet, details when verbose.
  static func logger(_ options: CommonOptions) -> Logger {
    var handler = PlainLogHandler()
    handler.logLevel = options.quiet ? .warning : options.verbose ? .info : .notice
    let logger = Logger(label: "certify") { [handler] _ in handler }
    for origin in Invocation.origins { logger.info("\(origin)") }
    return logger
  }
}

/// Diagnostics as plain lines on stderr: `warning: …`.
struct PlainLogHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .notice

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let prefix = event.level >= .warning ? "\(event.level.rawValue): " : ""
    Terminal.standardError("\(prefix)\(Terminal.readable("\(event.message)"))")
  }
}
