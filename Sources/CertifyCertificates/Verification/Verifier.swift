import CertifyEngine
import CertifyModel

/// Decides whether a model maps an input of a box to outputs that satisfy linear constraints: attack first, then
/// bounds, then branch and bound.
///
/// A counterexample is evaluated by the engine, alone. `unsat` is proven of the single-precision program, see
/// ``BoundedModel``.
public struct Verifier {
  /// What is known of a property.
  public enum Verdict: Sendable, Equatable {
    /// No input is unsafe.
    case unsat
    /// An input is unsafe.
    case sat(Counterexample)
    /// Neither was shown: the time is over, or the bounds are absent or too loose.
    case unknown(reason: String)
  }

  private let graph: BoundGraph?
  /// Why there are no bounds.
  private let obstacle: BoundError?
  private let attack: PropertyAttack
  /// Rounds of descents on each case before anything is split.
  private let attackRounds = 3

  /// - Parameters:
  ///   - seed: of the attack's random points.
  ///   - makeGraph: makes the model for a batch of a given size.
  /// - Throws: What making the graph or the engine throws.
  public init(seed: UInt64 = 0, graph makeGraph: (_ batchSize: Int) throws -> Graph) throws {
    let single = try makeGraph(1)
    attack = try PropertyAttack(batched: makeGraph(48), single: single, seed: seed)
    do {
      graph = try BoundGraph(graph: single)
      obstacle = nil
    } catch {
      graph = nil
      obstacle = error
    }
  }

  /// Whether `unsat` is proven of the floating-point program, as of ``BoundCertificate/floatSound``.
  public var floatSound: Bool { graph?.isFloatSound ?? true }

  /// The verdict about a union of cases.
  ///
  /// - Parameters:
  ///   - cases: Boxes of as many coordinates, and constraints of as many outputs, as the model has.
  ///   - isExpired: Asked again and again; true ends the search with `unknown`.
  /// - Throws: ``CertificateError`` for cases that do not fit the model; `EngineError`.
  public func verdict(on cases: [UnsafeCase], isExpired: @escaping @Sendable () -> Bool) throws -> Verdict {
    for unsafe in cases { try check(unsafe) }
    for unsafe in cases {
      let (low, high) = unsafe.floats
      let middle = zip(low, high).map { $0 / 2 + $1 / 2 }
      if let found = try attack.run(unsafe, from: [middle], steps: 12, isExpired: isExpired) {
        return .sat(found)
      }
    }
    guard let graph else {
      return .unknown(reason: obstacle.map { "\($0)" } ?? "there are no bounds")
    }
    return try search(cases, graph, isExpired: isExpired)
  }

  private func search(
    _ cases: [UnsafeCase], _ graph: BoundGraph, isExpired: @escaping @Sendable () -> Bool
  ) throws -> Verdict {
    var propagation = BoundPropagation(graph: graph, method: .linear)
    propagation.isExpired = isExpired
    // With the distance to a proof, the hardest first: there a counterexample is likeliest.
    var undecided: [(unsafe: UnsafeCase, missing: Double)] = []
    // Cases over one box share its bounds.
    var rest = cases[...]
    while let first = rest.first {
      let group = rest.prefix { $0.lower == first.lower && $0.upper == first.upper }
      rest = rest.dropFirst(group.count)
      if first.lower.count <= CompleteSearch.mostSplitCoordinates {
        undecided += group.map { ($0, 0) }
        continue
      }
      let minima = propagation.minima(of: group.flatMap(\.forms), over: first.region)
      var position = 0
      for unsafe in group {
        let own = minima[position..<position + unsafe.constraints.count]
        position += unsafe.constraints.count
        let missing = zip(own, unsafe.constraints).map { $1.bound - $0 }.min() ?? .infinity
        if !(missing < 0) { undecided.append((unsafe, missing)) }
      }
    }
    let open = undecided.sorted { $0.missing > $1.missing }.map(\.unsafe)
    for _ in 0..<attackRounds {
      for unsafe in open {
        if let found = try attack.run(unsafe, from: [], steps: 100, isExpired: isExpired) {
          return .sat(found)
        }
      }
    }
    var isDecided = true
    for unsafe in open {
      switch try split(unsafe, propagation, isExpired: isExpired) {
      case .proven: continue
      case .refuted(let found): return .sat(found)
      case .undecided: isDecided = false
      }
      if isExpired() { break }
    }
    if isDecided, !isExpired() { return .unsat }
    return .unknown(reason: isExpired() ? "the time is over" : "the bounds are not tight enough")
  }

  private enum SplitOutcome {
    case proven
    case refuted(Counterexample)
    case undecided
  }

  private func split(
    _ unsafe: UnsafeCase, _ propagation: BoundPropagation, isExpired: @escaping @Sendable () -> Bool
  ) throws -> SplitOutcome {
    var found: Counterexample?
    // Where a linear bound is smallest is a good place to start from.
    func ask(_ points: [[Double]]) throws -> Bool {
      found = try attack.run(
        unsafe, from: points.map { $0.map { Float($0) } }, steps: 8, isExpired: isExpired)
      return found != nil
    }
    return try withoutActuallyEscaping(ask) { ask in
      var outcome = InputSplitting.Outcome.undecided
      if unsafe.lower.count <= CompleteSearch.mostSplitCoordinates {
        // One violated constraint is enough, so a block of them is.
        outcome = try InputSplitting(
          propagation: propagation, region: unsafe.region,
          forms: Array(unsafe.forms.prefix(Lanes.scalarCount)),
          isSettled: { zip($0, unsafe.constraints).contains { $0 > $1.bound } }, isExpired: isExpired,
          isRefuted: ask
        ).run()
      } else {
        let tight = propagation.optimizing(over: unsafe.region)
        let bounds = tight.bounds(over: unsafe.region)
        guard bounds.isFinite else { return .undecided }
        // One violated constraint is enough.
        for (form, constraint) in zip(unsafe.forms, unsafe.constraints) {
          outcome = try KinkSplitting(
            propagation: tight, bounds: bounds, region: unsafe.region, form: form,
            target: constraint.bound, isExpired: isExpired, isRefuted: ask
          ).run()
          if outcome != .undecided { break }
        }
      }
      switch outcome {
      case .proven: return .proven
      case .refuted: return found.map { .refuted($0) } ?? .undecided
      case .undecided: return .undecided
      }
    }
  }

  private func check(_ unsafe: UnsafeCase) throws(CertificateError) {
    let (inputs, outputs) = attack.counts
    guard unsafe.lower.count == inputs, unsafe.upper.count == inputs else {
      throw .wrongInputCount(found: unsafe.lower.count, expected: inputs)
    }
    for term in unsafe.constraints.flatMap(\.terms) where !(0..<outputs).contains(term.index) {
      throw .countOutOfRange(name: "an output's number", value: term.index, range: 0...(outputs - 1))
    }
    for (a, b) in zip(unsafe.lower, unsafe.upper) where !(a <= b && a.isFinite && b.isFinite) {
      throw .valueOutOfRange(name: "a lower end", value: a, interval: "[−∞, \(b)], finite")
    }
  }
}
