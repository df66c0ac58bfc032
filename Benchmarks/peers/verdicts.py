"""certify verify against known verdicts: DIR/verdicts.csv names models, VNNLIB properties and what is known of them.

    python verdicts.py --certify CERTIFY --timeout 60 DIR [--model PART] [--out docs/verification.md]

Exits 1 when a verdict contradicts a known one; `unknown` contradicts nothing.
"""

import argparse
import csv
import subprocess
import sys
import time
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--certify", required=True)
    parser.add_argument("--timeout", type=float, default=60)
    parser.add_argument("--model", default="", help="only models whose name contains this")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    lines = ["# Properties of VNN-COMP 2021", "",
             f"Written by `Benchmarks/peers/verdicts.py`: `certify verify --timeout {options.timeout:g}`, one at a time.",
             "",
             "| model | property | known | certify | seconds |", "|---|---|---|---|---|"]
    solved, contradicted, rows = 0, 0, 0
    for row in csv.DictReader(open(options.directory / "verdicts.csv")):
        if options.model not in row["model"]:
            continue
        started = time.perf_counter()
        command = [options.certify, "verify", options.directory / row["model"], options.directory / row["property"]]
        done = subprocess.run([*command, "--timeout", str(options.timeout)], capture_output=True, text=True)
        seconds = time.perf_counter() - started
        verdict = done.stdout.split()[0] if done.returncode == 0 and done.stdout else f"error {done.returncode}"
        rows += 1
        solved += verdict in ("sat", "unsat")
        wrong = {verdict, row["verdict"]} == {"sat", "unsat"}
        contradicted += wrong
        lines.append(f"| {Path(row['model']).stem} | {Path(row['property']).stem} | {row['verdict']} | {verdict}"
                     f"{' (CONTRADICTION)' if wrong else ''} | {seconds:.1f} |")
        print(lines[-1], done.stderr.strip()[:200], flush=True)
    lines += ["", f"Solved {solved} of {rows}; contradictions: {contradicted}."]
    print(lines[-1])
    if options.out:
        options.out.write_text("\n".join(lines) + "\n")
    return 1 if contradicted else 0


if __name__ == "__main__":
    sys.exit(main())
