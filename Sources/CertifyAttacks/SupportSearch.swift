import CertifyThreat

/// A local search among the sets of changed features, from the flipping point that changes the fewest.
///
/// The size of a change costs nothing in ℓ₀, so the changed features are moved as far as they raise the margin of the
/// rival class. With the gradient g at such a point u, giving feature i back costs gᵢ(uᵢ − xᵢ) to first order, and
/// moving an unchanged one to the end of its interval gains |gⱼ| times its way. In this order are tried: to give back the
/// features that cost least, several at once; to give back two for one new; to exchange one for one that gains more.
struct SupportSearch {
  let oracle: Oracle
  let attack: String
  private let store: PointStore
  /// Exchanges in a row that do not lower the number of changed features.
  private static let mostExchanges = 8

  init(oracle: Oracle, attack: String) {
    (self.oracle, self.attack) = (oracle, attack)
    store = PointStore(count: 1, dimension: oracle.dimension)
  }

  /// A point, the margin of its rival class and the gradient of that.
  private struct State {
    var point: [Float]
    var value: Double
    var gradient: [Float]
  }

  /// Searches until nothing helps or the budget is spent; the oracle has what was found.
  func run() throws {
    guard let start = oracle.nearest, start.distance > 1 else { return }
    let loss = AttackLoss.targeted(start.decided)
    guard var state = try look(at: start.point, loss) else { return }
    var exchanges = 0
    while exchanges < Self.mostExchanges {
      if let pushed = try look(at: pushed(state), loss), pushed.value > state.value { state = pushed }
      if let fewer = try fewer(state) {
        guard let next = try look(at: fewer, loss) else { return }
        (state, exchanges) = (next, 0)
      } else {
        guard let exchange = exchanged(state), let next = try look(at: exchange, loss),
          next.value > state.value
        else { return }
        state = next
        exchanges += 1
      }
    }
  }

  private func look(at point: [Float], _ loss: AttackLoss) throws -> State? {
    store.set(0, to: point)
    var state: State?
    let answered = try oracle.ask(store, [0], attack: attack, loss: { _ in loss }) { _, answer in
      state = State(
        point: Array(answer.point), value: loss.value(logits: answer.logits, label: oracle.input.label),
        gradient: answer.gradient.map { $0.isFinite ? $0 : 0 })
    }
    return answered ? state : nil
  }

  /// Where feature `i` goes to raise the margin most: the end of its interval, or as far as the farthest changed one.
  private func end(_ i: Int, _ state: State, reach: Float) -> Float {
    let (x, g) = (oracle.input.point[i], state.gradient[i])
    let (lower, upper) = (oracle.neighbourhood.lower[i], oracle.neighbourhood.upper[i])
    return g > 0 ? (upper.isFinite ? upper : x + reach) : (lower.isFinite ? lower : x - reach)
  }

  private func reach(_ state: State) -> Float {
    zip(state.point, oracle.input.point).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  private func pushed(_ state: State) -> [Float] {
    let reach = reach(state)
    var point = state.point
    for i in oracle.changedFeatures(of: point) where state.gradient[i] != 0 {
      let end = end(i, state, reach: reach)
      if end != oracle.input.point[i] { point[i] = end }
    }
    return point
  }

  /// The changed features, those first whose return costs least.
  private func changed(_ state: State) -> [(feature: Int, cost: Float)] {
    oracle.changedFeatures(of: state.point)
      .map { ($0, state.gradient[$0] * (state.point[$0] - oracle.input.point[$0])) }
      .sorted { ($0.1, $0.0) < ($1.1, $1.0) }
  }

  /// The unchanged features that gain most, with where they go.
  private func unchanged(_ state: State, atMost limit: Int) -> [(feature: Int, end: Float, gain: Float)] {
    let (x, reach) = (oracle.input.point, reach(state))
    let all = x.indices.compactMap { i -> (feature: Int, end: Float, gain: Float)? in
      guard state.point[i] == x[i], state.gradient[i] != 0 else { return nil }
      let end = end(i, state, reach: reach)
      let gain = state.gradient[i] * (end - x[i])
      return gain > 0 ? (i, end, gain) : nil
    }
    return Array(all.sorted { ($0.gain, $1.feature) > ($1.gain, $0.feature) }.prefix(limit))
  }

  /// A flipping point that changes fewer features; `nil` when none was found.
  private func fewer(_ state: State) throws -> [Float]? {
    let changed = changed(state)
    guard changed.count > 1 else { return nil }
    let order = changed.map(\.feature)
    let prefixes = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64].filter { $0 < order.count }
    var points = prefixes.map { oracle.restoring(order.prefix($0), of: state.point) }
    if let last = try oracle.flipping(points, attack: attack)?.last { return points[last] }
    points = order.dropFirst().prefix(15).map { oracle.restoring([$0], of: state.point) }
    if let first = try oracle.flipping(points, attack: attack)?.first { return points[first] }
    return try twoForOne(state, changed)
  }

  private func twoForOne(_ state: State, _ changed: [(feature: Int, cost: Float)]) throws -> [Float]? {
    guard changed.count > 1 else { return nil }
    var trials: [(gain: Float, point: [Float])] = []
    let cheap = changed.prefix(6)
    for new in unchanged(state, atMost: 6) {
      for (position, first) in cheap.enumerated() {
        for second in cheap.dropFirst(position + 1) {
          var point = oracle.restoring([first.feature, second.feature], of: state.point)
          point[new.feature] = new.end
          trials.append((new.gain - first.cost - second.cost, point))
        }
      }
    }
    let points = trials.sorted { $0.gain > $1.gain }.prefix(24).map(\.point)
    return try oracle.flipping(points, attack: attack)?.first.map { points[$0] }
  }

  /// One feature for one that gains more; `nil` where none does.
  private func exchanged(_ state: State) -> [Float]? {
    guard let cheapest = changed(state).first, let new = unchanged(state, atMost: 1).first,
      new.gain > cheapest.cost
    else { return nil }
    var point = oracle.restoring([cheapest.feature], of: state.point)
    point[new.feature] = new.end
    return point
  }
}
