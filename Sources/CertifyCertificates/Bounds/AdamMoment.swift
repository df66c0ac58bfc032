/// Running means of a derivative and of its square, one a lane (Adam: Kingma, Ba 2015, arXiv 1412.6980).
struct AdamMoment {
  private var mean = Lanes.zero
  private var square = Lanes.zero
  private var meanWeight = 1.0
  private var squareWeight = 1.0

  /// The step for one more derivative, of size about 1.
  mutating func step(_ derivative: Lanes) -> Lanes {
    mean = mean * 0.9 + derivative * 0.1
    square = square * 0.999 + derivative * derivative * 0.001
    meanWeight *= 0.9
    squareWeight *= 0.999
    return (mean / (1 - meanWeight)) / ((square / (1 - squareWeight)).squareRoot() + 1e-12)
  }
}
