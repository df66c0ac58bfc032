/// A place in memory that a plan reads and writes.
final class Buffer {
  enum Kind {
    /// Lives from its first write to its last read; shares the arena.
    case temporary
    /// Lives as long as the plan.
    case pinned
  }

  let byteCount: Int
  let kind: Kind
  /// Set when the plan is finished; not to be used before.
  var address: UnsafeMutableRawPointer

  init(byteCount: Int, kind: Kind, address: UnsafeMutableRawPointer) {
    self.byteCount = byteCount
    self.kind = kind
    self.address = address
  }

  /// The contents as numbers.
  var floats: UnsafeMutablePointer<Float> { address.assumingMemoryBound(to: Float.self) }
}

/// A value as it lies in a buffer.
struct Slot {
  let buffer: Buffer
  let layout: Layout

  var floats: UnsafeMutablePointer<Float> { buffer.floats }
}

/// One thing a plan does when it runs.
struct Step {
  enum Action {
    /// Runs a kernel with its arguments.
    case primitive(Primitive, arguments: [(Int32, Slot)])
    /// Runs code of our own; it reads addresses when it runs, not before.
    case function(() -> Void)
  }

  let action: Action
  let reads: [Buffer]
  let writes: [Buffer]

  /// What the step does, for whoever looks at a plan.
  var name: String {
    switch action {
    case .primitive(let primitive, _): primitive.operation
    case .function: "a loop"
    }
  }
}
