import Foundation
import Testing
import _CertifyTestSupport

/// `report.html` in a browser: it runs without errors, sorts on a click and fetches nothing.
@Suite(.serialized) struct PageTests {
  private static let browsers = ["/usr/bin/chromium", "/usr/bin/google-chrome"]
  private static var browser: String? {
    browsers.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// The page's elements after a script of the test has run in it.
  private func elements(after script: String) throws -> String {
    let place = try Workplace()
    let page = try String(contentsOfFile: Fixtures.path("golden/report.html"), encoding: .utf8)
    let watched = page.replacingOccurrences(
      of: "<script>",
      with:
        "<script>addEventListener('error', (e) => { document.title = 'error: ' + e.message; });</script><script>"
    )
    try place.write(
      watched.replacingOccurrences(of: "</body>", with: "<script>\(script)</script></body>"),
      to: "report.html")
    let browser = try #require(Self.browser)
    let answer = try RunningProcess(
      URL(fileURLWithPath: browser),
      [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=2000",
        "--user-data-dir=\(place.path("profile"))", "--dump-dom",
        "file://\(place.path("report.html"))",
      ]
    ).answer(within: 120)
    #expect(answer.status == 0)
    #expect(!answer.output.contains("<title>error:"))
    return answer.output
  }

  @Test(.enabled(if: browser != nil, "no Chromium is installed"))
  func tablesSortOnAClick() throws {
    let script = """
      const table = [...document.querySelectorAll('table')].find(
        (t) => /certified\\s≥/.test(t.textContent) && t.textContent.includes('answers there')
          && t.textContent.includes('0.623'));
      const head = [...table.tHead.rows[0].cells].find((c) => /certified\\s≥/.test(c.textContent));
      const column = [...table.tHead.rows[0].cells].indexOf(head);
      const read = () => [...table.tBodies[0].rows].map((r) => r.cells[column].textContent).join(' ');
      const seen = [read()];
      for (let click = 0; click < 3; click++) { (click === 1 ? head.querySelector('button') : head).click(); seen.push(read()); }
      const out = document.createElement('p');
      out.id = 'seen';
      out.textContent = seen.join(' | ');
      document.body.append(out);
      """
    let page = try elements(after: script)
    let seen = try #require(page.firstMatch(of: /<p id="seen">([^<]*)<\/p>/)?.1)
    let original = "0.499 0.623 – – 0.309 0.699 0.300 0.500"
    let ascending = "0.300 0.309 0.499 0.500 0.623 0.699 – –"
    let descending = "0.699 0.623 0.500 0.499 0.309 0.300 – –"
    #expect(seen == "\(original) | \(ascending) | \(descending) | \(original)")
  }

  /// Every line and bar says on hover what it stands for; nothing is fetched, and nothing could be.
  @Test(.enabled(if: browser != nil, "no Chromium is installed"))
  func figuresTellOnHoverAndNothingIsFetched() throws {
    let script = """
      const out = document.createElement('p');
      out.id = 'seen';
      const hover = [...document.querySelectorAll('figure svg g')].map((g) => g.querySelector('title')?.textContent);
      out.textContent = hover.filter((t) => /^input \\d+ .+: .+/.test(t)).length + ' '
        + hover.filter((t) => !t).length + ' ' + performance.getEntriesByType('resource').length;
      document.body.append(out);
      document.addEventListener('securitypolicyviolation', (e) => { out.textContent += ' ' + e.effectiveDirective; });
      fetch('http://127.0.0.1:9/').catch(() => {});
      const image = document.createElement('img');
      image.src = 'http://127.0.0.1:9/x.png';
      document.body.append(image);
      """
    let page = try elements(after: script)
    let seen = try #require(page.firstMatch(of: /<p id="seen">([^<]*)<\/p>/)?.1)
    // Eight inputs in two figures of brackets; no group without words; no resource; both requests refused.
    #expect(seen.hasPrefix("16 0 0 "), "\(seen)")
    #expect(seen.contains("connect-src") && seen.contains("img-src"), "\(seen)")
  }

  @Test(.enabled(if: browser != nil, "no Chromium is installed"))
  func hostileNamesStayText() throws {
    let script = """
      const out = document.createElement('p');
      out.id = 'seen';
      out.textContent = document.querySelectorAll('b').length + ' '
        + [...document.querySelectorAll('td')].filter((c) => c.textContent === '<b>two</b> & "2"').length;
      document.body.append(out);
      """
    let page = try elements(after: script)
    let seen = try #require(page.firstMatch(of: /<p id="seen">(\d+) (\d+)<\/p>/))
    #expect(seen.1 == "0")
    #expect(try #require(Int(seen.2)) >= 4)
  }
}
