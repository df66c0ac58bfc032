"""Samples that it takes to decide "certified radius >= R", beside a fixed number of them: the same inputs, model, alpha.

    python deciding.py --certify CERTIFY --out FILE [--sigma 0.25] [--samples 100000] MODEL.onnx=DATA.npz=N[=SAMPLES] ...

N inputs of each data file are certified with the fixed number of samples, then decided one radius at a time, and once
for all radii together. Every fixed radius is computed again from its counts by the formula of Cohen, Rosenfeld and
Kolter 2019 (arXiv 1902.02918) in SciPy; the largest difference is listed.

No test can do with fewer samples than a limit. One that answers yes with probability pi where p is the truth, and at most
alpha where p is p0, draws at least d(pi, alpha) / d(p, p0) samples on average, d being the divergence of two coins
(Wald 1945, doi:10.1214/aoms/1177731118). The limit takes p from the fixed run's counts, pi from the fixed procedure at that
p, and nothing at all for inputs that it does not certify.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from scipy.special import xlogy
from scipy.stats import beta, binom, norm


def cohen(lower: dict, sigma: float) -> float:
    """The radius that the published code gives these counts."""
    hits = lower["counts"][lower["candidate"]]
    bound = beta.ppf(lower["alpha"], hits, lower["samples"] - hits + 1)
    return float(sigma * norm.ppf(bound)) if bound > 0.5 else 0.0


def divergence(a: float, b: float) -> float:
    return float(xlogy(a, a / b) + xlogy(1 - a, (1 - a) / (1 - b)))


class Limit:
    """The fewest samples that any test draws which certifies what the fixed procedure certifies."""

    def __init__(self, radius: float, options, samples: int):
        self.threshold, self.alpha, self.samples = norm.cdf(radius / options.sigma), options.alpha, samples
        hits = np.arange(int(self.threshold * samples), samples + 1)
        bounds = np.append(beta.ppf(self.alpha, hits[:-1], samples - hits[:-1] + 1), self.alpha ** (1 / samples))
        self.needed = hits[np.argmax(bounds > self.threshold)]
        self.grid = 1 - (1 - self.threshold) * np.logspace(-1e-4, -3, 2000)

    def power(self, p):
        """The probability with which the fixed procedure certifies an input."""
        return binom.sf(self.needed - 1, self.samples, p)

    def certified(self, p: float) -> float:
        """For an input of probability p that is to be certified as surely."""
        power = max(self.power(p), 0.5)
        return min(divergence(power, self.alpha) / divergence(p, self.threshold), self.samples)

    def anywhere(self, p: float) -> float:
        """For an input of probability p, by a test that certifies as surely whatever p is."""
        if p > self.threshold:
            power = self.power(p)
            return self.certified(p) if power > 0.5 else 0.0
        powers = np.minimum(self.power(self.grid), 1 - 1e-15)
        least = [divergence(self.alpha, b) / divergence(p, q) for b, q in zip(powers, self.grid) if b > 0.5]
        return min(max(least), self.samples)


def shares(brackets: list[dict], labels: list[int]) -> list[float]:
    """The share of its label among the samples of each input; 0 where none is recorded."""
    counted = [b["lower"] or b.get("sampling") for b in brackets]
    return [c["counts"][label] / c["samples"] if c else 0.0 for c, label in zip(counted, labels)]


def run(options, model: str, data: str, first: str, samples: int, *more: str) -> tuple[list[dict], float]:
    """The smoothed bracket of each input, and the seconds."""
    with tempfile.TemporaryDirectory() as out:
        command = [options.certify, "run", model, "--data", data, "--first", first, "--out", out, "--classifier",
                   "smoothed", "--attack", "none", "--sigma", str(options.sigma), "--alpha", str(options.alpha),
                   "--samples", str(samples), "--quiet", *more]
        started = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - started
        inputs = json.loads((Path(out) / "results.json").read_text())["inputs"]
    return [entry["brackets"][0] | {"label": entry["label"]} for entry in inputs], seconds


def certified(brackets: list[dict], radius: float) -> set[int]:
    return {k for k, bracket in enumerate(brackets)
            if bracket["correct"] and bracket["lower"] and bracket["lower"]["radius"] >= radius}


def table(options, model: str, data: str, first: str, samples: int) -> list[str]:
    fixed, fixed_seconds = run(options, model, data, first, samples)
    difference = max((abs(b["lower"]["radius"] - cohen(b["lower"], options.sigma))
                      for b in fixed if b["lower"] and b["correct"]), default=0)
    lines = [f"### {Path(model).stem}, {len(fixed)} inputs", "",
             f"Fixed: {samples} samples an input, {fixed_seconds:.0f} s. The largest difference between a radius"
             f" and Cohen's formula for the same counts is {difference:.1e}.", "",
             "| R | certified, fixed | certified, decided | of the fixed ones missed | samples an input | fewer by | at most | s |",
             "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"]
    p = shares(fixed, [b["label"] for b in fixed])
    for radii in [[r] for r in options.radii] + [options.radii]:
        decided, seconds = run(options, model, data, first, samples, "--decide", *map(str, radii))
        mean = sum(b["decision"]["samples"] for b in decided) / len(decided)
        old = [certified(fixed, r) for r in radii]
        new = [certified(decided, r) for r in radii]
        missed = [len(a - b) for a, b in zip(old, new)]
        limits = [Limit(r, options, samples) for r in radii]
        least = max(sum(own.certified(p[k]) for k in wanted) for own, wanted in zip(limits, old)) / len(fixed)
        lines.append(f"| {' '.join(map(str, radii))} | {' '.join(str(len(a)) for a in old)} | "
                     f"{' '.join(str(len(b)) for b in new)} | {' '.join(map(str, missed))} | {mean:.0f} | "
                     f"{samples / mean:.1f} × | {f'{samples / least:.1f} ×' if least else '–'} | {seconds:.0f} |")
        print(lines[-1], file=sys.stderr, flush=True)
    last = options.radii[-1]
    anywhere = sum(Limit(last, options, samples).anywhere(q) for q in p) / len(p)
    lines += ["", f"At R = {last} a test that certifies as surely as the fixed procedure whatever p is, and not only at these"
              f" inputs, draws at least {anywhere:.0f} samples an input: {samples / anywhere:.1f} times fewer."]
    return [*lines, ""]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("subjects", nargs="+", help="MODEL.onnx=DATA.npz=N[=SAMPLES]")
    parser.add_argument("--certify", required=True)
    parser.add_argument("--sigma", type=float, default=0.25)
    parser.add_argument("--alpha", type=float, default=0.001)
    parser.add_argument("--samples", type=int, default=100_000)
    parser.add_argument("--radii", type=float, nargs="+", default=[0.125, 0.25, 0.5, 0.75])
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    all_agree = np.log(options.alpha) / np.log(norm.cdf(3))
    lines = ["# Deciding a radius", "", "Written by `Benchmarks/peers/deciding.py`; what is compared, and how, is said there.",
             f"α = {options.alpha:g}, σ = {options.sigma:g}, the same inputs. “Fixed” draws as many samples for every input and certifies with the",
             "Clopper–Pearson bound; “decided” is `--decide R`, at most as many. The last row of each table asks for all radii at",
             "once. “At most” is what no test can exceed: one that is told the probability p of every input beforehand, spends",
             "nothing on inputs that the fixed procedure does not certify, and certifies the others as surely at the same α.", "",
             f"At R = 3 σ the threshold is Φ(3) = {norm.cdf(3):.5f}: even where all samples agree, α takes ln α / ln Φ(3) ="
             f" {all_agree:.0f} of them,", f"so that no test is more than {options.samples / all_agree:.1f} times cheaper than"
             f" {options.samples} samples for any input that it certifies there.", ""]
    for subject in options.subjects:
        model, data, first, *samples = subject.split("=")
        lines += table(options, model, data, first, int(samples[0]) if samples else options.samples)
    text = "\n".join(lines).rstrip() + "\n"
    if options.out:
        options.out.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
