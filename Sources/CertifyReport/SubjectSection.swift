import CertifyResults

/// What was judged: the threat model and the classifiers, in words.
struct SubjectSection {
  var manifest: RunManifest

  var markdown: String {
    var lines = [
      "- **Model**: \(MarkdownText.code(manifest.model.path)), inputs of shape "
        + "\(manifest.inputShape.map(String.init).joined(separator: " × ")), \(manifest.classCount) classes.",
      "- **Data**: \(MarkdownText.code(manifest.data.path)), \(manifest.selectedInputs) of "
        + "\(manifest.availableInputs) inputs, values \(MarkdownText.plain(manifest.scaling)).",
      "- **Threat model**: \(Wording.threat(manifest))",
    ]
    if manifest.classifiers.contains(.base) {
      lines.append("- **Base classifier f**: the saved model itself.")
    }
    if manifest.classifiers.contains(.smoothed) {
      for smoothing in manifest.smoothings {
        lines.append(
          "- **Smoothed classifier g**: the class that f gives most often when noise is added to the input; "
            + "\(Wording.definition(smoothing)). It is another classifier than f.")
      }
    }
    lines.append(
      "- **Certificates**: \(names(manifest.certificates)). **Attacks**: \(names(manifest.attacks))\(epsilons)."
    )
    return "## What was tested\n\n" + lines.joined(separator: "\n")
  }

  private func names(_ list: [String]) -> String {
    list.isEmpty ? "none" : list.map { MarkdownText.code($0) }.joined(separator: ", ")
  }

  private var epsilons: String {
    manifest.epsilons.isEmpty
      ? "" : " at the fixed radii \(manifest.epsilons.map { "\($0)" }.joined(separator: ", "))"
  }
}
