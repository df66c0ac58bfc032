import CertifyResults

/// An agreement to live with a requirement that is not met until a day, and why.
public struct Waiver: Sendable, Equatable {
  /// The requirement as it is written.
  public var requirement: String
  /// Why, in words.
  public var reason: String
  /// The last day on which it counts, in UTC.
  public var expires: CalendarDay

  public init(requirement: String, reason: String, expires: CalendarDay) {
    self.requirement = requirement
    self.reason = reason
    self.expires = expires
  }

  /// What is recorded of it on a day; without a day it counts as expired.
  func record(on today: CalendarDay?) -> WaiverRecord {
    WaiverRecord(
      reason: reason, expires: expires.description, expired: today.map { $0 > expires } ?? true)
  }
}
