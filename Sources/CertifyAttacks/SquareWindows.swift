/// Squares of an image, channel by channel, with weights that fall from their middle; or sets of coordinates
/// where the input is no image.
struct SquareWindows {
  /// The coordinates of each channel and their weights.
  typealias Window = [[(index: Int, weight: Double)]]

  private let channels: Int
  private let height: Int
  private let width: Int
  private let isImage: Bool

  /// - Parameter shape: [C, H, W] for images.
  init(shape: [Int]) {
    isImage = shape.count == 3 && shape[1] > 1 && shape[2] > 1
    channels = isImage ? shape[0] : 1
    height = isImage ? shape[1] : 1
    width = isImage ? shape[2] : shape.reduce(1, *)
  }

  /// The columns of each channel, or every coordinate by itself.
  var stripes: [Window] {
    (0..<width).map { column in
      (0..<channels).map { channel in
        (0..<height).map { (index: (channel * height + $0) * width + column, weight: 1) }
      }
    }
  }

  /// Squares of about a fifth of the image side that cover it, or a set of a fifth of the coordinates.
  func tiles(using generator: inout SplitMix64) -> [Window] {
    guard isImage else { return [random(part: 0.2, using: &generator)] }
    let side = max(min(height, width) / 5, 1)
    return stride(from: 0, through: height - side, by: side).flatMap { top in
      stride(from: 0, through: width - side, by: side).map { square(top: top, left: $0, side: side) }
    }
  }

  /// A random square, or a random set of coordinates, that covers `part` of the input.
  func random(part: Double, using generator: inout SplitMix64) -> Window {
    guard isImage else {
      let count = min(max(Int((part * Double(width)).rounded()), 1), width)
      return (0..<count).map { _ in [(index: Int.random(in: 0..<width, using: &generator), weight: 1)] }
    }
    let wanted = (part * Double(height * width)).squareRoot().rounded()
    let side = min(max(Int(wanted), 1), min(height, width))
    return square(
      top: Int.random(in: 0...height - side, using: &generator),
      left: Int.random(in: 0...width - side, using: &generator), side: side)
  }

  private func square(top: Int, left: Int, side: Int) -> Window {
    let middle = Double(side - 1) / 2
    return (0..<channels).map { channel in
      (0..<side * side).map { k in
        let (row, column) = (k / side, k % side)
        let distance = max(abs(Double(row) - middle), abs(Double(column) - middle))
        return (
          index: (channel * height + top + row) * width + left + column,
          weight: 1 / ((1 + distance) * (1 + distance))
        )
      }
    }
  }
}
