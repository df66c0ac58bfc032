/// Blocks as a page for a browser: one file, pictures inside, tables that sort on a click, nothing from the network.
struct HTMLPage {
  var title: String
  var blocks: [Block]

  var text: String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; \
    style-src 'unsafe-inline'; script-src 'unsafe-inline'">
    <title>\(MarkupText.escaped(title))</title>
    <style>
    \(Self.style)
    \(Drawing.style)
    </style>
    </head>
    <body>
    <main>
    \(HTMLRenderer().render(blocks))
    </main>
    <script>
    \(Self.script)
    </script>
    </body>
    </html>

    """
  }

  private static let style = """
    :root { color-scheme: light dark; --ink: #1f2328; --page: #ffffff; --quiet: #59636e; --line: #d1d9e0; \
    --soft: #f6f8fa; --link: #0550ae; --alarm: #bc4c00; }
    @media (prefers-color-scheme: dark) {
    :root { --ink: #f0f6fc; --page: #0d1117; --quiet: #9198a1; --line: #3d444d; --soft: #151b23; \
    --link: #79c0ff; --alarm: #ffa657; }
    }
    body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, \
    "Segoe UI", "Noto Sans", sans-serif; }
    main { max-width: 64rem; margin: 0 auto; padding: 1rem 1.5rem 4rem; }
    h1, h2 { border-bottom: 1px solid var(--line); padding-bottom: 0.3rem; }
    h2 { margin-top: 2.5rem; }
    a { color: var(--link); }
    code, pre { font: 0.85em ui-monospace, "DejaVu Sans Mono", monospace; background: var(--soft); border-radius: 4px; }
    code { padding: 0.1em 0.3em; overflow-wrap: anywhere; }
    pre { padding: 0.8rem; overflow-x: auto; }
    pre code { padding: 0; }
    figure { margin: 1rem 0; }
    figure svg { max-width: 100%; height: auto; }
    figure img { max-width: 100%; image-rendering: pixelated; }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
    th, td { border: 1px solid var(--line); padding: 0.3rem 0.7rem; text-align: left; }
    th { background: var(--soft); cursor: pointer; vertical-align: bottom; }
    th button { all: unset; cursor: pointer; font-weight: 600; }
    th button:focus-visible { outline: 2px solid var(--link); }
    th[aria-sort="ascending"] button::after { content: " ▲"; }
    th[aria-sort="descending"] button::after { content: " ▼"; }
    .figure { text-align: right; }
    td.figure { white-space: nowrap; }
    tbody tr:hover { background: var(--soft); }
    svg g:hover rect, svg g:hover path { opacity: 0.7; }
    .notice { border-left: 4px solid var(--alarm); padding: 0.5rem 1rem; background: var(--soft); }
    details { margin: 1rem 0; }
    summary { cursor: pointer; color: var(--link); }
    """

  /// Every column of every table sorts on a click: by the first number of a cell where there is one, else by
  /// its text; what is absent stays last.
  private static let script = """
    for (const table of document.querySelectorAll("table")) {
      const body = table.tBodies[0];
      const original = [...body.rows];
      [...table.tHead.rows[0].cells].forEach((head, column) => {
        if (!head.textContent) return;
        const button = document.createElement("button");
        button.append(...head.childNodes);
        head.append(button);
        head.addEventListener("click", () => {
          const next = { none: "ascending", ascending: "descending", descending: "none" };
          const order = next[head.getAttribute("aria-sort") || "none"];
          for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
          if (order !== "none") head.setAttribute("aria-sort", order);
          const sign = order === "descending" ? -1 : 1;
          const key = (row) => {
            const text = row.cells[column].textContent.trim();
            const number = Number.parseFloat(text.replace("−", "-"));
            return { absent: text === "–" || text === "", number, text };
          };
          const rows = order === "none" ? original : original.map((row) => [key(row), row]).sort(([a], [b]) => {
            if (a.absent !== b.absent) return a.absent ? 1 : -1;
            if (!Number.isNaN(a.number) && !Number.isNaN(b.number)) return sign * (a.number - b.number);
            return sign * a.text.localeCompare(b.text);
          }).map(([, row]) => row);
          body.append(...rows);
        });
      });
    }
    """
}
