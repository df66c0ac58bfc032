/// Memory shared by buffers whose lives do not overlap.
///
/// Each buffer is placed, largest first, at the lowest offset where it overlaps no buffer that lives at the
/// same time.
final class Arena {
  /// The alignment of every buffer, in bytes: a cache line, and the widest vector.
  static let alignment = 64

  private var blocks: [UnsafeMutableRawPointer] = []
  /// The bytes allocated.
  private(set) var byteCount = 0

  deinit {
    for block in blocks { block.deallocate() }
  }

  /// Zeroed memory that lives as long as the arena, whole cache lines: kernels for padded channels may read the
  /// rest of a vector.
  func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
    let block = Arena.block(byteCount: byteCount)
    blocks.append(block)
    self.byteCount += Arena.roundedUp(max(byteCount, 1))
    return block
  }

  /// Zeroed memory, whole cache lines, that the caller deallocates.
  static func block(byteCount: Int) -> UnsafeMutableRawPointer {
    let size = roundedUp(max(byteCount, 1))
    let block = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: alignment)
    block.initializeMemory(as: UInt8.self, repeating: 0, count: size)
    return block
  }

  static func roundedUp(_ byteCount: Int) -> Int {
    (byteCount + alignment - 1) / alignment * alignment
  }

  /// Gives every temporary buffer of `steps` an address.
  ///
  /// A buffer that is written before `forwardCount` and read at or after it stays alive to the end, so that
  /// the backward part can run again.
  ///
  /// - Parameter memory: What provides the memory, shared with other plans; `nil` for the arena itself.
  func place(_ steps: [Step], forwardCount: Int, in memory: PlanMemory? = nil) {
    var lives: [ObjectIdentifier: Life] = [:]
    for (time, step) in steps.enumerated() {
      for buffer in step.reads + step.writes where buffer.kind == .temporary {
        lives[ObjectIdentifier(buffer), default: Life(buffer: buffer, first: time, last: time)].last = time
      }
    }
    for key in lives.keys {
      if let life = lives[key], life.first < forwardCount, life.last >= forwardCount {
        lives[key]?.last = steps.count
      }
    }
    let order = lives.values.sorted {
      ($1.buffer.byteCount, $0.first, $0.last) < ($0.buffer.byteCount, $1.first, $1.last)
    }
    var placed: [(life: Life, offset: Int)] = []
    var total = 0
    for life in order {
      let rivals = placed.filter { $0.life.overlaps(life) }.sorted { $0.offset < $1.offset }
      var offset = 0
      for rival in rivals {
        if offset + life.size <= rival.offset { break }
        offset = max(offset, rival.offset + rival.life.size)
      }
      placed.append((life, offset))
      total = max(total, offset + life.size)
    }
    guard total > 0 else { return }
    let base = memory?.block(byteCount: total) ?? allocate(byteCount: total)
    for (life, offset) in placed { life.buffer.address = base + offset }
  }

  private struct Life {
    let buffer: Buffer
    let first: Int
    var last: Int

    /// The bytes taken, a whole number of cache lines.
    var size: Int { Arena.roundedUp(buffer.byteCount) }

    func overlaps(_ other: Life) -> Bool { first <= other.last && other.first <= last }
  }
}
