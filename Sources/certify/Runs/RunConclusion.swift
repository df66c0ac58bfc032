import CertifyGate
import CertifyReport
import CertifyResults
import CertifyStore

/// The end of a run or of a merge: what the store holds is judged and written down.
struct RunConclusion {
  let store: RunStore
  let criteria: Criteria
  let output: OutputDirectory

  /// Judges the run, keeps the verdict and writes every format.
  ///
  /// - Throws: What judging throws, after the results are written without a verdict; what writing throws.
  func write() throws -> ReportSource {
    let results = try store.results()
    do {
      // A part is not judged; contradictions and failures count all the same.
      let verdict =
        try results.shard == nil ? criteria.judge(results) : Gate.judge(results: results, requirements: [])
      try store.finish(diagnosis: results.diagnosis, verdict: verdict)
      return try write(ReportSource(results: results, verdict: verdict))
    } catch {
      _ = try write(ReportSource(results: results))
      throw error
    }
  }

  private func write(_ source: ReportSource) throws -> ReportSource {
    for format in ReportFormats.written { try output.write(format.render(source)) }
    return source
  }
}
