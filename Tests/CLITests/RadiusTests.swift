import Testing

/// `certify radius`, whole output. The figures were computed by a program of its own, with 40 digits.
@Suite struct RadiusTests {
  struct Case: CustomTestStringConvertible {
    var arguments: String
    var output: String
    var testDescription: String { arguments }
  }

  @Test(arguments: [
    Case(
      arguments: "--successes 99500 --samples 100000 --alpha 0.001 --sigma 0.5",
      output: "1.264230778 (gaussian-p-lower, p ≥ 0.994271818, confidence 0.999)"),
    Case(
      arguments: "--successes 1000 --samples 1000 --sigma 0.25",
      output: "0.615815653 (gaussian-p-lower, p ≥ 0.993116048, confidence 0.999)"),
    Case(
      arguments: "--successes 600 --samples 1000 --sigma 0.5",
      output: "0.064189498 (gaussian-p-lower, p ≥ 0.551075473, confidence 0.999)"),
    Case(
      arguments: "--successes 99990 --samples 100000 --alpha 1e-9 --sigma 1",
      output: "3.328735285 (gaussian-p-lower, p ≥ 0.999563793, confidence 0.999999999)"),
    Case(
      arguments: "--successes 10 --samples 10 --sigma 0.25",
      output: "0.000743989 (gaussian-p-lower, p ≥ 0.501187233, confidence 0.999)"),
    Case(
      arguments: "--successes 9000 --samples 10000 --runner-up 500 --sigma 0.25",
      output: "0.350107998 (gaussian-runner-up, p ≥ 0.889774757, confidence 0.999)"),
    Case(
      arguments: "--successes 450 --samples 1000 --runner-up 100 --sigma 0.25",
      output: "0.105784008 (gaussian-runner-up, p ≥ 0.398270063, confidence 0.999)"),
    Case(
      arguments: "--successes 9 --samples 9 --sigma 0.25",
      output: "abstain (gaussian-p-lower, p ≥ 0.464158883)"),
    Case(
      arguments: "--successes 500 --samples 1000 --sigma 0.5",
      output: "abstain (gaussian-p-lower, p ≥ 0.450771053)"),
    Case(
      arguments: "--successes 0 --samples 100 --sigma 0.25",
      output: "abstain (gaussian-p-lower, p ≥ 0.000000000)"),
  ])
  func printsTheRadiusRoundedDown(_ entry: Case) throws {
    let answer = try Certify.run(["radius"] + entry.arguments.split(separator: " ").map(String.init))
    #expect(answer.status == 0)
    #expect(answer.output == entry.output + "\n")
    #expect(answer.errors == "")
  }

  @Test(arguments: [
    (
      "--successes 5000 --samples 1000 --sigma 0.5",
      "the number of successes is 5000; give a whole number from 0 to 1000"
    ),
    (
      "--successes=-1 --samples 1000 --sigma 0.5",
      "the number of successes is -1; give a whole number from 0 to 1000"
    ),
    (
      "--successes 10 --samples 0 --sigma 0.5",
      "the number of samples is 0; give a whole number from 1 to 1099511627776"
    ),
    ("--successes 10 --samples 100 --sigma nan", "σ is nan; give a number in (0, ∞)"),
    ("--successes 10 --samples 100 --sigma=-1", "σ is -1.0; give a number in (0, ∞)"),
    ("--successes 10 --samples 100 --sigma inf", "σ is inf; give a number in (0, ∞)"),
    ("--successes 10 --samples 100 --sigma 1 --alpha 0", "α is 0.0; give a number in (0, 1)"),
    ("--successes 10 --samples 100 --sigma 1 --alpha 1", "α is 1.0; give a number in (0, 1)"),
    (
      "--successes 10 --samples 100 --runner-up 500 --sigma 0.25",
      "the runner-up's count is 500; give a whole number from 0 to 90"
    ),
  ])
  func refusesImpossibleCounts(_ arguments: String, _ complaint: String) throws {
    let answer = try Certify.run(["radius"] + arguments.split(separator: " ").map(String.init))
    #expect(answer.status == 64)
    #expect(answer.output == "")
    #expect(answer.errors == "error: \(complaint)\n")
  }

  @Test(arguments: [
    "--successes abc --samples 1000 --sigma 0.5", "--successes 10 --samples 99999999999999999999 --sigma 1",
    "--successes 10 --samples 100", "--successes 10 --samples 100 --sigma 1 --frobnicate 3",
  ])
  func explainsUsage(_ arguments: String) throws {
    let answer = try Certify.run(["radius"] + arguments.split(separator: " ").map(String.init))
    #expect(answer.status == 64)
    #expect(answer.output == "")
    #expect(answer.errors.hasPrefix("Error: "))
  }
}
