import Foundation

/// Where something was published.
public struct Source: Sendable, Codable, Equatable {
  /// The family names, such as `Tsipras, Santurkar, Engstrom, Turner & Madry`.
  public var authors: String
  /// The year of the version that is quoted; `nil` for what has none.
  public var year: Int?
  /// The title.
  public var title: String
  /// `arXiv 1805.12152` or `doi 10.1214/aoms/1177703732`; `nil` for neither.
  public var identifier: String?

  public init(authors: String, year: Int?, title: String, identifier: String?) {
    self.authors = authors
    self.year = year
    self.title = title
    self.identifier = identifier
  }

  /// `Tsipras et al. 2019`.
  public var short: String {
    let names = authors.split(whereSeparator: { $0 == "," || $0 == "&" })
      .map { $0.trimmingCharacters(in: .whitespaces) }
    let who =
      switch names.count {
      case 0: authors
      case 1: names[0]
      case 2: "\(names[0]) & \(names[1])"
      default: "\(names[0]) et al."
      }
    return year.map { "\(who) \($0)" } ?? who
  }

  /// Where it can be read; `nil` without an identifier.
  public var link: String? {
    guard let identifier else { return nil }
    if identifier.hasPrefix("arXiv ") { return "https://arxiv.org/abs/\(identifier.dropFirst(6))" }
    if identifier.hasPrefix("doi ") { return "https://doi.org/\(identifier.dropFirst(4))" }
    return nil
  }
}
