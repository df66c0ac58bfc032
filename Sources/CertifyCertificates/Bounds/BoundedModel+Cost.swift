extension BoundedModel {
  /// The products of one pass of intervals.
  public var intervalWork: Int { graph.termCount }

  /// The products, sixteen at a time, of linear bounds over one region if every hidden element were refined.
  public var linearWork: Int {
    var (work, products) = (0, 0)
    for (node, count) in zip(graph.nodes, graph.termCounts) {
      if case .affine = node.kind {
      } else {
        let forms = 2 * node.inputs.reduce(0) { $0 + graph.sizes[$1] } / Lanes.scalarCount + 1
        let (own, overflow) = forms.multipliedReportingOverflow(by: products)
        work = overflow || work > 1 << 60 || own > 1 << 60 ? 1 << 60 : work + own
      }
      products += count
    }
    return work + products
  }
}
