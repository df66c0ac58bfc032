import CertifyThreat

/// Measures accuracies on inputs that are not trained on.
final class Monitor {
  private let data: TrainingSet
  private let configuration: TrainingConfiguration
  private let members: [Member]
  private let jobs: Int

  /// One thread's networks.
  private final class Member {
    let rows: NetworkRows
    let attack: RowAttack
    let noise: TrainingNoise?
    let intervals: IntervalNetwork?
    var counts = Counts()

    init(_ model: TrainableModel, rows count: Int, configuration: TrainingConfiguration) throws {
      let draws = Draws(seed: configuration.seed)
      rows = try NetworkRows(model, rows: count)
      attack = RowAttack(
        rows, capacity: count, threat: configuration.threat, draws: draws, purpose: .monitorStart)
      noise = try configuration.objective.sigma.map {
        try TrainingNoise(sigma: $0, dimension: model.inputShape.reduce(1, *), draws: draws)
      }
      if case .ibp = configuration.objective {
        intervals = try IntervalNetwork(model, rows: count)
      } else {
        intervals = nil
      }
    }
  }

  /// Right answers.
  private struct Counts {
    var clean = 0
    var noisy = 0
    var oneStep = 0
    var multiStep = 0
    var interval = 0
  }

  init(
    _ model: TrainableModel, data: TrainingSet, configuration: TrainingConfiguration, jobs: Int
  ) throws {
    self.data = data
    self.configuration = configuration
    self.jobs = jobs
    members = try (0..<max(1, min(jobs, configuration.shardCount))).map { _ in
      try Member(model, rows: configuration.shardRows, configuration: configuration)
    }
  }

  func report(_ parameters: [Float]) throws -> HoldoutReport {
    let size = configuration.shardRows
    let starts = Array(stride(from: 0, to: data.count, by: size))
    try Team.run(members.count, jobs: jobs) { [self] index in
      let member = members[index]
      member.counts = Counts()
      try member.rows.load(parameters)
      try member.intervals?.load(parameters)
      for position in stride(from: index, to: starts.count, by: members.count) {
        let order = Array(starts[position]..<min(starts[position] + size, data.count))
        let part = BatchPart(data: data, indices: order[...], epoch: 0, progress: 1, scale: 1)
        try measure(part, member)
      }
    }
    let total = Double(data.count)
    func share(_ count: (Counts) -> Int) -> Double {
      Double(members.reduce(0) { $0 + count($1.counts) }) / total
    }
    let hasThreat = configuration.threat.epsilon > 0
    return HoldoutReport(
      inputs: data.count, clean: share(\.clean),
      noisy: configuration.objective.sigma == nil ? nil : share(\.noisy),
      oneStep: hasThreat ? share(\.oneStep) : nil, multiStep: hasThreat ? share(\.multiStep) : nil,
      interval: members[0].intervals == nil ? nil : share(\.interval))
  }

  private func measure(_ part: BatchPart, _ member: Member) throws {
    let rows = member.rows
    rows.write(part)
    member.counts.clean += try right(part, rows)
    if let noise = member.noise {
      for row in 0..<part.count {
        noise.write(part.data.point(part.index(row)), part: part, row: row, sample: 0, into: rows.row(row))
      }
      member.counts.noisy += try right(part, rows)
    }
    let epsilon = configuration.threat.epsilon
    guard epsilon > 0 else { return }
    try member.attack.move(to: part, epsilon: epsilon)
    try member.attack.run(part, steps: 1, length: 1.25 * epsilon)
    member.counts.oneStep += try right(part, rows)
    let steps = configuration.monitorSteps
    try member.attack.run(part, steps: steps, length: 2.5 * epsilon / Double(steps))
    member.counts.multiStep += try right(part, rows)
    guard let intervals = member.intervals else { return }
    for row in 0..<part.count {
      intervals.write(
        part.data.point(part.index(row)), epsilon: Float(epsilon), bounds: configuration.threat.bounds,
        into: row)
    }
    try intervals.forward()
    member.counts.interval += (0..<part.count).count { intervals.isDecided($0, label: part.label($0)) }
  }

  /// How many of the points in the rows are classified rightly.
  private func right(_ part: BatchPart, _ rows: NetworkRows) throws -> Int {
    try rows.classifier.forward(count: part.count)
    return (0..<part.count).count { rows.classifier.decision(row: $0) == part.label($0) }
  }
}
