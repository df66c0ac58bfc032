import CertifyEngine
import CertifyThreat

/// Whether a query was answered.
public enum OracleAnswer: Sendable, Equatable {
  /// The rows of the query were evaluated and counted.
  case answered
  /// Nothing was evaluated: the query would have gone over the budget.
  case budgetSpent
}

/// The one way from an attack to the model: counts queries, keeps to a budget, remembers the best witness.
///
/// An oracle serves one input x. An attack writes points into rows of ``rows`` and calls
/// ``evaluate(count:attack:)``; the oracle first moves each row to the nearest point of 𝒳 (into the box,
/// on to the grid for 8-bit data), so that only feasible points are ever asked about, and keeps the
/// nearest flipping point of each class. An attack returns nothing: ``finish()`` shrinks, verifies and
/// returns what was found.
public final class Oracle {
  /// x, its label and its index.
  public let input: AttackInput
  /// What is to be small.
  public let distance: Distance
  /// The norm of steps, and the inputs 𝒳 that rows are moved to.
  public let threat: ThreatModel
  /// Evaluations of f so far, one a row; never more than `maximumQueries`.
  public private(set) var queries = 0
  /// Gradient evaluations so far, one a row.
  public private(set) var gradients = 0
  /// Whether a query has been refused.
  public private(set) var budgetSpent = false
  /// The most rows to evaluate, those that only ``finish()`` may spend included.
  public let maximumQueries: Int

  let neighbourhood: Neighbourhood
  private let classifier: any Classifier
  let differentiable: (any DifferentiableClassifier)?
  private let reference: any Classifier
  /// Queries that only ``finish()`` may spend.
  private let reserve: Int
  var isFinishing = false
  /// Where a flow has been, x first, when that is to be kept.
  var trajectory: [[Float]]?
  private var found: [Int: Found] = [:]
  private var distances: [String: Double] = [:]

  /// A flipping point that has not been verified.
  struct Found {
    var point: [Float]
    var distance: Double
    var decided: Int
    var attack: String
  }

  /// - Parameters:
  ///   - input: The point x, in 𝒳, and its label.
  ///   - threat: The norm of distances, and the inputs 𝒳 that a witness may be.
  ///   - reference: The classifier that defines f.
  ///   - gradients: The classifier that attacks query, or `nil` to query the reference.
  ///   - maximumQueries: The evaluations of f that the input may cost, one a row; a quarter of them, 200 at most, is
  ///     kept for ``finish()``.
  ///   - distance: What is to be small; `nil` for the length in the threat model's norm.
  /// - Throws: ``AttackError/invalidInput(index:reason:advice:)``.
  public init(
    input: AttackInput, threat: ThreatModel, reference: any Classifier,
    gradients: (any DifferentiableClassifier)?, maximumQueries: Int, distance: Distance? = nil
  ) throws(AttackError) {
    try input.validate(for: reference, space: threat.space)
    self.input = input
    self.threat = threat
    self.distance = distance ?? Distance(threat.norm)
    self.reference = reference
    differentiable = gradients
    classifier = gradients ?? reference
    self.maximumQueries = maximumQueries
    reserve = Self.reserve(of: maximumQueries)
    neighbourhood = Neighbourhood(input: input, threat: threat)
  }

  /// The queries of a budget that only ``finish()`` may spend.
  private static func reserve(of budget: Int) -> Int { min(budget / 4, 200) }

  /// The smallest budget that leaves `queries` to an attack.
  static func smallestBudget(holding queries: Int) -> Int {
    min(4 * (queries - 1) / 3 + 1, queries + 200)
  }

  /// The number of rows that one query may have.
  public var batchSize: Int { classifier.batchSize }
  /// K.
  public var classCount: Int { classifier.classCount }
  /// The extents of one input.
  public var inputShape: [Int] { classifier.inputShape }
  /// d.
  public var dimension: Int { input.point.count }
  /// [batchSize, d]: the points of the next query.
  public var rows: UnsafeMutableBufferPointer<Float> { classifier.inputs }
  /// [batchSize, K]: the answers to the last query.
  public var logits: UnsafeBufferPointer<Float> { classifier.logits }
  /// Whether ``pullBack(count:write:)`` may be called.
  public var hasGradients: Bool { differentiable != nil }
  /// Rows that attacks may still ask about.
  public var remaining: Int { max(0, maximumQueries - queries - (isFinishing ? 0 : reserve)) }

  /// The distance of the nearest flipping point so far, not yet verified; `nil` when there is none.
  public var bestDistance: Double? { nearest?.distance }

  /// The nearest flipping point so far.
  var nearest: Found? { nearestOfEachClass.first }

  /// The nearest flipping point of each class, nearest first.
  var nearestOfEachClass: [Found] {
    found.sorted { ($0.value.distance, $0.key) < ($1.value.distance, $1.key) }.map(\.value)
  }

  /// The distance of the nearest flipping point that an attack has found so far; `nil` when it has found none.
  func bestDistance(of attack: String) -> Double? { distances[attack] }

  /// Row `index` of ``rows``.
  public func row(_ index: Int) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(rebasing: rows[index * dimension..<(index + 1) * dimension])
  }

  /// Asks f about the first `count` rows, after moving each to the nearest point of 𝒳.
  ///
  /// - Parameters:
  ///   - count: How many rows, at most a batch.
  ///   - attack: The name that a witness found among them gets.
  public func evaluate(count: Int, attack: String) throws -> OracleAnswer {
    guard grants(count) else { return .budgetSpent }
    for index in 0..<count { neighbourhood.snap(row(index)) }
    try classifier.forward(count: count)
    for index in 0..<count {
      record(UnsafeBufferPointer(row(index)), decided: classifier.decision(row: index), attack: attack)
    }
    return .answered
  }

  /// Whether attacks may ask about `count` more rows; remembers when they may not.
  func grants(_ count: Int) -> Bool {
    if count > remaining { budgetSpent = true }
    return count <= remaining
  }

  /// Whether row `index` of the last query is given another class than the label.
  public func flips(row index: Int) -> Bool { classifier.decision(row: index) != input.label }

  /// The gradients with respect to the rows of the last query, [count, d].
  ///
  /// `write` fills the gradient with respect to the logits of each row, K numbers, from those logits.
  /// - Returns: `nil` without gradients.
  public func pullBack(
    count: Int,
    write: (_ row: Int, _ logits: UnsafeBufferPointer<Float>, _ gradient: UnsafeMutableBufferPointer<Float>)
      ->
      Void
  ) throws -> UnsafeBufferPointer<Float>? {
    guard let differentiable else { return nil }
    let classes = classCount
    for index in 0..<count {
      let range = index * classes..<(index + 1) * classes
      write(
        index, UnsafeBufferPointer(rebasing: logits[range]),
        UnsafeMutableBufferPointer(rebasing: differentiable.logitGradients[range]))
    }
    try differentiable.backward(count: count)
    for _ in 0..<count { recordGradient() }
    return differentiable.inputGradients
  }

  /// The class that the reference classifier gives x, asked once and alone.
  public func cleanClass() throws -> Int { try askReference(about: input.point) }

  /// The class that f gives one point, evaluated alone.
  func askReference(about point: [Float]) throws -> Int {
    for i in point.indices { reference.inputs[i] = point[i] }
    try reference.forward(count: 1)
    queries += 1
    return reference.decision(row: 0)
  }

  /// Counts the answer to one row, a point of 𝒳, and keeps the point when it is the nearest of its class to flip.
  func record(_ point: UnsafeBufferPointer<Float>, decided: Int, attack: String) {
    queries += 1
    guard decided != input.label else { return }
    let distance = input.point.withUnsafeBufferPointer { self.distance.distance(point, $0) }
    guard distance > 0 else { return }
    distances[attack] = min(distances[attack] ?? .infinity, distance)
    if let known = found[decided], known.distance <= distance { return }
    found[decided] = Found(point: Array(point), distance: distance, decided: decided, attack: attack)
  }

  /// Counts the gradient of one row.
  func recordGradient() { gradients += 1 }
}
