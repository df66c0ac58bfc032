import Foundation
import Testing
import _CertifyTestSupport

/// `certify gallery`: pictures of what the attacks found.
@Suite struct GalleryCommandTests {
  @Test func showsTheNearestWitnesses() throws {
    let place = try Workplace()
    let names = try place.write((0..<10).map { "digit \($0)" }.joined(separator: "\n"), to: "names.txt")
    let run = try Certify.run(
      Digits.run(out: place.path("out"), ["--first", "4", "--classifier", "base", "--class-names", names]))
    #expect(run.status == 0)
    let answer = try Certify.run("gallery", place.path("out"), "--count", "2")
    #expect(answer.status == 0, "\(answer.errors)")
    #expect(answer.output == "gallery: \(place.path("out"))/gallery.md\n")
    let page = try place.text("out/gallery.md")
    // The two nearest, nearest first, as the results have them.
    let results = try place.results("out").results
    let nearest = results.inputs.filter { $0.brackets[0].correct }
      .compactMap { input in input.brackets[0].upper.map { (radius: $0.radius, index: input.index) } }
      .sorted { $0.radius < $1.radius }.prefix(2).map(\.index)
    let shown = page.matches(of: /Input (\d+): \*\*digit \d\*\* becomes \*\*digit \d\*\* at distance/)
      .compactMap { Int($0.1) }
    #expect(shown == Array(nearest))
    for index in nearest {
      let file = place.url.appendingPathComponent("out/figures/witness-\(index)-base-l2.png")
      #expect(try Data(contentsOf: file).starts(with: [0x89, 0x50, 0x4E, 0x47]))
      #expect(page.contains("](figures/witness-\(index)-base-l2.png)"))
    }
    #expect(try place.text("out/gallery.html").contains("src=\"data:image/png;base64,"))
  }

  @Test func saysWhenThereIsNothingToShow() throws {
    let place = try Workplace()
    let run = try Certify.run(
      Digits.run(out: place.path("out"), ["--first", "2", "--classifier", "base", "--attack", "none"]))
    #expect(run.status == 0)
    let answer = try Certify.run("gallery", place.path("out"))
    #expect(answer.status == 65 && answer.complaints.count == 1)
    #expect(
      answer.errors.contains("no picture: the inputs are no images, or the run found no witness; make a run"))
    let count = try Certify.run("gallery", place.path("out"), "--count", "0")
    #expect(count.status == 64)
    #expect(try Certify.run("gallery", place.path("none")).status == 66)
  }
}
