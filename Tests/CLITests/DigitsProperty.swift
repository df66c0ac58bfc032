import CertifyData
import Testing
import _CertifyTestSupport

/// The first test image of the digits, and properties of models around it.
struct DigitsProperty {
  let pixels: [Double]
  let label: Int

  init() throws {
    let entries = try NamedArrays(npz: Fixtures.path("data/digits_test.npz")).entries
    let images = try #require(entries["images"])
    let labels = try #require(entries["labels"])
    pixels = images.numbers.prefix(64).map { Double($0) / 255 }
    label = Int(labels.numbers[0])
  }

  /// VNNLIB: another class is at least as large as the image's own within ε of it.
  func text(epsilon: Double) -> String {
    var lines = pixels.indices.map { "(declare-const X_\($0) Real)" }
    lines += (0..<10).map { "(declare-const Y_\($0) Real)" }
    for (i, pixel) in pixels.enumerated() {
      lines.append("(assert (>= X_\(i) \(max(0, pixel - epsilon))))")
      lines.append("(assert (<= X_\(i) \(min(1, pixel + epsilon))))")
    }
    let rivals = (0..<10).filter { $0 != label }
    lines.append("(assert (or " + rivals.map { "(and (>= Y_\($0) Y_\(label)))" }.joined() + "))")
    return lines.joined(separator: "\n")
  }
}
