"""CERTIFY of Cohen, Rosenfeld, Kolter 2019 (arXiv 1902.02918): certified l2 radii by randomized smoothing.

    python cohen.py model.onnx data.npz --first 100 --sigma 0.25 --samples 10000 --out certified.json

Writes index, label, predicted (-1: abstained), radius, count and all counts of each input, and prints certified
accuracy (right, and radius >= r) at each r of --radii.
"""

import json
import time
from pathlib import Path

import numpy as np
import torch
from scipy.stats import beta, norm

import peer

ABSTAIN = -1


class Sampler:
    """Counts the classes of x + N(0, sigma^2 I)."""

    def __init__(self, options):
        torch.set_num_threads(options.threads)
        self.sigma, self.batch = options.sigma, options.batch
        self.generator = torch.Generator().manual_seed(options.seed)
        if options.backend == "torch":
            self.classify = peer.TorchClassifier(options.model)
        else:
            runtime = peer.RuntimeClassifier(options.model, options.threads)
            self.classify = lambda x: torch.from_numpy(runtime(x.numpy()))

    @torch.inference_mode()
    def counts(self, x: torch.Tensor, samples: int) -> torch.Tensor:
        total = 0
        for start in range(0, samples, self.batch):
            rows = min(self.batch, samples - start)
            noisy = x + self.sigma * torch.randn([rows, *x.shape], generator=self.generator)
            logits = self.classify(noisy)
            total = total + torch.bincount(logits.argmax(1), minlength=logits.shape[1])
        return total


def certify(sampler: Sampler, x: torch.Tensor, options) -> dict:
    """Select on n0 samples, bound from below on n fresh ones."""
    selected = int(sampler.counts(x, options.selection_samples).argmax())
    counts = sampler.counts(x, options.samples)
    hits = int(counts[selected])
    lower = beta.ppf(options.alpha, hits, options.samples - hits + 1) if hits > 0 else 0.0
    certified = bool(lower > 0.5)
    return {"predicted": selected if certified else ABSTAIN, "selected": selected,
            "radius": options.sigma * norm.ppf(lower) if certified else 0.0, "nA": hits, "counts": counts.tolist()}


def main() -> None:
    parser = peer.arguments(__doc__)
    parser.add_argument("--sigma", type=float, default=0.25)
    parser.add_argument("--samples", type=int, default=100_000)
    parser.add_argument("--selection-samples", type=int, default=100)
    parser.add_argument("--alpha", type=float, default=0.001)
    parser.add_argument("--batch", type=int, default=1000)
    parser.add_argument("--backend", choices=["torch", "onnxruntime"], default="torch")
    parser.add_argument("--radii", type=float, nargs="+", default=[0, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75])
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()

    indices, x, labels = peer.inputs(options)
    sampler = Sampler(options)
    started = time.perf_counter()
    results = [{"index": i, "label": int(y), **certify(sampler, torch.from_numpy(row), options)}
               for i, row, y in zip(indices, x, labels)]
    seconds = time.perf_counter() - started

    if options.out:
        parameters = {k: str(v) if isinstance(v, Path) else v for k, v in vars(options).items()}
        options.out.write_text(json.dumps({"parameters": parameters, "inputs": results}, indent=1) + "\n")
    right = np.array([r["predicted"] == r["label"] for r in results])
    radii = np.array([r["radius"] for r in results])
    abstained = sum(r["predicted"] == ABSTAIN for r in results)
    drawn = len(results) * (options.samples + options.selection_samples)
    print(f"{options.model.name}: {len(results)} inputs, sigma {options.sigma}, n0 {options.selection_samples}, "
          f"n {options.samples}, alpha {options.alpha}, seed {options.seed}; {abstained} abstained; "
          f"{seconds:.1f} s, {drawn / seconds:.0f} samples/s ({options.backend}, {options.threads} threads)")
    print("radius  certified accuracy")
    for r in options.radii:
        print(f"{r:6.3f}  {np.mean(right & (radii >= r)):.3f}")
    print(f"mean radius of the right ones, 0 for the others: {np.mean(radii * right):.4f}")


if __name__ == "__main__":
    main()
