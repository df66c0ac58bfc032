/// Memory that plans of one graph for different batch sizes have in common, where only one of them is in use at a
/// time: a constant of the same numbers in the same order is kept once, and temporary buffers lie in one block.
///
/// Constants of plans that share memory must not be written. A plan that runs forward takes the temporary buffers
/// from the others: their backward part wants a forward run of their own before it.
final class PlanMemory {
  private let arena = Arena()
  /// By their digests.
  private var constants: [UInt64: [Block]] = [:]
  private var temporaries: Block?

  private struct Block {
    let address: UnsafeMutableRawPointer
    let byteCount: Int

    /// The contents; the bytes are a whole number of words.
    var words: some Sequence<UInt64> {
      stride(from: 0, to: byteCount, by: 8).lazy.map { address.load(fromByteOffset: $0, as: UInt64.self) }
    }

    /// FNV-1a over words.
    var digest: UInt64 {
      words.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ $1) &* 0x100_0000_01b3 }
    }
  }

  deinit {
    for constant in constants.values.joined() { constant.address.deallocate() }
  }

  /// The bytes allocated.
  var byteCount: Int {
    constants.values.joined().reduce(arena.byteCount) { $0 + $1.byteCount }
  }

  /// The place of the bytes that `write` writes into zeroed memory: an earlier one that holds the same, or a new one.
  func constant(
    byteCount: Int, write: (UnsafeMutableRawPointer) throws -> Void
  ) rethrows -> UnsafeMutableRawPointer {
    let written = Arena.block(byteCount: byteCount)
    do { try write(written) } catch {
      written.deallocate()
      throw error
    }
    let block = Block(address: written, byteCount: Arena.roundedUp(max(byteCount, 1)))
    let key = block.digest
    let alike = constants[key]?.first {
      $0.byteCount == block.byteCount && $0.words.elementsEqual(block.words)
    }
    if let known = alike {
      written.deallocate()
      return known.address
    }
    constants[key, default: []].append(block)
    return written
  }

  /// A block of at least so many bytes for temporary buffers; the same one as before when it is large enough.
  func block(byteCount: Int) -> UnsafeMutableRawPointer {
    if let temporaries, temporaries.byteCount >= byteCount { return temporaries.address }
    let made = arena.allocate(byteCount: byteCount)
    temporaries = Block(address: made, byteCount: byteCount)
    return made
  }
}
