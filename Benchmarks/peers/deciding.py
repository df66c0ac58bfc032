"""Samples that it takes to decide "certified radius >= R", beside a fixed number of them: the same inputs, model, alpha.

    python deciding.py --certify CERTIFY --out FILE [--sigma 0.25] [--samples 100000] MODEL.onnx=DATA.npz=N ...

N inputs of each data file are certified with the fixed number of samples, then decided one radius at a time, and once
for all radii together. Every fixed radius is computed again from its counts by the formula of Cohen, Rosenfeld and
Kolter 2019 (arXiv 1902.02918) in SciPy; the largest difference is listed.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from scipy.stats import beta, norm


def cohen(lower: dict, sigma: float) -> float:
    """The radius that the published code gives these counts."""
    hits = lower["counts"][lower["candidate"]]
    bound = beta.ppf(lower["alpha"], hits, lower["samples"] - hits + 1)
    return float(sigma * norm.ppf(bound)) if bound > 0.5 else 0.0


def run(options, model: str, data: str, first: str, *more: str) -> tuple[list[dict], float]:
    """The smoothed bracket of each input, and the seconds."""
    with tempfile.TemporaryDirectory() as out:
        command = [options.certify, "run", model, "--data", data, "--first", first, "--out", out, "--classifier",
                   "smoothed", "--attack", "none", "--sigma", str(options.sigma), "--alpha", str(options.alpha),
                   "--samples", str(options.samples), "--quiet", *more]
        started = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - started
        inputs = json.loads((Path(out) / "results.json").read_text())["inputs"]
    return [entry["brackets"][0] for entry in inputs], seconds


def certified(brackets: list[dict], radius: float) -> set[int]:
    return {k for k, bracket in enumerate(brackets)
            if bracket["correct"] and bracket["lower"] and bracket["lower"]["radius"] >= radius}


def table(options, model: str, data: str, first: str) -> list[str]:
    fixed, fixed_seconds = run(options, model, data, first)
    difference = max((abs(b["lower"]["radius"] - cohen(b["lower"], options.sigma))
                      for b in fixed if b["lower"] and b["correct"]), default=0)
    lines = [f"### {Path(model).stem}, {len(fixed)} inputs", "",
             f"Fixed: {options.samples} samples an input, {fixed_seconds:.0f} s. The largest difference between a radius"
             f" and Cohen's formula for the same counts is {difference:.1e}.", "",
             "| R | certified, fixed | certified, decided | of the fixed ones missed | samples an input | fewer by | s |",
             "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |"]
    for radii in [[r] for r in options.radii] + [options.radii]:
        decided, seconds = run(options, model, data, first, "--decide", *map(str, radii))
        mean = sum(b["decision"]["samples"] for b in decided) / len(decided)
        old = [certified(fixed, r) for r in radii]
        new = [certified(decided, r) for r in radii]
        missed = [len(a - b) for a, b in zip(old, new)]
        lines.append(f"| {' '.join(map(str, radii))} | {' '.join(str(len(a)) for a in old)} | "
                     f"{' '.join(str(len(b)) for b in new)} | {' '.join(map(str, missed))} | {mean:.0f} | "
                     f"{options.samples / mean:.1f} × | {seconds:.0f} |")
        print(lines[-1], file=sys.stderr, flush=True)
    return [*lines, ""]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("subjects", nargs="+", help="MODEL.onnx=DATA.npz=N")
    parser.add_argument("--certify", required=True)
    parser.add_argument("--sigma", type=float, default=0.25)
    parser.add_argument("--alpha", type=float, default=0.001)
    parser.add_argument("--samples", type=int, default=100_000)
    parser.add_argument("--radii", type=float, nargs="+", default=[0.125, 0.25, 0.5, 0.75])
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    lines = ["# Deciding a radius", "", "Written by `Benchmarks/peers/deciding.py`; what is compared, and how, is said there.",
             f"α = {options.alpha:g}, σ = {options.sigma:g}, the same inputs. “Fixed” draws {options.samples} samples for every input and certifies",
             f"with the Clopper–Pearson bound; “decided” is `--decide R`, at most as many. The last row of each table asks for",
             "all radii at once. No more than 3.81 σ can be certified with 100000 samples: the nearer R comes to that, the more",
             "inputs lie close to what they can tell apart, and the less there is to save.", ""]
    for subject in options.subjects:
        lines += table(options, *subject.split("="))
    text = "\n".join(lines).rstrip() + "\n"
    if options.out:
        options.out.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
