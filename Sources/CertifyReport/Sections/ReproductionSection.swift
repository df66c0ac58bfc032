import CertifyResults

/// All it takes to get the same counts again.
struct ReproductionSection {
  var manifest: RunManifest

  var blocks: [Block] {
    [
      .heading(2, "To reproduce"), .code(manifest.command, language: "sh"), .table(table),
      .paragraph(
        "The same files, parameters, seed, kernels and instruction set give the same counts for any number of jobs."
      ),
    ]
  }

  private var table: Table {
    var table = Table(header: ["what", "value"])
    func add(_ what: String, _ value: String) { table.rows.append([Prose(what), .code(value)]) }
    add("model, SHA-256", manifest.model.sha256)
    add("data, SHA-256", manifest.data.sha256)
    if let labels = manifest.labels {
      add("labels", labels.path)
      add("labels, SHA-256", labels.sha256)
    }
    for (what, file) in [("threat file", manifest.threatFile), ("surrogate", manifest.surrogate)] {
      guard let file else { continue }
      add(what, file.path)
      add("\(what), SHA-256", file.sha256)
    }
    add("certify", manifest.tool.version)
    add("kernels", manifest.tool.kernels)
    add("instruction set", manifest.tool.instructionSet)
    add("batch size", "\(manifest.tool.batchSize)")
    add("seed", "\(manifest.seed)")
    if manifest.classifiers.contains(.smoothed) {
      add("samples", "\(manifest.samples)")
      add("selection samples", "\(manifest.selectionSamples)")
      add("alpha", "\(manifest.alpha)")
    }
    for (name, value) in manifest.parameters.sorted(by: { $0.key < $1.key }) { add(name, value) }
    return table
  }
}
