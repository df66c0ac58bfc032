import CertifyEngine
import CertifyModel
import Dispatch
import Synchronization
import Testing
import _CertifyTestSupport

/// Plans of the same model on several threads at once compute the same bits as one alone.
struct ConcurrencyTests {
  @Test(arguments: ["digits_cnn", "digits_mlp", "digits_binary_sigmoid"])
  func fourThreadsAgree(_ name: String) throws {
    let loaded = try LoadedClassifierTests.load(name)
    let expected = try Self.bits(loaded, rounds: 1)
    let found = Mutex<[[UInt32]]>([])
    let failures = Mutex<[any Error]>([])
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      do {
        // Plans are compiled side by side too.
        let bits = try Self.bits(loaded, rounds: 20)
        found.withLock { $0.append(bits) }
      } catch {
        failures.withLock { $0.append(error) }
      }
    }
    #expect(failures.withLock { $0.map { "\($0)" } }.isEmpty)
    let all = found.withLock { $0 }
    #expect(all.count == 8)
    #expect(all.allSatisfy { $0 == expected })
  }

  /// Logits and input gradients after several rounds of random inputs, the last of them those of one round.
  private static func bits(_ loaded: LoadedClassifier, rounds: Int) throws -> [UInt32] {
    let made = try loaded.makeDifferentiableClassifier(batchSize: 12)
    let classifier = try #require(made)
    for round in (0..<rounds).reversed() {
      var random = SplitMix(seed: UInt64(round))
      for i in classifier.inputs.indices { classifier.inputs[i] = Float(random.unit()) }
      for i in classifier.logitGradients.indices { classifier.logitGradients[i] = Float(random.unit()) }
      try classifier.forward(count: 12)
      try classifier.backward(count: 12)
    }
    return classifier.logits.map(\.bitPattern) + classifier.inputGradients.map(\.bitPattern)
  }
}
