import CertifySmoothing

extension SmoothedAttack {
  /// Moves the nearest witness towards x by bisection, where g is computed and every test is exact.
  func shrink(_ oracle: SmoothedOracle) throws {
    guard noise.smoothing.noise.isDeterministic, let start = oracle.best?.witness.point else { return }
    let x = oracle.input.point
    var (low, high) = (0.0, 1.0)
    var last = start
    for _ in 0..<16 {
      let middle = (low + high) / 2
      let point = oracle.feasible(
        zip(x, start).map { Float(Double($0) + middle * (Double($1) - Double($0))) })
      guard point != last else { return }
      last = point
      guard let result = try oracle.test(point, attack: oracle.best?.witness.attack ?? name.rawValue) else {
        return
      }
      if result.outcome == .flipped { high = middle } else { low = middle }
    }
  }
}
