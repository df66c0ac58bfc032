extension Graph {
  /// The same function of the input with fewer and cheaper nodes.
  ///
  /// Values keep their indices; those that are no longer computed stay in `values`.
  func simplified() -> Graph {
    let passes: [(inout Graph) -> Bool] = []
    var graph = self
    var changed = true
    while changed {
      changed = false
      for pass in passes where pass(&graph) { changed = true }
      graph = graph.withoutDeadNodes()
    }
    return graph
  }
}
