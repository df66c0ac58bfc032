import Foundation
import _CertifyTestSupport

@testable import CertifyModel

/// Damages a model's bytes in a way that follows from a seed alone.
struct Mutator {
  /// Integers that are wrong nearly everywhere.
  static let hostileIntegers: [Int64] = [
    0, 1, -1, 2, 3, 7, -7, 127, 1 << 16, 1 << 20, 1 << 28, 1 << 31, -(1 << 31), 1 << 32, 1 << 40, 1 << 62,
    .max, .min,
    .max - 1, .min + 1,
  ]
  static let hostileNumbers: [Float] = [
    0, -0.0, 1, -1, .nan, .infinity, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -3e38,
    1e-38, 1e20,
  ]
  static let hostileNames = [
    "", " ", "x", "y", "Relu", "a/b", "..", "\u{0}", "line\nfeed", "\u{202E}", "é",
  ]

  var generator: SplitMix

  init(seed: UInt64) { generator = SplitMix(seed: seed) }

  /// A damaged copy.
  ///
  /// - Parameter donor: another model, of which parts are used.
  mutating func damaged(_ original: Data, donor: Data) -> Data {
    if chance(0.7), var proto = try? Onnx_ModelProto(serializedBytes: original) {
      let other = try? Onnx_ModelProto(serializedBytes: donor)
      for _ in 0...below(3) { damage(&proto, donor: other ?? proto) }
      if let bytes = try? proto.serializedBytes() as Data {
        return chance(0.1) ? damagedBytes(bytes, donor) : bytes
      }
    }
    return damagedBytes(original, donor)
  }

  private mutating func damagedBytes(_ original: Data, _ donor: Data) -> Data {
    var bytes = [UInt8](original)
    for _ in 0...below(3) where !bytes.isEmpty {
      switch below(9) {
      case 0: bytes[below(bytes.count)] ^= 1 << UInt8(below(8))
      case 1: bytes[below(bytes.count)] = UInt8(below(256))
      case 2: bytes[below(bytes.count)] = pick([0x00, 0x01, 0x7F, 0x80, 0xFF])
      case 3: bytes.remove(at: below(bytes.count))
      case 4: bytes.removeLast(below(bytes.count))
      case 5: bytes.insert(contentsOf: part(of: bytes), at: below(bytes.count))
      case 6: bytes.insert(contentsOf: part(of: [UInt8](donor)), at: below(bytes.count))
      case 7:
        let start = below(bytes.count)
        bytes.removeSubrange(start..<min(bytes.count, start + 1 + below(32)))
      default:
        // Fields within fields: messages of one field number, or groups that are never ended.
        let depth = pick([10, 90, 110, 1000, 20_000])
        let tag: [UInt8] = pick([[0x3A, 0x7F], [0x0B], [0x0A, 0x7F], [0xFA, 0xFF, 0xFF, 0xFF, 0x0F, 0x7F]])
        bytes.insert(contentsOf: (0..<depth).flatMap { _ in tag }, at: pick([0, below(bytes.count)]))
      }
    }
    return Data(bytes)
  }

  private mutating func part(of bytes: [UInt8]) -> ArraySlice<UInt8> {
    guard !bytes.isEmpty else { return [] }
    let start = below(bytes.count)
    return bytes[start..<min(bytes.count, start + 1 + below(pick([8, 64, 1024])))]
  }

  mutating func below(_ bound: Int) -> Int { Int(generator.next() % UInt64(max(bound, 1))) }
  mutating func chance(_ probability: Double) -> Bool { generator.unit() < probability }
  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
  mutating func integer() -> Int64 { chance(0.5) ? pick(Self.hostileIntegers) : Int64(below(12)) - 3 }
  mutating func number() -> Float {
    chance(0.7) ? pick(Self.hostileNumbers) : Float(generator.unit() * 4 - 2)
  }

  mutating func text() -> String {
    chance(0.02) ? String(repeating: pick(["a", "é", "\u{0}"]), count: 1 << 18) : pick(Self.hostileNames)
  }

  /// Replaces, removes, doubles or exchanges one of the elements.
  mutating func rearrange<Element>(_ elements: inout [Element], or new: (inout Mutator) -> Element) {
    guard !elements.isEmpty else {
      elements = [new(&self)]
      return
    }
    let place = below(elements.count)
    switch below(6) {
    case 0: elements.remove(at: place)
    case 1: elements.insert(elements[place], at: below(elements.count))
    case 2: elements.swapAt(place, below(elements.count))
    case 3: elements.append(new(&self))
    default: elements[place] = new(&self)
    }
  }
}
