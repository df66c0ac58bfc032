/// Square cells in the plane; a set is one flag a cell, row by row.
struct CellGrid {
  /// Cells in a row and in a column.
  let side: Int
  /// The length h of a cell.
  let spacing: Double
  /// Whether it is the quarter x, y > 0 of a plane that is its mirror image in both axes; else (0, 0) is its middle.
  let isQuarter: Bool

  var count: Int { side * side }

  func middle(_ index: Int) -> (x: Double, y: Double) {
    let shift = isQuarter ? 0.5 : 0.5 - Double(side) / 2
    return ((Double(index % side) + shift) * spacing, (Double(index / side) + shift) * spacing)
  }

  /// The cell of a column and a row, mirrored where there is an axis; `nil` beyond the edge.
  func cell(_ column: Int, _ row: Int) -> Int? {
    let column = isQuarter && column < 0 ? -1 - column : column
    let row = isQuarter && row < 0 ? -1 - row : row
    guard column >= 0, column < side, row >= 0, row < side else { return nil }
    return row * side + column
  }

  /// The cells whose middle satisfies a condition.
  func set(_ isInside: (_ x: Double, _ y: Double) -> Bool) -> [Bool] {
    (0..<count).map {
      let middle = middle($0)
      return isInside(middle.x, middle.y)
    }
  }

  /// The part of the five by five cells around each that is in a set.
  func averages(of set: [Bool]) -> [Double] {
    (0..<count).map { index in
      var inside = 0
      for row in -2...2 {
        for column in -2...2 {
          if let cell = cell(index % side + column, index / side + row), set[cell] { inside += 1 }
        }
      }
      return Double(inside) / 25
    }
  }

  /// The area of a set in the whole plane.
  func area(of set: [Bool]) -> Double {
    Double(set.count { $0 }) * spacing * spacing * (isQuarter ? 4 : 1)
  }
}
