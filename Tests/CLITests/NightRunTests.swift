import CertifyResults
import Foundation
import Testing
import _CertifyTestSupport

/// The array jobs of docs/night-runs.md, run without their schedulers: each task as it would be started.
@Suite struct NightRunTests {
  private static func page() throws -> String {
    try String(
      contentsOf: Fixtures.package.appendingPathComponent("docs/night-runs.md"), encoding: .utf8)
  }

  /// The reader's files, and `certify` with short runs in front of everything else on the path.
  private func place() throws -> Workplace {
    let place = try Workplace()
    for (name, fixture) in [("model.onnx", "models/digits_mlp.onnx"), ("test.npz", "data/digits_test.npz")] {
      try FileManager.default.createSymbolicLink(
        atPath: place.path(name), withDestinationPath: Fixtures.path(fixture))
    }
    try place.write(
      "#!/bin/sh\nexec '\(Certify.executable.path)' \"$@\" --first 6 --samples 300 --attack none\n",
      to: "certify")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: place.path("certify"))
    return place
  }

  private func check(_ place: Workplace) throws {
    let merged = try Certify.run(
      ["merge"] + (1...4).map { place.path("shards/\($0)") } + ["--out", place.path("whole")])
    #expect(merged.status == 0, "\(merged.errors)")
    let results = try place.results("whole").results
    #expect(results.inputs.map(\.index) == [0, 1, 2, 3, 4, 5])
    #expect(!results.interrupted && results.shard == nil)
  }

  @Test func theSlurmArrayIsTheWholeRun() throws {
    let place = try place()
    let script = try #require(try Self.page().firstMatch(of: /```bash\n(#!\/bin\/bash\n[^`]*)```/))
    try place.write(String(script.1), to: "night.sh")
    #expect(script.1.contains("#SBATCH --array=1-4\n"))
    for task in 1...4 {
      let answer = try RunningProcess(
        URL(fileURLWithPath: "/bin/sh"),
        ["-c", "PATH=.:$PATH SLURM_ARRAY_TASK_ID=\(task) SLURM_CPUS_ON_NODE=1 /bin/bash night.sh"],
        in: place.url
      ).answer(within: 60)
      #expect(answer.status == 0, "\(answer.errors)")
    }
    try check(place)
  }

  @Test func theIndexedJobIsTheWholeRun() throws {
    let place = try place()
    let page = try Self.page()
    let script = try #require(page.firstMatch(of: /- >-\n((?:              .*\n)+)/))
    let command = script.1.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      .joined(separator: " ")
    #expect(page.contains("completions: 4\n"))
    for task in 0..<4 {
      let answer = try RunningProcess(
        URL(fileURLWithPath: "/usr/bin/env"),
        ["PATH=\(place.url.path):/usr/bin:/bin", "JOB_COMPLETION_INDEX=\(task)", "/bin/sh", "-c", command],
        in: place.url
      ).answer(within: 60)
      #expect(answer.status == 0, "\(command): \(answer.errors)")
    }
    try check(place)
  }
}
