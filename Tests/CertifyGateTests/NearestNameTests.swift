import CertifyGate
import Testing

struct NearestNameTests {
  @Test(arguments: [
    ("certifed-accuracy", "certified-accuracy"), ("certified_accuracy", "certified-accuracy"),
    ("Clean-Accuracy", "clean-accuracy"), ("abstension-rate", "abstention-rate"),
    ("attack-accuracy", "attacked-accuracy"), ("certified-raduis", "certified-radius"),
  ])
  func findsSlips(written: String, meant: String) {
    #expect(NearestName.of(written, among: Figure.names) == meant)
  }

  @Test(arguments: ["", "x", "accuracy-of-the-weather-forecast", "zzzzzzzzzzzzzzzz"])
  func givesUpOnOthers(written: String) {
    #expect(NearestName.of(written, among: Figure.names) == nil)
    #expect(
      NearestName.hint(written, among: ["a-long-name", "another"]) == "known are `a-long-name`, `another`")
  }

  @Test func countsASwapOnce() {
    #expect(NearestName.of("nrom", among: ["noise", "norm"]) == "norm")
  }
}
