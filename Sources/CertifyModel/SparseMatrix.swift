/// A constant matrix of few entries, row after row.
public struct SparseMatrix: Sendable, Equatable {
  /// The number of columns.
  public let columnCount: Int
  /// Row r's entries are those from `rowStarts[r]` up to, not including, `rowStarts[r + 1]`.
  public let rowStarts: [Int32]
  /// The column of each entry, non-negative and below ``columnCount``.
  public let columns: [Int32]
  /// The value of each entry.
  public let weights: [Float]

  /// The number of rows.
  public var rowCount: Int { rowStarts.count - 1 }
  /// The number of entries.
  public var entryCount: Int { columns.count }

  /// A matrix from its rows.
  ///
  /// - Precondition: every column is in 0..<columnCount, and there are fewer than 2³¹ columns and entries.
  public init(columnCount: Int, rows: some Sequence<[(column: Int, weight: Float)]>) {
    var starts: [Int32] = [0]
    var columns: [Int32] = []
    var weights: [Float] = []
    for row in rows {
      for (column, weight) in row {
        columns.append(Int32(truncatingIfNeeded: column))
        weights.append(weight)
      }
      starts.append(Int32(truncatingIfNeeded: columns.count))
    }
    self.init(columnCount: columnCount, rowStarts: starts, columns: columns, weights: weights)
  }

  /// y[i] = x[sources[i]], and 0 where the source is negative.
  ///
  /// - Precondition: every source is below `columnCount`, and there are fewer than 2³¹ columns and sources.
  public init(selecting sources: [Int], of columnCount: Int) {
    var starts: [Int32] = [0]
    starts.reserveCapacity(sources.count + 1)
    let columns = sources.filter { $0 >= 0 }.map { Int32(truncatingIfNeeded: $0) }
    var count: Int32 = 0
    for source in sources {
      count += source >= 0 ? 1 : 0
      starts.append(count)
    }
    self.init(
      columnCount: columnCount, rowStarts: starts, columns: columns,
      weights: [Float](repeating: 1, count: columns.count))
  }

  private init(columnCount: Int, rowStarts: [Int32], columns: [Int32], weights: [Float]) {
    self.columnCount = columnCount
    self.rowStarts = rowStarts
    self.columns = columns
    self.weights = weights
  }

  /// The positions of a row's entries in ``columns`` and ``weights``.
  public func entries(ofRow row: Int) -> Range<Int> { Int(rowStarts[row])..<Int(rowStarts[row + 1]) }

  /// The transpose, its entries in the order of the rows here.
  public var transposed: SparseMatrix {
    var starts = [Int32](repeating: 0, count: columnCount + 1)
    for column in columns { starts[Int(column) + 1] += 1 }
    for column in 0..<columnCount { starts[column + 1] += starts[column] }
    var next = starts
    var rows = [Int32](repeating: 0, count: entryCount)
    var values = [Float](repeating: 0, count: entryCount)
    for row in 0..<rowCount {
      for entry in entries(ofRow: row) {
        let place = Int(next[Int(columns[entry])])
        next[Int(columns[entry])] += 1
        rows[place] = Int32(truncatingIfNeeded: row)
        values[place] = weights[entry]
      }
    }
    return SparseMatrix(columnCount: rowCount, rowStarts: starts, columns: rows, weights: values)
  }

  /// The block B when the matrix is diag(B, …, B) with `count` blocks, else `nil`.
  func diagonalBlock(count: Int) -> SparseMatrix? {
    guard count >= 1, rowCount.isMultiple(of: count), columnCount.isMultiple(of: count),
      entryCount.isMultiple(of: count)
    else { return nil }
    let (height, width, size) = (rowCount / count, columnCount / count, entryCount / count)
    for block in 0..<count {
      let shift = Int32(truncatingIfNeeded: block * width)
      let offset = Int32(truncatingIfNeeded: block * size)
      for row in 0...height where rowStarts[block * height + row] != rowStarts[row] + offset { return nil }
      for entry in 0..<size {
        let own = block * size + entry
        guard columns[own] == columns[entry] + shift, weights[own] == weights[entry],
          (0..<width).contains(Int(columns[entry]))
        else { return nil }
      }
    }
    return SparseMatrix(
      columnCount: width, rowStarts: Array(rowStarts[...height]), columns: Array(columns[..<size]),
      weights: Array(weights[..<size]))
  }
}
