/// The unsafe set of a VNNLIB 1.0 property: inputs X in a box whose outputs Y satisfy linear constraints, for one of
/// several cases.
///
/// The property holds (`unsat`) when the model maps no input of any case to outputs that satisfy all of that case's
/// constraints. Inequalities are not strict, so ties are unsafe. Numbers are read in double precision, to nearest.
/// X and Y count the elements of input and output in row-major order, as in the ONNX file. Source: Demarchi et al.
/// 2023, "Supporting standardization of neural networks verification with VNN-LIB and CoCoNet",
/// doi:10.29007/5pdh.
public struct VNNLIBProperty: Sendable, Equatable {
  /// The number of declared variables X_0, X_1, … and Y_0, Y_1, ….
  public let inputCount: Int
  /// The number of declared variables Y_0, Y_1, ….
  public let outputCount: Int
  /// At least one.
  public let cases: [Case]

  /// One conjunction of the disjunctive normal form.
  public struct Case: Sendable, Equatable {
    /// The box, one interval an input variable.
    public var lower: [Double]
    /// The upper ends of the box, one number an input variable.
    public var upper: [Double]
    /// All of them hold at a counterexample; without any, every input of the box is one.
    public var constraints: [Constraint]

    public init(lower: [Double], upper: [Double], constraints: [Constraint]) {
      self.lower = lower
      self.upper = upper
      self.constraints = constraints
    }
  }

  /// Σ weight · Y_index ≤ bound.
  public struct Constraint: Sendable, Hashable {
    /// The summands of the left side.
    public var terms: [Term]
    /// The right side.
    public var bound: Double

    public init(terms: [Term], bound: Double) {
      self.terms = terms
      self.bound = bound
    }
  }

  /// weight · Y_index.
  public struct Term: Sendable, Hashable {
    /// Which output, 0 ≤ index < outputCount.
    public var index: Int
    /// The factor of the output.
    public var weight: Double

    public init(index: Int, weight: Double) {
      self.index = index
      self.weight = weight
    }
  }

  /// Reads a property file, gzip allowed.
  ///
  /// - Throws: ``DataError`` when it is missing, is not VNNLIB 1.0, leaves an input variable without a bound, or has
  ///   an empty box.
  public static func load(path: String) throws -> VNNLIBProperty {
    let remedy = "give a .vnnlib file, gzip allowed"
    let file: DataFile
    do {
      file = try DataFile.read(path)
    } catch DataError.unsupported(let source, let problem, _) {
      throw DataError.unsupported(source: source, problem: problem, remedy: remedy)
    }
    guard file.format == .text else {
      throw DataError.unsupported(source: path, problem: "it is not text", remedy: remedy)
    }
    return try VNNLIBReader(source: path).property(of: file.bytes)
  }
}
