/// Gradient ascent on the lower slopes of rectifiers, separately in each lane (α-CROWN: Xu et al. 2021,
/// arXiv 2011.13824).
///
/// The bound is min over x of a linear function whose coefficients depend on the slopes; its derivative with respect
/// to the slope of an element with coefficient a > 0 is a·v, v the element's value where the chosen lines replace
/// every activation, at the minimising x. Every slope in its range gives a valid bound: the best one counts.
struct SlopeOptimization: Sendable {
  var steps = 20
  var stepSize = 0.25
  /// Whether the bounds of hidden values are optimised, too.
  var includesIntermediate = true

  func minima(
    of forms: [LinearForm], at value: Int, _ pass: BackwardPass, over region: InputRegion
  ) -> Lanes {
    var ascent = SlopeAscent(pass: pass, value: value)
    return ascent.run(forms, over: region, steps: steps, stepSize: stepSize)
  }
}
