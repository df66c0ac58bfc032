/// A number that an experiment found, beside the one that was published and what it must satisfy.
public struct Quantity: Sendable, Codable, Equatable {
  /// What it is, in a few words.
  public var name: String
  /// What was published; `nil` for nothing.
  public var published: Published?
  /// What was found.
  public var ours: Double
  /// How far it may be off, or what it spreads over; `nil` for an exact number.
  public var range: Range?
  /// What must hold of it; `nil` for a number that is only shown.
  public var claim: Claim?

  /// A number by its name; all but `ours` may be missing.
  ///
  /// - Parameters:
  ///   - name: What the number is.
  ///   - published: The number as printed.
  ///   - ours: The number that came out here.
  ///   - range: Where it must lie, and why.
  ///   - claim: What must hold of it, and why.
  public init(
    _ name: String, published: Published? = nil, ours: Double, range: Range? = nil, claim: Claim? = nil
  ) {
    self.name = name
    self.published = published
    self.ours = ours
    self.range = range
    self.claim = claim
  }

  /// Whether the claim is satisfied; `nil` without one.
  public var holds: Bool? { claim?.kind.holds(of: ours) }

  /// A number in print.
  public struct Published: Sendable, Codable, Equatable {
    /// As printed.
    public var value: Double
    /// Where.
    public var source: Source
    /// The table, figure or theorem; `nil` for the whole.
    public var place: String?

    /// A number as printed, and where.
    ///
    /// - Parameters:
    ///   - value: The number, as printed.
    ///   - source: Who printed it, with the year and the identifier.
    ///   - place: The table, figure or section.
    public init(_ value: Double, in source: Source, place: String? = nil) {
      self.value = value
      self.source = source
      self.place = place
    }
  }

  /// An interval around a number.
  public struct Range: Sendable, Codable, Equatable {
    /// The lower end.
    public var lower: Double
    /// The upper end.
    public var upper: Double
    /// What it is, such as `5–95 % of 1000 seeds`.
    public var meaning: String

    /// An interval and what it is.
    ///
    /// - Parameters:
    ///   - lower: The lower end, or `nil` for none.
    ///   - upper: The upper end, or `nil` for none.
    ///   - meaning: What the interval is, such as a confidence interval with its level.
    public init(_ lower: Double, _ upper: Double, _ meaning: String) {
      self.lower = lower
      self.upper = upper
      self.meaning = meaning
    }
  }

  /// What must hold of a number, and why so narrowly or widely.
  public struct Claim: Sendable, Codable, Equatable {
    /// A condition on a number; NaN satisfies none.
    public enum Kind: Sendable, Codable, Equatable {
      /// |number − value| ≤ tolerance.
      case equal(to: Double, within: Double)
      /// number ≤ value.
      case atMost(Double)
      /// number ≥ value.
      case atLeast(Double)
      /// lower ≤ number ≤ upper.
      case between(Double, Double)

      func holds(of number: Double) -> Bool {
        switch self {
        case .equal(let value, let tolerance): abs(number - value) <= tolerance
        case .atMost(let value): number <= value
        case .atLeast(let value): number >= value
        case .between(let lower, let upper): number >= lower && number <= upper
        }
      }
    }

    /// The condition.
    public var kind: Kind
    /// Where the condition comes from: a formula, or what a tolerance allows for.
    public var reason: String

    /// A condition and where it comes from.
    ///
    /// - Parameters:
    ///   - kind: What must hold.
    ///   - reason: Where it comes from.
    public init(_ kind: Kind, because reason: String) {
      self.kind = kind
      self.reason = reason
    }
  }
}
