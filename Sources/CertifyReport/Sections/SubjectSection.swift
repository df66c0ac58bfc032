import CertifyResults

/// What was judged: the threat model and the classifiers, in words.
struct SubjectSection {
  var manifest: RunManifest

  var blocks: [Block] { [.heading(2, "What was tested"), .list(items)] }

  private var items: [Prose] {
    let shape = manifest.inputShape.map(String.init).joined(separator: " × ")
    var items: [Prose] = [
      "\(strong: "Model"): \(code: manifest.model.path), inputs of shape \(shape), \(manifest.classCount) classes.",
      "\(strong: "Data"): \(code: manifest.data.path), \(manifest.selectedInputs) of \(manifest.availableInputs) inputs, values \(manifest.scaling).",
      "\(strong: "Threat model"): \(Wording.threat(manifest))",
    ]
    if let target = manifest.target {
      items.append(
        "\(strong: "Target"): \(Self.meaning(target)). A witness is an input that is given the target; the certified radius is against every other class, which bounds the distance to each from below."
      )
    }
    if manifest.classifiers.contains(.base) {
      items.append("\(strong: "Base classifier f"): the saved model itself.")
    }
    if manifest.classifiers.contains(.smoothed) {
      for smoothing in manifest.smoothings {
        items.append(
          "\(strong: "Smoothed classifier g"): the class that f gives most often when noise is added to the input; \(Wording.definition(smoothing)). It is another classifier than f."
        )
      }
    }
    items.append(
      "\(strong: "Certificates"): \(names(manifest.certificates)). \(strong: "Attacks"): \(names(manifest.attacks))\(epsilons).\(reason)"
    )
    return items
  }

  private static func meaning(_ target: String) -> Prose {
    switch target {
    case "second": "the class that the saved model finds second most likely"
    case "least-likely": "the class that the saved model finds least likely"
    case "all": "each class but the label in turn, the nearest of which counts"
    default: "class \(code: target), for inputs of other labels"
    }
  }

  /// Why f has the certificate it has, or none, where the run named none.
  private var reason: String {
    manifest.parameters[RunManifest.baseCertificateReason].map { " Of f, by default: \($0)." } ?? ""
  }

  private func names(_ list: [String]) -> Prose {
    list.isEmpty ? "none" : list.map(Prose.code).joined(separator: ", ")
  }

  private var epsilons: String {
    manifest.epsilons.isEmpty
      ? "" : " at the fixed radii \(manifest.epsilons.map { "\($0)" }.joined(separator: ", "))"
  }
}
