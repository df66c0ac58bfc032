import Testing
import _CertifyTestSupport

@testable import CertifyModel

/// Operators on structure where other runtimes give no reference, and what is refused.
struct StructureTests {
  private static func output(_ builder: ModelBuilder, _ x: [Double]) throws -> [Double] {
    ReferenceInterpreter(try builder.model().graph(batchSize: 1)).output(for: x).elements
  }

  /// Before opset 21 a group's channels share one scale and one shift.
  @Test func groupNormalizationHasParametersByGroup() throws {
    var old = ModelBuilder(opset: 18, input: [1, 4, 2])
    old.constant("scale", [2], [0.5, -2])
    old.constant("shift", [2], [1, 3])
    var new = ModelBuilder(opset: 21, input: [1, 4, 2])
    new.constant("scale", [4], [0.5, 0.5, -2, -2])
    new.constant("shift", [4], [1, 1, 3, 3])
    let x = [0.5, -1, 2, 0.25, 3, -0.5, 1, 1.5]
    var outputs: [[Double]] = []
    for var builder in [old, new] {
      builder.node("GroupNormalization", ["x", "scale", "shift"], ["y"], ["num_groups": .int(2)])
      outputs.append(try Self.output(builder, x))
    }
    #expect(relativeError(outputs[0], outputs[1]) < 1e-12)
  }

  /// An even number of neighbours has one more after the channel than before.
  @Test func neighboursOfAnEvenSizeReachFurtherUp() throws {
    var builder = ModelBuilder(input: [1, 4, 1])
    builder.node(
      "LRN", ["x"], ["y"], ["size": .int(2), "alpha": .float(2), "beta": .float(1), "bias": .float(1)])
    let found = try Self.output(builder, [1, 2, 3, 4])
    let expected: [Double] = [1.0 / 6, 2.0 / 14, 3.0 / 26, 4.0 / 17]
    #expect(relativeError(found, expected) < 1e-6)
  }

  /// A batch that is fixed at 2 still has each row's elements taken from that row.
  @Test func selectsWithinRows() throws {
    var builder = ModelBuilder(input: [2, 3])
    builder.constant("index", integers: [2, 0, 2, 0])
    builder.constant("shape", integers: [2, 2])
    builder.node("Reshape", ["index", "shape"], ["square"])
    builder.node("GatherElements", ["x", "square"], ["y"], ["axis": .int(1)])
    #expect(try Self.output(builder, [10, 20, 30]) == [30, 10])
  }

  @Test func refusesElementsOfOtherRows() throws {
    var builder = ModelBuilder(input: [2, 3])
    builder.constant("index", integers: [2, 0, 2, 1])
    builder.constant("shape", integers: [2, 2])
    builder.node("Reshape", ["index", "shape"], ["square"])
    builder.node("GatherElements", ["x", "square"], ["y"], ["axis": .int(1)])
    guard case .mixesBatch = builder.error() else {
      Issue.record("found \(String(describing: builder.error()))")
      return
    }
  }

  struct Refusal: CustomTestStringConvertible, Sendable {
    let operatorName: String
    let inputs: [String]
    let attributes: [String: ModelBuilder.Attribute]
    /// What the error's description says.
    let message: String
    var testDescription: String { "\(operatorName): \(message)" }

    init(
      _ operatorName: String, _ inputs: [String], _ attributes: [String: ModelBuilder.Attribute] = [:],
      _ message: String
    ) {
      self.operatorName = operatorName
      self.inputs = inputs
      self.attributes = attributes
      self.message = message
    }
  }

  static let refusals: [Refusal] = [
    Refusal("Conv", ["x", "x"], [:], "its kernel depends on the model's input"),
    Refusal("ConvTranspose", ["x", "x"], [:], "its kernel depends on the model's input"),
    Refusal(
      "ConvTranspose", ["x", "kernel"], ["pads": .ints([-1, 0, 0, 0])], "4 numbers from 0 on are needed"),
    Refusal("ConvTranspose", ["x", "kernel"], ["pads": .ints([9, 9, 9, 9])], "nothing is left of axis 2"),
    Refusal("ConvTranspose", ["x", "kernel"], ["auto_pad": .string("OTHER")], "auto_pad 'OTHER' is unknown"),
    Refusal("ConvTranspose", ["x", "kernel"], ["group": .int(3)], "in 3 groups does not fit [1, 2, 3, 3]"),
    Refusal(
      "Resize", ["x", "", "scales"],
      ["coordinate_transformation_mode": .string("align_corners"), "mode": .string("linear")],
      "for which runtimes differ"),
    Refusal("Resize", ["x", "", "scales"], ["mode": .string("area")], "mode 'area' is unknown"),
    Refusal("Resize", ["x", "", "", "huge"], [:], "do not fit 4 axes"),
    Refusal("Resize", ["x", "", "pair"], [:], "do not fit 4 axes"),
    Refusal("LRN", ["x"], ["size": .int(1 << 40)], "its size is missing or does not fit"),
    Refusal("Col2Im", ["patch", "one", "block"], [:], "1 windows do not fit an image of [1, 1]"),
    Refusal("Attention", ["x", "none", "x"], [:], "do not fit"),
    Refusal("Gather", ["x", "x"], [:], "its index depends on the model's input"),
    Refusal("Gather", ["x", "huge"], ["axis": .int(2)], "out of range for an axis of 3"),
    Refusal("GatherND", ["x", "tuples"], ["batch_dims": .int(7)], "do not fit [1, 2, 3, 3]"),
    Refusal("GatherND", ["x", "tuples"], [:], "out of range for an axis of 2"),
    Refusal(
      "ScatterND", ["x", "corner", "pair"], ["reduction": .string("mean")], "reduction 'mean' is unknown"),
    Refusal(
      "ScatterND", ["heads", "full", "x"], ["reduction": .string("max")], "it takes maximums with updates"),
    Refusal("GridSample", ["x", "kernel"], [:], "a grid of shape [2, 1, 2, 2] does not fit"),
    Refusal(
      "GridSample", ["x", "far"], ["mode": .string("cubic"), "padding_mode": .string("border")],
      "for which runtimes differ"),
    Refusal("Col2Im", ["x", "row", "row"], [:], "its shapes do not fit [1, 2, 3, 3]"),
    Refusal("Compress", ["x", "truth"], ["axis": .int(1)], "a condition of 3 elements does not fit"),
    Refusal("ReverseSequence", ["x", "row"], [:], "sequences of [1, 2] do not fit"),
    Refusal("CenterCropPad", ["x", "row"], [:], "its shape does not fit [1, 2, 3, 3]"),
    Refusal("Pad", ["x", "pads"], ["mode": .string("mirror")], "mode 'mirror' is unknown"),
    Refusal("ScatterND", ["x", "corner", "kernel"], [:], "do not fit the indices"),
    Refusal("Einsum", ["x"], ["equation": .string("ab->a")], "does not fit rank 4"),
    Refusal("Einsum", ["x"], ["equation": .string("abcd,e->a")], "does not fit 1 inputs"),
    Refusal("Einsum", ["x"], ["equation": .string("abcd->z")], "the output of 'abcd->z' is not understood"),
    Refusal("DepthToSpace", ["x"], ["blocksize": .int(2)], "2 channels are not blocks of 2×2"),
    Refusal("SpaceToDepth", ["x"], ["blocksize": .int(2)], "does not divide into blocks of 2×2"),
    Refusal("LpPool", ["x"], ["kernel_shape": .ints([2, 2]), "p": .int(0)], "p is 0"),
    Refusal("Attention", ["heads", "heads", "x"], [:], "its queries and keys are constants"),
    Refusal("MaxUnpool", ["x", "huge"], [:], "operator MaxUnpool"),
  ]

  /// Places of a cropped source that overflow lie outside it.
  @Test func cropsFarOutside() throws {
    var builder = ModelBuilder(input: [1, 3])
    builder.constant("region", [4], [0, -3e38, 1, 3e38])
    builder.constant("sizes", integers: [1, 3])
    builder.node(
      "Resize", ["x", "region", "", "sizes"], ["y"],
      [
        "mode": .string("linear"), "coordinate_transformation_mode": .string("tf_crop_and_resize"),
        "extrapolation_value": .float(7),
      ])
    #expect(try Self.output(builder, [1, 2, 3]) == [7, 7, 7])
  }

  /// The error names the node, and says what is wrong; none of these is a crash.
  @Test(arguments: refusals)
  func refuses(_ refusal: Refusal) throws {
    var builder = ModelBuilder(opset: 23, input: [1, 2, 3, 3])
    builder.constant("kernel", [2, 1, 2, 2], [Float](repeating: 1, count: 8))
    builder.constant("heads", [1, 2, 3, 3], [Float](repeating: 1, count: 18))
    builder.constant("far", [1, 1, 1, 2], [5, 0])
    builder.constant("none", [1, 0, 3, 3], [])
    builder.constant("one", integers: [1, 1])
    builder.constant("block", integers: [3, 3])
    builder.constant("patchShape", integers: [1, 18, 1])
    builder.node("Reshape", ["x", "patchShape"], ["patch"])
    builder.constant("pads", integers: [0, 0, 1, 0, 0, 0, 0, 0])
    builder.constant("threes", [3], [3, 3, 3])
    builder.node("Less", ["threes", "four"], ["truth"])
    builder.constant("four", [], [4])
    builder.constant("zero", integers: [0])
    builder.constant("plane", integers: [1, 1])
    builder.node("Reshape", ["zero", "plane"], ["full"])
    builder.constant("scales", [4], [1, 1, 1.5, 1.5])
    builder.constant("pair", [2], [1, 2])
    builder.constant("huge", integers: [1, 2, 1 << 40, 1 << 40])
    builder.constant("flat", integers: [0, 5])
    builder.constant("zeros", integers: [0, 0, 0, 0, 0, 0, 0, 1])
    builder.constant("row", integers: [1, 2])
    builder.constant("quads", integers: [2, 4])
    builder.node("Reshape", ["flat", "row"], ["tuples"])
    builder.node("Reshape", ["zeros", "quads"], ["corner"])
    builder.node(refusal.operatorName, refusal.inputs, ["y"], name: "it", refusal.attributes)
    let error = try #require(builder.error())
    #expect(error.description.contains("'it'"), "\(error)")
    #expect(error.description.contains(refusal.message), "\(error)")
  }
}
