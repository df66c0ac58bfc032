import CertifyData
import Foundation
import Testing

/// The folder with the published files, if any.
private let publishedDataFolder = ProcessInfo.processInfo.environment["CERTIFY_EXTERNAL_DATA"]

/// The files that MNIST and CIFAR-10 are published as, where CERTIFY_EXTERNAL_DATA names a folder with them.
@Suite(.enabled(if: publishedDataFolder != nil)) struct PublishedDataTests {
  func path(_ name: String) -> String? {
    guard let folder = publishedDataFolder else { return nil }
    let path = "\(folder)/\(name)"
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }

  @Test func mnistTestSplit() throws {
    guard let images = path("t10k-images-idx3-ubyte.gz") else { return }
    let data = try Dataset.load(path: images, labelsPath: path("t10k-labels-idx1-ubyte.gz"))
    #expect(data.count == 10_000)
    #expect(data.sampleShape == [28, 28])
    guard case .bytes(let values) = data.samples else {
      Issue.record("the images are not 8-bit")
      return
    }
    // The mean pixel of the test split, 0.1325 of 255 as is well known; its labels begin 7, 2, 1, 0, 4.
    let mean = Double(values.reduce(0) { $0 + Int($1) }) / Double(values.count) / 255
    #expect(abs(mean - 0.1325) < 0.0001)
    if let labels = data.labels {
      #expect(labels.prefix(5) == [7, 2, 1, 0, 4])
      try data.validateLabels(classCount: 10)
    }
  }

  @Test func cifarTestBatch() throws {
    guard let batch = path("test_batch.bin") else { return }
    let data = try Dataset.load(path: batch)
    #expect(data.count == 10_000)
    #expect(data.labels?.prefix(5) == [3, 8, 8, 0, 6])
  }
}
