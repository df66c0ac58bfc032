import CertifyResults

/// An input and the nearest witness against one classifier, as pixels.
public struct GalleryEntry: Sendable, Equatable {
  /// The classifier and the norm.
  public var key: BracketKey
  /// The position of the input in the data file, from 0.
  public var index: Int
  /// The class of the input.
  public var label: Int
  /// The class of the witness, and its distance in the key's norm.
  public var witnessClass: Int
  /// The distance of the witness in the norm of the key.
  public var distance: Double
  /// Values of the clean input and of the witness in the order of the model's input.
  public var clean: [Float]
  /// Values of the witness, in the same order.
  public var witness: [Float]
  /// H × W, C × H × W or H × W × C, with C = 1 or 3.
  public var shape: [Int]
  /// The values shown as black and as white.
  public var range: ClosedRange<Float>

  /// - Parameters:
  ///   - key: Which bracket the witness belongs to.
  ///   - index: The input's index in the data.
  ///   - label: Its class.
  ///   - witnessClass: The class that the witness is given.
  ///   - distance: How far the witness is from the input, in the norm of the bracket.
  ///   - clean: The input, as many numbers as `shape` says.
  ///   - witness: The witness, as many.
  ///   - shape: Channels × height × width, with 1 or 3 channels; or height × width.
  ///   - range: The values that are black and white.
  /// - Returns: `nil` unless the shape is one of an image, the counts agree with it and every value is finite.
  public init?(
    key: BracketKey, index: Int, label: Int, witnessClass: Int, distance: Double, clean: [Float],
    witness: [Float], shape: [Int], range: ClosedRange<Float>
  ) {
    guard let layout = ImageLayout(shape), clean.count == layout.count, witness.count == layout.count,
      range.lowerBound < range.upperBound, (range.upperBound - range.lowerBound).isFinite,
      clean.allSatisfy(\.isFinite), witness.allSatisfy(\.isFinite)
    else { return nil }
    self.key = key
    self.index = index
    self.label = label
    self.witnessClass = witnessClass
    self.distance = distance
    self.clean = clean
    self.witness = witness
    self.shape = shape
    self.range = range
  }

  /// How much larger than it is the difference is drawn: the largest of 1, 2, 5, 10, 20, … that keeps it
  /// visible without cutting it off, at most 1000.
  var magnification: Int {
    let span = range.upperBound - range.lowerBound
    let largest = zip(clean, witness).reduce(Float(0)) { max($0, abs($1.1 - $1.0)) } / span
    let steps = [1000, 500, 200, 100, 50, 20, 10, 5, 2]
    return steps.first { Float($0) * largest <= 0.5 } ?? 1
  }

  /// The clean input, the witness and their magnified difference around grey, side by side.
  var strip: [UInt8]? {
    guard let layout = ImageLayout(shape) else { return nil }
    let scale = max(1, min(16, 112 / max(layout.width, layout.height)))
    let gap = 8
    let panel = layout.width * scale
    guard var image = PNGImage(width: 3 * panel + 2 * gap, height: layout.height * scale) else { return nil }
    let span = range.upperBound - range.lowerBound
    let factor = Float(magnification)
    func shade(_ value: Float) -> UInt8 { UInt8((min(max(value, 0), 1) * 255).rounded()) }
    for row in 0..<layout.height {
      for column in 0..<layout.width {
        func colour(_ value: (Int) -> Float) -> (red: UInt8, green: UInt8, blue: UInt8) {
          let parts = (0..<3).map { shade(value(layout.position($0, row, column))) }
          return (parts[0], parts[1], parts[2])
        }
        let panels = [
          colour { (clean[$0] - range.lowerBound) / span },
          colour { (witness[$0] - range.lowerBound) / span },
          colour { 0.5 + factor * (witness[$0] - clean[$0]) / span },
        ]
        for (number, pixel) in panels.enumerated() {
          image.fill(x: number * (panel + gap) + column * scale, y: row * scale, side: scale, pixel)
        }
      }
    }
    return image.file
  }
}

/// Where the values of an image lie.
private struct ImageLayout {
  var width: Int
  var height: Int
  var channels: Int
  private var channelsFirst: Bool

  init?(_ shape: [Int]) {
    switch shape.count {
    case 2: (channels, height, width, channelsFirst) = (1, shape[0], shape[1], true)
    case 3 where shape[0] == 1 || shape[0] == 3:
      (channels, height, width, channelsFirst) = (shape[0], shape[1], shape[2], true)
    case 3 where shape[2] == 1 || shape[2] == 3:
      (channels, height, width, channelsFirst) = (shape[2], shape[0], shape[1], false)
    default: return nil
    }
    guard (2...1024).contains(width), (2...1024).contains(height) else { return nil }
  }

  var count: Int { channels * height * width }

  /// The position of a value; every colour of a grey image is its one channel.
  func position(_ colour: Int, _ row: Int, _ column: Int) -> Int {
    let channel = channels == 1 ? 0 : colour
    return channelsFirst
      ? (channel * height + row) * width + column : (row * width + column) * channels + channel
  }
}
