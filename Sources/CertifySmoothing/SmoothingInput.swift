/// The clean input in the form a noise family needs.
public enum SmoothingInput: Sendable {
  /// 8-bit data: x = k / 255.
  case grid([UInt8])
  /// Any real data.
  case real([Float])

  /// The number of coordinates d.
  public var count: Int {
    switch self {
    case .grid(let integers): integers.count
    case .real(let values): values.count
    }
  }
}
