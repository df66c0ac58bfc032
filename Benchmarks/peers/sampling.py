"""Sampling throughput of the obvious loops: noise + forward + argmax + count.

    python sampling.py model.onnx data.npz --sigma 0.25 --samples 50000

Times a NumPy + ONNX Runtime loop and a PyTorch loop on the first input selected; each after a warm-up, the best of
--repeats.
"""

import time

import numpy as np
import torch

import peer


def runtime_loop(options, x: np.ndarray):
    classify = peer.RuntimeClassifier(options.model, options.threads)
    random = np.random.default_rng(options.seed)
    sigma = np.float32(options.sigma)

    def count(samples: int) -> np.ndarray:
        total = 0
        for start in range(0, samples, options.batch):
            rows = min(options.batch, samples - start)
            noisy = x + sigma * random.standard_normal((rows, *x.shape), dtype=np.float32)
            logits = classify(noisy)
            total = total + np.bincount(logits.argmax(1), minlength=logits.shape[1])
        return total

    return count


def torch_loop(options, x: np.ndarray):
    torch.set_num_threads(options.threads)
    classify = peer.TorchClassifier(options.model)
    generator = torch.Generator().manual_seed(options.seed)
    row = torch.from_numpy(x)

    @torch.inference_mode()
    def count(samples: int) -> torch.Tensor:
        total = 0
        for start in range(0, samples, options.batch):
            rows = min(options.batch, samples - start)
            logits = classify(row + options.sigma * torch.randn([rows, *row.shape], generator=generator))
            total = total + torch.bincount(logits.argmax(1), minlength=logits.shape[1])
        return total

    return count


def main() -> None:
    parser = peer.arguments(__doc__)
    parser.add_argument("--sigma", type=float, default=0.25)
    parser.add_argument("--samples", type=int, default=50_000)
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    x = peer.inputs(options)[1][0]
    for name, loop in [("numpy + onnxruntime", runtime_loop), ("torch", torch_loop)]:
        count = loop(options, x)
        count(options.batch)
        seconds = []
        for _ in range(options.repeats):
            started = time.perf_counter()
            counts = count(options.samples)
            seconds.append(time.perf_counter() - started)
        print(f"{options.model.name:32} {name:20} {options.samples / min(seconds):10.0f} samples/s  "
              f"(sigma {options.sigma}, batch {options.batch}, {options.threads} threads; counts {counts.tolist()})")


if __name__ == "__main__":
    main()
