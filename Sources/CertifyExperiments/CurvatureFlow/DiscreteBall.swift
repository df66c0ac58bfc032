import Foundation

/// The cells within m cells of one: a ball of the plane as a grid has it, as one run of cells for each row.
struct DiscreteBall {
  /// For the rows −m … m how far the run reaches to both sides.
  let reaches: [Int]
  /// m.
  let radius: Int

  init(radius: Int) {
    self.radius = radius
    reaches = (-radius...radius).map { row in
      Int(Double(radius * radius - row * row).squareRoot().rounded(.down))
    }
  }

  /// The mean over all directions of how far it reaches, in cells: the ε that a straight boundary sees.
  var meanReach: Double {
    let directions = 3600
    let sum = (0..<directions).reduce(0.0) { sum, index in
      let angle = 2 * Double.pi * Double(index) / Double(directions)
      let farthest = reaches.enumerated().map { offset, reach in
        Double(reach) * abs(cos(angle)) + Double(offset - radius) * sin(angle)
      }
      return sum + (farthest.max() ?? 0)
    }
    return sum / Double(directions)
  }
}
