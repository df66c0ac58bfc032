import CertifyAttacks
import CertifyThreat

/// Every attack on the base classifier that exists for a goal, with each norm and kind of model: made from
/// `AttackName.allCases`, so that none can be forgotten.
struct AttackMatrix {
  /// One attack on one model.
  struct Cell: Sendable, CustomStringConvertible {
    var name: AttackName
    var norm: Norm
    var shape: [Int]
    var batch: Int
    var classes: Int
    var box: Bool
    var sparse: Bool

    var description: String { "\(name) \(norm) \(shape) B\(batch) K\(classes) box \(box) sparse \(sparse)" }

    /// A linear model whose robust radius is known.
    func problem(seed: UInt64) -> LinearProblem {
      LinearProblem(shape: shape, classCount: classes, seed: seed, sparse: sparse)
    }
  }

  /// A vector and an image, in batches of 1, 3 and 8 rows.
  private static let models: [(shape: [Int], batch: Int)] = [
    ([17], 1), ([17], 3), ([17], 8), ([3, 8, 8], 1), ([3, 8, 8], 3), ([3, 8, 8], 8),
  ]
  private static let kinds: [(classes: Int, box: Bool, sparse: Bool)] = [
    (4, false, false), (2, true, false), (4, true, false), (3, true, true),
  ]

  /// Whether there is such an attack on a base classifier of four classes that has gradients.
  static func exists(_ name: AttackName, _ norm: Norm, _ goal: AttackGoal) -> Bool {
    let answer: Void? = try? name.check(
      smoothed: false, gradients: true, classCount: 4, goal: goal, norm: Distance(norm), parameters: .init())
    return answer != nil && name != .none
  }

  /// The attacks that exist in one of the norms.
  static func names(_ goal: AttackGoal) -> [AttackName] {
    AttackName.allCases.filter { name in Norm.allCases.contains { exists(name, $0, goal) } }
  }

  /// Each attack and norm with every model, of two kinds in turn.
  static func cells(_ goal: AttackGoal) -> [Cell] {
    var all: [Cell] = []
    // A search by particles, held to its own optimum, step by step, in `MinimizingMovementTests`.
    for name in names(goal) where name != .minimizingMovement {
      for norm in Norm.allCases where exists(name, norm, goal) {
        for (turn, model) in models.enumerated() {
          for kind in [kinds[turn % 4], kinds[(turn + 2) % 4]] {
            all.append(
              Cell(
                name: name, norm: norm, shape: model.shape, batch: model.batch, classes: kind.classes,
                box: kind.box, sparse: kind.sparse))
          }
        }
      }
    }
    return all
  }
}

extension AttackMatrix.Cell {
  /// How near an attack must come to the exact distance, and with which budget.
  struct Reach {
    /// The largest ratio of what it finds to the exact distance: 1 % unless there is a reason.
    var factor = 1.01
    var maximumQueries = AttackParameters().maximumQueries
    /// Why it cannot be held to 1 %.
    var reason: String?

    var parameters: AttackParameters {
      var parameters = AttackParameters()
      parameters.maximumQueries = maximumQueries
      return parameters
    }
  }

  func reach(_ goal: AttackGoal) -> Reach {
    let isImage = shape.count == 3
    switch (name, goal == .smallestNorm) {
    case (.hopSkipJump, _):
      return Reach(
        factor: !isImage ? 1.03 : classes == 2 ? 1.1 : 1.15, maximumQueries: 10_000,
        reason: "the normal is a mean of random signs")
    case (.randomSearch, true):
      return Reach(factor: 12, reason: "random points alone, in up to 192 dimensions")
    case (.randomSearch, false):
      return Reach(factor: isImage ? 8 : 3, reason: "random points alone, in up to 192 dimensions")
    case (.square, false):
      return Reach(
        factor: norm == .linf || norm == .l1 && !isImage ? 1.01 : 1.5, maximumQueries: 10_000,
        reason: "random squares of random sign come near to ±ε, but not to an amount of its own a coordinate")
    case (.apgdCrossEntropy, false) where classes > 2:
      return Reach(
        factor: norm == .l1 ? 3 : 1.3,
        reason: "the cross-entropy of several rivals is largest elsewhere than the margin of the nearest")
    default: return Reach()
    }
  }
}
