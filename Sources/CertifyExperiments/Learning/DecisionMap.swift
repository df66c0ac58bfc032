import CertifyEngine
import CertifyReport

/// The regions of a classifier of points in the plane, on a grid.
struct DecisionMap {
  /// The cells whose middle is given class 1, as rectangles that are as wide as they can be.
  let cells: [(from: ChartMark.Point, to: ChartMark.Point)]

  init(
    _ classifier: LoadedClassifier, x: ClosedRange<Double>, y: ClosedRange<Double>, columns: Int = 120
  ) throws {
    let side = (x.upperBound - x.lowerBound) / Double(columns)
    let rows = Int(((y.upperBound - y.lowerBound) / side).rounded(.up))
    var points: [[Float]] = []
    for row in 0..<rows {
      for column in 0..<columns {
        points.append([
          Float(x.lowerBound + (Double(column) + 0.5) * side),
          Float(y.lowerBound + (Double(row) + 0.5) * side),
        ])
      }
    }
    let classes = try classifier.decisions(on: points)
    var cells: [(from: ChartMark.Point, to: ChartMark.Point)] = []
    for row in 0..<rows {
      var start: Int?
      for column in 0...columns {
        let isInside = column < columns && classes[row * columns + column] == 1
        if isInside, start == nil { start = column }
        guard !isInside, let first = start else { continue }
        let low = y.lowerBound + Double(row) * side
        cells.append(
          (
            ChartMark.Point(x.lowerBound + Double(first) * side, low),
            ChartMark.Point(x.lowerBound + Double(column) * side, low + side)
          ))
        start = nil
      }
    }
    self.cells = cells
  }
}
