/// A step of ``PerimeterScheme`` as a cut: one variable for each free cell, and for each ball its largest and its smallest
/// flag.
///
/// Runs of 2ʲ cells in a row have variables of their own for their largest and smallest flag, so that a ball needs two of
/// them for each of its rows.
struct PerimeterCut {
  private let scheme: PerimeterScheme
  private let fixed: [Bool?]
  private var cut = MinimumCut()
  private var variables: [Int?]
  /// What is found out about runs, by their extreme, length, row and column.
  private var runs: [RunValue?]

  private enum Extreme: Int { case largest, smallest }

  /// What is known of a run, or what stands for it.
  private enum RunValue {
    case known(Bool)
    case variable(Int)
  }

  /// Runs of 1, 2, 4, … up to 2⁷ cells, enough for balls of up to 127 cells.
  private static let levels = 8

  /// - Parameter fixed: the flags that are not free.
  init(scheme: PerimeterScheme, fixed: [Bool?]) {
    self.scheme = scheme
    self.fixed = fixed
    variables = fixed.map { _ in nil }
    let width = scheme.grid.side + 4 * scheme.ball.radius + 2
    runs = [RunValue?](repeating: nil, count: 2 * Self.levels * width * width)
    for index in fixed.indices where fixed[index] == nil { variables[index] = cut.variable() }
    let (grid, area) = (scheme.grid, scheme.grid.spacing * scheme.grid.spacing / scheme.epsilon)
    for index in 0..<grid.count {
      let middle = (column: index % grid.side, row: index / grid.side)
      addBall(.largest, middle, index, weight: scheme.weights.zero[index] * area)
      addBall(.smallest, middle, index, weight: scheme.weights.one[index] * area)
    }
  }

  /// A cost of the flag 1 of a free cell.
  mutating func charge(_ index: Int, _ cost: Double) {
    if let variable = variables[index] { cut.charge(variable, whenOne: cost) }
  }

  /// The cheapest set.
  mutating func solution() -> [Bool] {
    let values = cut.largestMinimiser()
    return fixed.indices.map { index in fixed[index] ?? variables[index].map { values[$0] } ?? false }
  }

  /// weight·(sup − 1_A), or weight·(1_A − inf), at the middle of a ball.
  private mutating func addBall(
    _ extreme: Extreme, _ middle: (column: Int, row: Int), _ index: Int, weight: Double
  ) {
    let isLargest = extreme == .largest
    var parts: [Int] = []
    for (offset, reach) in scheme.ball.reaches.enumerated() {
      let row = middle.row + offset - scheme.ball.radius
      let length = 2 * reach + 1
      let level = Int.bitWidth - 1 - length.leadingZeroBitCount
      for start in Set([middle.column - reach, middle.column + reach + 1 - (1 << level)]) {
        switch run(extreme, start, row, level) {
        // One 1 makes the supremum 1, one 0 the infimum 0.
        case .known(let value) where value == isLargest:
          parts = []; return closeBall(isLargest, index, weight)
        case .known: break
        case .variable(let variable): parts.append(variable)
        }
      }
    }
    guard !parts.isEmpty else { return }
    let bound = cut.variable()
    for part in parts.sorted() {
      if isLargest { cut.require(bound, atLeast: part) } else { cut.require(part, atLeast: bound) }
    }
    cut.charge(bound, whenOne: isLargest ? weight : -weight)
    charge(index, isLargest ? -weight : weight)
  }

  /// A ball whose extreme is known to be the one that costs.
  private mutating func closeBall(_ isLargest: Bool, _ index: Int, _ weight: Double) {
    charge(index, isLargest ? -weight : weight)
  }

  /// The extreme of 2^level cells from a column on.
  private mutating func run(_ extreme: Extreme, _ column: Int, _ row: Int, _ level: Int) -> RunValue {
    guard level > 0 else {
      guard let cell = scheme.grid.cell(column, row) else { return .known(false) }
      return variables[cell].map { .variable($0) } ?? .known(fixed[cell] ?? false)
    }
    let (margin, width) = (2 * scheme.ball.radius + 1, scheme.grid.side + 4 * scheme.ball.radius + 2)
    let place = (extreme.rawValue * Self.levels + level) * width + row + margin
    let key = place * width + column + margin
    if let known = runs[key] { return known }
    let halves = [
      run(extreme, column, row, level - 1), run(extreme, column + (1 << (level - 1)), row, level - 1),
    ]
    let value = join(halves, isLargest: extreme == .largest)
    runs[key] = value
    return value
  }

  private mutating func join(_ halves: [RunValue], isLargest: Bool) -> RunValue {
    var parts: [Int] = []
    for half in halves {
      switch half {
      case .known(let value) where value == isLargest: return .known(isLargest)
      case .known: break
      case .variable(let variable): parts.append(variable)
      }
    }
    guard let first = parts.first else { return .known(!isLargest) }
    guard parts.count == 2 else { return .variable(first) }
    let bound = cut.variable()
    for part in parts {
      if isLargest { cut.require(bound, atLeast: part) } else { cut.require(part, atLeast: bound) }
    }
    return .variable(bound)
  }
}
