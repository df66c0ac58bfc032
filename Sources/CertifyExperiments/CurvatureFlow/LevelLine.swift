/// A level set of a function on the middles of cells, linear on triangles: each square of four middles is cut along one
/// diagonal.
///
/// Functions that are ordered have nested level sets, since their interpolations are ordered.
struct LevelLine {
  /// A piece, by its ends.
  struct Piece {
    var from: (x: Double, y: Double)
    var to: (x: Double, y: Double)

    var length: Double {
      let (dx, dy) = (to.x - from.x, to.y - from.y)
      return (dx * dx + dy * dy).squareRoot()
    }

    /// The square of the distance of a point from it.
    func squaredDistance(_ x: Double, _ y: Double) -> Double {
      let (dx, dy) = (to.x - from.x, to.y - from.y)
      let (ownX, ownY) = (x - from.x, y - from.y)
      let square = dx * dx + dy * dy
      let along = square > 0 ? min(1, max(0, (ownX * dx + ownY * dy) / square)) : 0
      let (restX, restY) = (ownX - along * dx, ownY - along * dy)
      return restX * restX + restY * restY
    }
  }

  let pieces: [Piece]

  private init(pieces: [Piece]) { self.pieces = pieces }

  /// - Parameter values: one a cell; beyond an axis they are mirrored.
  init(of values: [Double], level: Double, on grid: CellGrid) {
    var pieces: [Piece] = []
    let first = grid.isQuarter ? -1 : 0
    for row in first..<grid.side - 1 {
      for column in first..<grid.side - 1 {
        let corners = [(0, 0), (1, 0), (1, 1), (0, 1)].compactMap { right, up -> (Double, Double, Double)? in
          guard let cell = grid.cell(column + right, row + up) else { return nil }
          let shift = grid.isQuarter ? 0.5 : 0.5 - Double(grid.side) / 2
          let (x, y) = (Double(column + right) + shift, Double(row + up) + shift)
          return (x * grid.spacing, y * grid.spacing, values[cell] - level)
        }
        guard corners.count == 4 else { continue }
        let isAbove = corners.map { $0.2 > 0 }
        guard isAbove.contains(true), isAbove.contains(false) else { continue }
        for triangle in [[0, 1, 2], [0, 2, 3]] {
          var ends: [(x: Double, y: Double)] = []
          for (a, b) in [(0, 1), (1, 2), (2, 0)] {
            let (p, q) = (corners[triangle[a]], corners[triangle[b]])
            guard (p.2 > 0) != (q.2 > 0) else { continue }
            let share = p.2 / (p.2 - q.2)
            ends.append((p.0 + share * (q.0 - p.0), p.1 + share * (q.1 - p.1)))
          }
          if ends.count == 2 { pieces.append(Piece(from: ends[0], to: ends[1])) }
        }
      }
    }
    self.pieces = pieces
  }

  /// The pieces of it with both ends in [−reach, reach]².
  func within(_ reach: Double) -> LevelLine {
    LevelLine(
      pieces: pieces.filter { piece in
        [piece.from.x, piece.from.y, piece.to.x, piece.to.y].allSatisfy { abs($0) <= reach }
      })
  }

  /// Its length, in a quarter the length of the quarter.
  var length: Double {
    pieces.reduce(0) { $0 + $1.length }
  }

  /// The mean over its pieces, by their lengths, of the distance of their middles from another line; infinite for an empty
  /// one.
  func meanDistance(from other: LevelLine) -> Double {
    let sum = pieces.reduce(0.0) { sum, piece in
      let (x, y) = ((piece.from.x + piece.to.x) / 2, (piece.from.y + piece.to.y) / 2)
      let least = other.pieces.map { $0.squaredDistance(x, y) }.min() ?? .infinity
      return sum + piece.length * least.squareRoot()
    }
    return length > 0 ? sum / length : .infinity
  }

  /// The distance of each cell's middle from it, `reach` where that is not nearer.
  func distances(on grid: CellGrid, upTo reach: Double) -> [Double] {
    var squares = [Double](repeating: reach * reach, count: grid.count)
    let (h, shift) = (grid.spacing, grid.isQuarter ? 0.5 : 0.5 - Double(grid.side) / 2)
    func range(_ a: Double, _ b: Double) -> ClosedRange<Int>? {
      let low = max(0, Int(((min(a, b) - reach) / h - shift).rounded(.down)))
      let high = min(grid.side - 1, Int(((max(a, b) + reach) / h - shift).rounded(.up)))
      return low <= high ? low...high : nil
    }
    for piece in pieces {
      guard let columns = range(piece.from.x, piece.to.x), let rows = range(piece.from.y, piece.to.y) else {
        continue
      }
      for row in rows {
        for column in columns {
          let index = row * grid.side + column
          let (x, y) = ((Double(column) + shift) * h, (Double(row) + shift) * h)
          squares[index] = min(squares[index], piece.squaredDistance(x, y))
        }
      }
    }
    return squares.map { $0.squareRoot() }
  }
}
