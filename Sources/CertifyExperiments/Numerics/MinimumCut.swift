/// The cheapest choice of 0 or 1 for each of some variables, as a cut of least capacity.
///
/// A cost may be paid for a 1, for a 0, and for a pair (1, 0); costs are at least 0. Solved by a maximal preflow: highest
/// label first, with global and gap relabelling (Cherkassky & Goldberg 1997, doi 10.1007/PL00009180).
struct MinimumCut {
  /// The number of variables.
  private(set) var count = 0
  /// What may flow from the source into a variable, and from it into the sink.
  private var terminals: [(supply: Double, demand: Double)] = []
  private var pairs: [(from: Int32, to: Int32)] = []

  /// One variable more, and what it is called.
  mutating func variable() -> Int {
    terminals.append((0, 0))
    count += 1
    return count - 1
  }

  /// A cost that is paid when the variable is 1; a negative one is paid when it is 0.
  mutating func charge(_ variable: Int, whenOne cost: Double) {
    if cost > 0 { terminals[variable].demand += cost } else { terminals[variable].supply -= cost }
  }

  /// Never 1 together with a 0 of `other`: other ≥ variable.
  mutating func require(_ other: Int, atLeast variable: Int) {
    pairs.append((Int32(variable), Int32(other)))
  }

  /// The cheapest choice; of several the one with the most 1s, which contains all others.
  func largestMinimiser() -> [Bool] {
    var flow = Preflow(terminals: terminals, pairs: pairs)
    flow.saturate()
    return flow.canReachSink.map { !$0 }
  }
}

/// A preflow from the source to the sink, in the form in which the source's arcs are full: supplies are excesses, and what
/// supply and demand of one node share has gone straight through.
private struct Preflow {
  private let count: Int
  /// Arcs of node v are start[v] ..< start[v + 1].
  private var start: [Int]
  private var target: [Int32]
  private var reverse: [Int32]
  private var room: [Double]
  private var demand: [Double]
  private var excess: [Double]
  private var height: [Int]
  private var current: [Int]
  /// Nodes with excess by height, and how many nodes have each height.
  private var active: [[Int32]]
  private var population: [Int]
  private var highest = 0
  private var relabels = 0
  /// What rounding leaves of a full arc is no arc.
  private let least: Double

  init(terminals: [(supply: Double, demand: Double)], pairs: [(from: Int32, to: Int32)]) {
    count = terminals.count
    let total = terminals.reduce(0) { $0 + $1.supply + $1.demand }
    least = total * 0x1p-50
    excess = terminals.map { max(0, $0.supply - $0.demand) }
    demand = terminals.map { max(0, $0.demand - $0.supply) }
    start = [Int](repeating: 0, count: count + 1)
    for pair in pairs {
      start[Int(pair.from) + 1] += 1
      start[Int(pair.to) + 1] += 1
    }
    for node in 0..<count { start[node + 1] += start[node] }
    var place = start
    target = [Int32](repeating: 0, count: 2 * pairs.count)
    reverse = target
    room = [Double](repeating: 0, count: 2 * pairs.count)
    for pair in pairs {
      let (there, back) = (place[Int(pair.from)], place[Int(pair.to)])
      place[Int(pair.from)] += 1
      place[Int(pair.to)] += 1
      (target[there], reverse[there], room[there]) = (pair.to, Int32(back), .infinity)
      (target[back], reverse[back]) = (pair.from, Int32(there))
    }
    height = [Int](repeating: 0, count: count)
    current = start
    active = [[Int32]](repeating: [], count: count + 2)
    population = [Int](repeating: 0, count: count + 2)
  }

  /// Which nodes have a way to the sink that is not full.
  var canReachSink: [Bool] { distances().map { $0 <= count } }

  /// Pushes until no excess can reach the sink.
  mutating func saturate() {
    relabelAll()
    while highest > 0 {
      guard let node = active[highest].popLast().map({ Int($0) }) else {
        highest -= 1
        continue
      }
      guard height[node] == highest, excess[node] > least else { continue }
      discharge(node)
      if relabels > count {
        relabelAll()
        relabels = 0
      }
    }
  }

  /// The number of arcs to the sink, count + 1 where there is no way.
  private func distances() -> [Int] {
    var found = [Int](repeating: count + 1, count: count)
    var queue: [Int32] = []
    for node in 0..<count where demand[node] > least {
      found[node] = 1
      queue.append(Int32(node))
    }
    var position = 0
    while position < queue.count {
      let node = Int(queue[position])
      position += 1
      for arc in start[node]..<start[node + 1] {
        let before = Int(target[arc])
        if found[before] > count, room[Int(reverse[arc])] > least {
          found[before] = found[node] + 1
          queue.append(Int32(before))
        }
      }
    }
    return found
  }

  private mutating func relabelAll() {
    height = distances()
    current = start
    for level in active.indices {
      active[level].removeAll(keepingCapacity: true)
      population[level] = 0
    }
    highest = 0
    for node in 0..<count {
      population[height[node]] += 1
      activate(node)
    }
  }

  private mutating func activate(_ node: Int) {
    guard height[node] <= count, excess[node] > least else { return }
    active[height[node]].append(Int32(node))
    highest = max(highest, height[node])
  }

  private mutating func discharge(_ node: Int) {
    while height[node] <= count {
      if demand[node] > least, height[node] == 1 {
        let amount = min(excess[node], demand[node])
        excess[node] -= amount
        demand[node] -= amount
        if excess[node] <= least { return }
      }
      while current[node] < start[node + 1] {
        let arc = current[node]
        let next = Int(target[arc])
        if height[next] == height[node] - 1, room[arc] > least {
          let amount = min(excess[node], room[arc])
          room[arc] -= amount
          room[Int(reverse[arc])] += amount
          excess[node] -= amount
          let wasIdle = excess[next] <= least
          excess[next] += amount
          if wasIdle { activate(next) }
          if excess[node] <= least { return }
        }
        current[node] += 1
      }
      relabel(node)
    }
  }

  private mutating func relabel(_ node: Int) {
    relabels += 1
    let before = height[node]
    var lowest = demand[node] > least ? 0 : count
    for arc in start[node]..<start[node + 1] where room[arc] > least {
      lowest = min(lowest, height[Int(target[arc])])
    }
    population[before] -= 1
    if population[before] == 0 {
      // Nobody is left at this height: no node above has a way down.
      for other in 0..<count where height[other] > before && height[other] <= count {
        population[height[other]] -= 1
        height[other] = count + 1
        population[count + 1] += 1
      }
      lowest = count
    }
    height[node] = min(lowest, count) + 1
    population[height[node]] += 1
    current[node] = start[node]
  }
}
