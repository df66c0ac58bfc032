/// Which value of a file is read as the logits.
struct OutputChoice: Sendable {
  /// The name of the value.
  let name: String
  /// The operator after it that chooses a class, which is left out; `nil` where there is none.
  let chooser: SourceNode?

  /// Chooses the first output of floating-point type, else the scores from which the first output is chosen.
  ///
  /// Classifiers such as scikit-learn's have two outputs, a label and scores.
  ///
  /// - Throws: ``ModelError/outputs(names:)``, ``ModelError/outputEachClass(names:)``.
  init(
    _ outputs: [Onnx_ValueInfoProto], nodes: [SourceNode], _ warnings: inout [ModelWarning]
  ) throws {
    var producers: [String: Int] = [:]
    for (index, node) in nodes.enumerated() {
      for output in node.outputs where !output.isEmpty { producers[output] = index }
    }
    // An output without a type may be of any.
    let floating: Set<Int32> = [0, 1, 10, 11, 16]
    let candidates = outputs.filter { floating.contains($0.type.tensorType.elemType) }
    let single = candidates.filter(\.isOneNumber)
    if single.count > 1, single.count == candidates.count {
      throw ModelError.outputEachClass(names: single.map(\.name))
    }
    let first = candidates.first
    let names = outputs.map(\.name)
    guard let chosen = first?.name ?? names.first else { throw ModelError.outputs(names: names) }
    let ignored = names.filter { $0 != chosen }
    if !ignored.isEmpty { warnings.append(.severalOutputs(chosen: chosen, ignored: ignored)) }
    if let (scores, chooser) = Self.scores(behind: chosen, nodes, producers) {
      warnings.append(.classChosen(node: chooser.name, operatorName: chooser.operatorName))
      name = scores
      self.chooser = chooser
    } else if first != nil {
      name = chosen
      chooser = nil
    } else {
      throw ModelError.outputs(names: names)
    }
  }

  /// Follows a name back through what moves, converts or renames labels to the operator that chose them.
  private static func scores(
    behind name: String, _ nodes: [SourceNode], _ producers: [String: Int]
  ) -> (name: String, chooser: SourceNode)? {
    var name = name
    // A cycle is found and reported later.
    for _ in nodes.indices {
      guard let index = producers[name] else { return nil }
      let node = nodes[index]
      let next: Int
      switch (node.domain, node.operatorName) {
      case ("", "ArgMax"), ("", "ArgMin"), ("", "Hardmax"), ("", "TopK"):
        return node.inputs.first.map { ($0, node) }
      case ("ai.onnx.ml", "LinearClassifier"):
        guard node.outputs.count == 2, node.outputs[0] == name, !node.outputs[1].isEmpty else { return nil }
        return (node.outputs[1], node)
      case ("", "Cast"), ("", "Identity"), ("", "Reshape"), ("", "Squeeze"), ("", "Unsqueeze"),
        ("", "Flatten"),
        ("ai.onnx.ml", "LabelEncoder"):
        next = 0
      case ("", "Gather"), ("ai.onnx.ml", "ArrayFeatureExtractor"):
        // The second input chooses among the labels, which are the first.
        guard let labels = node.inputs.first, producers[labels] == nil else { return nil }
        next = 1
      default: return nil
      }
      guard node.inputs.indices.contains(next) else { return nil }
      name = node.inputs[next]
    }
    return nil
  }
}

extension OutputChoice {
  /// The scores, of which the largest one is the class that the operator chooses.
  ///
  /// - Throws: ``ModelError`` when the operator does not choose among all numbers of a row.
  func logits(_ scores: ValueID, _ builder: inout GraphBuilder) throws -> ValueID {
    guard let chooser, chooser.domain.isEmpty else { return scores }
    let call = OperatorCall(node: chooser, opset: chooser.opset, inputs: [.value(scores)])
    let shape = builder.shape(scores)
    let fallback =
      ["ArgMax": 0, "ArgMin": 0, "Hardmax": call.opset < 13 ? 1 : -1][chooser.operatorName] ?? -1
    let axis = try call.axis(call.int("axis") ?? fallback, rank: shape.count)
    guard axis > 0, shape.reduce(1, *) == shape[0] * shape[axis] else {
      throw call.unsupported(
        "it chooses along axis \(axis) of \(shape)", help: "it must choose one of all numbers of a row")
    }
    if try call.flag("select_last_index", default: false) {
      throw call.unsupported("it chooses the last of equal numbers", help: "export with select_last_index=0")
    }
    let isSmallest =
      try chooser.operatorName == "ArgMin"
      || (chooser.operatorName == "TopK" && !call.flag("largest", default: true))
    return isSmallest ? try builder.affine(call, scores, scale: .number(-1, call)) : scores
  }
}

extension Onnx_ValueInfoProto {
  /// Whether the value is said to have one number for each input: its extents after the first are 1.
  fileprivate var isOneNumber: Bool {
    let extents = type.tensorType.shape.dim
    return !extents.isEmpty && extents.dropFirst().allSatisfy { $0.dimValue == 1 }
  }
}
