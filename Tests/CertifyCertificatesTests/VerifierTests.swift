import CertifyEngine
import CertifyModel
import Synchronization
import Testing
import _CertifyTestSupport

@testable import CertifyCertificates

@Suite struct VerifierTests {
  /// The cases in which another class is at least as large as the input's own, within ε of it in every coordinate.
  private func misclassification(
    _ input: [Float], label: Int, classes: Int, epsilon: Double
  ) -> [UnsafeCase] {
    (0..<classes).filter { $0 != label }.map { rival in
      UnsafeCase(
        lower: input.map { Double($0) - epsilon }, upper: input.map { Double($0) + epsilon },
        constraints: [UnsafeCase.Constraint(terms: [(label, 1), (rival, -1)], bound: 0)])
    }
  }

  private func patience(_ evaluations: Int) -> @Sendable () -> Bool {
    let asked = Counter()
    return { asked.next() > evaluations }
  }

  /// Whether some point of a grid over the box is unsafe.
  private func isUnsafe(_ graph: Graph, _ unsafe: UnsafeCase, steps: Int) throws -> Bool {
    let evaluator = try GraphEvaluator(graph: graph, gradients: false)
    let d = unsafe.lower.count
    var index = [Int](repeating: 0, count: d)
    while true {
      for i in 0..<d {
        let place = Double(index[i]) / Double(steps)
        evaluator.inputs[i] = Float(unsafe.lower[i] + (unsafe.upper[i] - unsafe.lower[i]) * place)
      }
      try evaluator.forward()
      if unsafe.constraints.allSatisfy({ $0.excess(of: evaluator.outputs) <= 0 }) { return true }
      guard let axis = index.firstIndex(where: { $0 < steps }) else { return false }
      index[axis] += 1
      for i in 0..<axis { index[i] = 0 }
    }
  }

  /// On nets of two and three inputs every property is decided, and a dense grid agrees; every counterexample is one.
  @Test(arguments: [SmallNet.Kind.rectifier, .leaky, .residual])
  func smallNetsAreDecided(kind: SmallNet.Kind) throws {
    var (sat, unsat) = (0, 0)
    for seed in 0..<UInt64(12) {
      let (inputs, classes) = (2 + Int(seed % 2), 3)
      let graph = SmallNet.make(kind, seed: seed, inputs: inputs, classes: classes)
      let subject = try BoundSoundnessTests.Subject(kind, seed: seed, inputs: inputs, classes: classes)
      let verifier = try Verifier {
        SmallNet.make(kind, seed: seed, inputs: inputs, classes: classes, batch: $0)
      }
      for epsilon in [0.05, 0.3, 1] {
        let cases = misclassification(
          subject.input, label: subject.label, classes: classes, epsilon: epsilon)
        switch try verifier.verdict(on: cases, isExpired: patience(20_000)) {
        case .unsat:
          unsat += 1
          for unsafe in cases {
            let broken = try isUnsafe(graph, unsafe, steps: inputs == 2 ? 60 : 20)
            #expect(!broken, "\(kind) \(seed) ε \(epsilon)")
          }
        case .sat(let found):
          sat += 1
          let evaluator = try GraphEvaluator(graph: graph, gradients: false)
          _ = evaluator.inputs.update(fromContentsOf: found.input)
          try evaluator.forward()
          #expect(Array(evaluator.outputs) == found.outputs)
          #expect(
            found.outputs.indices.contains {
              $0 != subject.label && found.outputs[$0] >= found.outputs[subject.label]
            })
          for (value, center) in zip(found.input, subject.input) {
            #expect(abs(Double(value) - Double(center)) <= epsilon)
          }
        case .unknown(let reason): Issue.record("\(kind) \(seed) ε \(epsilon): \(reason)")
        }
      }
    }
    #expect(sat >= 4 && unsat >= 10, "\(sat) sat, \(unsat) unsat")
  }

  /// Splitting kinks decides, too: with sixteen inputs boxes are not split, and intervals or one pass of linear bounds
  /// do not prove what is proven here.
  @Test func kinksAreSplit() throws {
    var (sat, unsat, needed) = (0, 0, 0)
    for seed in 0..<UInt64(8) {
      let subject = try BoundSoundnessTests.Subject(.averaged, seed: seed, inputs: 16, classes: 2)
      let verifier = try Verifier {
        SmallNet.make(.averaged, seed: seed, inputs: 16, classes: 2, batch: $0)
      }
      let certified = try subject.model.certificate(
        .linear, input: subject.input, label: subject.label, norm: .linf)
      for factor in [1.0, 1.1, 1.3, 6] {
        let epsilon = certified.radius * factor
        let cases = misclassification(
          subject.input, label: subject.label, classes: 2, epsilon: epsilon * (1 - 1e-9))
        switch try verifier.verdict(on: cases, isExpired: patience(3000)) {
        case .unsat:
          unsat += 1
          if factor > 1 { needed += 1 }
        case .sat:
          sat += 1
          #expect(factor > 1)
        case .unknown: #expect(factor > 1)
        }
      }
    }
    #expect(needed >= 6 && sat >= 4, "\(sat) sat, \(unsat) unsat, \(needed) beyond the linear bounds")
  }

  /// `unsat` is claimed of the floating-point program where every error that it charges is proven.
  @Test func soundnessIsThatOfTheActivations() throws {
    for (kind, isSound) in [
      (SmallNet.Kind.rectifier, true), (.leaky, true), (.tanh, Activation.tanh.hasProvenError),
      (.sigmoid, Activation.sigmoid.hasProvenError),
    ] {
      let verifier = try Verifier { SmallNet.make(kind, seed: 1, inputs: 2, classes: 2, batch: $0) }
      #expect(verifier.floatSound == isSound)
    }
  }

  /// All constraints of a case must hold at once, and any of several cases suffices.
  @Test func conjunctionsAndDisjunctions() throws {
    func graph(_ batch: Int) -> Graph {
      Graph(
        values: [Value(name: "x", shape: [batch, 1]), Value(name: "y", shape: [batch, 2])],
        nodes: [
          Node(
            name: "fc",
            operation: .linear(
              Linear(weights: Tensor(shape: [2, 1], elements: [1, -1]), bias: nil)),
            inputs: [0], output: 1)
        ], input: 0, output: 1)
    }
    let verifier = try Verifier(graph: graph)
    func constraint(_ index: Int, _ bound: Double) -> UnsafeCase.Constraint {
      UnsafeCase.Constraint(terms: [(index, 1)], bound: bound)
    }
    func box(_ constraints: [UnsafeCase.Constraint]) -> UnsafeCase {
      UnsafeCase(lower: [-1], upper: [1], constraints: constraints)
    }
    // x ≤ −½ and −x ≤ −½ exclude each other; alone each is reached.
    let both = [constraint(0, -0.5), constraint(1, -0.5)]
    #expect(try verifier.verdict(on: [box(both)], isExpired: patience(1000)) == .unsat)
    for one in both {
      guard case .sat = try verifier.verdict(on: [box(both), box([one])], isExpired: patience(1000)) else {
        Issue.record("a case that is reached was not found")
        continue
      }
    }
    // Ties are unsafe, and an interval without a float stands for the nearest one.
    let tie = UnsafeCase(lower: [0.1], upper: [0.1], constraints: [constraint(0, Double(Float(0.1)))])
    guard case .sat(let found) = try verifier.verdict(on: [tie], isExpired: patience(1000)) else {
      Issue.record("the tie was not found")
      return
    }
    #expect(found.input == [0.1] && found.outputs == [0.1, -0.1])
    #expect(throws: CertificateError.wrongInputCount(found: 2, expected: 1)) {
      try verifier.verdict(
        on: [UnsafeCase(lower: [0, 0], upper: [1, 1], constraints: [])], isExpired: { false })
    }
  }
}

/// Counts how often it is asked, from any thread.
private final class Counter: Sendable {
  private let value = Mutex(0)

  func next() -> Int {
    value.withLock {
      $0 += 1
      return $0
    }
  }
}
