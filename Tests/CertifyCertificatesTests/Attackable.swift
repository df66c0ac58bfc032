import CertifyEngine
import CertifyThreat
import _CertifyTestSupport

/// A classifier, an input and its class, with a search for points that are given another.
struct Attackable {
  let classifier: GraphClassifier
  let input: [Float]
  let label: Int

  /// Whether one of the points is given another class.
  func isBroken(by points: [[Float]]) throws -> Bool {
    for start in stride(from: 0, to: points.count, by: classifier.batchSize) {
      let batch = points[start..<min(start + classifier.batchSize, points.count)]
      _ = classifier.inputs.update(fromContentsOf: batch.flatMap { $0 })
      try classifier.forward(count: batch.count)
      if (0..<batch.count).contains(where: { classifier.decision(row: $0) != label }) { return true }
    }
    return false
  }

  /// Random points of the set, steepest ascents from there, and for few coordinates a dense grid.
  func isBroken(in set: inout FeasibleSet, random: inout SplitMix) throws -> Bool {
    var points = (0..<classifier.batchSize).map { _ in set.randomPoint(using: &random) }
    points[0] = input
    for _ in 0..<8 {
      if try isBroken(by: points) { return true }
      let classes = classifier.classCount
      for row in points.indices {
        for k in 0..<classes {
          let rival = (label + 1 + row % (classes - 1)) % classes
          classifier.logitGradients[row * classes + k] = k == rival ? 1 : k == label ? -1 : 0
        }
      }
      try classifier.backward(count: points.count)
      for row in points.indices {
        let gradient = Array(
          classifier.inputGradients[row * input.count..<(row + 1) * input.count])
        let step = set.norm.steepestStep(along: gradient, radius: set.radius * (row % 2 == 0 ? 2 : 0.5))
        points[row] = set.projection(of: zip(points[row], step).map { $0 + $1 })
      }
    }
    return try isBroken(by: points) || isBroken(by: grid(in: set))
  }

  private func grid(in set: FeasibleSet) -> [[Float]] {
    guard input.count <= 3 else { return [] }
    let steps = input.count == 3 ? 13 : 41
    let offsets: [Double] = (0..<steps).map { k in
      let place = Double(k) / Double(steps - 1)
      return set.radius * (2 * place - 1)
    }
    var points: [[Float]] = [[]]
    for center in input {
      let line: [Float] = offsets.map { Float(Double(center) + $0) }
      var longer: [[Float]] = []
      for point in points {
        for value in line { longer.append(point + [value]) }
      }
      points = longer
    }
    return points.filter { set.contains($0) }
  }
}
