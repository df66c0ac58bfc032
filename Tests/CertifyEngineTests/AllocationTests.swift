import Testing
import _CertifyAllocations
import _CertifyTestSupport

@testable import CertifyEngine

/// Forward passes and input gradients run in memory that was allocated when they were compiled.
@Suite(.enabled(if: certify_allocations_are_counted() != 0)) struct AllocationTests {
  /// The bytes from which an allocation counts: less than any buffer of a batch, more than what kernels' arguments need.
  private static let smallest = 1024

  private func allocations(_ body: () throws -> Void) rethrows -> Int {
    certify_allocations_begin(Self.smallest)
    defer { _ = certify_allocations_end() }
    try body()
    return certify_allocations_end()
  }

  @Test func buffersAreCounted() {
    var kept: [UnsafeMutableRawPointer] = []
    kept.reserveCapacity(3)
    let found = allocations {
      kept.append(.allocate(byteCount: 1200, alignment: 8))
      kept.append(.allocate(byteCount: 4096, alignment: 64))
      kept.append(.allocate(byteCount: 12, alignment: 4))
    }
    #expect(found == 2)
    #expect(Set(kept).count == 3)
    for memory in kept { memory.deallocate() }
  }

  @Test(
    .enabled(if: KernelLibrary.hasVectorsOf16, "oneDNN's matrix products for AVX2 allocate on their own"),
    arguments: ["digits_mlp", "digits_cnn", "digits_logistic"])
  func inputGradientsDoNotAllocate(_ name: String) throws {
    let source = try LoadedClassifier(model: .load(path: Fixtures.path("models/\(name).onnx")))
    let classifier = try #require(try source.makeDifferentiableClassifier(batchSize: 24))
    let shared = try source.makeSharedClassifier()
    func step(_ classifier: any DifferentiableClassifier, rows: Int) throws {
      try classifier.forward(count: rows)
      for i in 0..<rows * classifier.classCount { classifier.logitGradients[i] = Float(i % 3) - 1 }
      try classifier.backward(count: rows)
    }
    for rows in [1, 3, 8, 12, 24] {
      for classifier in [classifier, shared].compactMap(\.self) where rows <= classifier.batchSize {
        let (inputs, gradients) = (classifier.inputs.baseAddress, classifier.inputGradients.baseAddress)
        try step(classifier, rows: rows)
        let found = try allocations { for _ in 0..<20 { try step(classifier, rows: rows) } }
        #expect(found == 0, "\(rows) rows")
        #expect(inputs == classifier.inputs.baseAddress)
        #expect(gradients == classifier.inputGradients.baseAddress)
      }
    }
  }
}
