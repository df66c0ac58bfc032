"""Time of a training epoch beside PyTorch on this machine, as a table.

    python training.py --certify PATH --data t10k-images-idx3-ubyte.gz --labels t10k-labels-idx1-ubyte.gz --out FILE

The same networks, data, batch size, optimiser and attack on the same number of threads; certify and PyTorch take
turns, and each figure is a median over rounds. An epoch of certify is the time between the lines that it prints after
two epochs, so that neither start-up nor the final files count. The large network sees a part of the data: its epochs
with an attack would take minutes each.
"""

import argparse
import gzip
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn


class Block(nn.Module):
    """relu(shortcut(x) + scale * conv(relu(conv(x))) + shift), a scale and a shift a channel."""

    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.scale = nn.Parameter(torch.zeros(outputs, 1, 1))
        self.shift = nn.Parameter(torch.zeros(outputs, 1, 1))
        self.shortcut = nn.Conv2d(inputs, outputs, 1, stride=stride) if stride > 1 else nn.Identity()

    def forward(self, x):
        return torch.relu(self.shortcut(x) + self.scale * self.conv2(torch.relu(self.conv1(x))) + self.shift)


def cnn() -> nn.Module:
    return nn.Sequential(nn.Conv2d(1, 16, 4, 2, 1), nn.ReLU(), nn.Conv2d(16, 32, 4, 2, 1), nn.ReLU(), nn.Flatten(),
                         nn.Linear(32 * 49, 100), nn.ReLU(), nn.Linear(100, 10))


def resnet8() -> nn.Module:
    return nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), Block(16, 16, 1), Block(16, 32, 2),
                         Block(32, 64, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def mlp() -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(),
                         nn.Linear(256, 10))


NETWORKS = {"mlp": (mlp, 10_000), "cnn": (cnn, 10_000), "resnet8": (resnet8, 640)}
EPSILON = 0.1
# The lines of the page between which the table is written.
BEGIN, END = "<!-- times -->\n", "<!-- end of times -->\n"


def attacked(net: nn.Module, x: torch.Tensor, y: torch.Tensor, steps: int) -> torch.Tensor:
    """Projected gradient ascent from a random start, as `--objective pgd` does."""
    point = (x + EPSILON * (2 * torch.rand_like(x) - 1)).clamp(0, 1)
    for _ in range(steps):
        point.requires_grad_(True)
        gradient, = torch.autograd.grad(nn.functional.cross_entropy(net(point), y), point)
        with torch.no_grad():
            point = point + 2.5 * EPSILON / steps * gradient.sign()
            point = torch.min(torch.max(point, x - EPSILON), x + EPSILON).clamp(0, 1)
    return point.detach()


def torch_epoch(net, optimiser, x, y, batch: int, steps: int) -> float:
    start = time.perf_counter()
    for rows in torch.randperm(len(x)).split(batch):
        inputs = attacked(net, x[rows], y[rows], steps) if steps else x[rows]
        loss = nn.functional.cross_entropy(net(inputs), y[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return time.perf_counter() - start


def certify_epoch(options, architecture: str, inputs: int, steps: int, out: Path) -> float:
    command = [options.certify, "train", "--data", options.data, "--labels", options.labels, "--first", str(inputs),
               "--architecture", architecture, "--epochs", "2", "--batch-size", str(options.batch), "--holdout", "0",
               "--jobs", str(options.threads), "--out", str(out / "model.onnx")]
    if steps:
        command += ["--objective", "pgd", "--steps", str(steps), "--epsilon", str(EPSILON)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        ends, lines = [], []
        for line in process.stderr:
            lines.append(line)
            if "epoch " in line:
                ends.append(time.perf_counter())
    if process.returncode or len(ends) != 2:
        sys.exit(f"{' '.join(command)}: {''.join(lines)}")
    return ends[1] - ends[0]


def spread(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.2f} ({min(seconds):.2f}–{max(seconds):.2f})"


def mnist(images: Path, labels: Path) -> tuple[torch.Tensor, torch.Tensor]:
    pixels = np.frombuffer(gzip.decompress(images.read_bytes()), np.uint8, offset=16).reshape(-1, 1, 28, 28)
    classes = np.frombuffer(gzip.decompress(labels.read_bytes()), np.uint8, offset=8)
    return torch.from_numpy(pixels.astype(np.float32) / 255), torch.from_numpy(classes.astype(np.int64))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--certify", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--labels", required=True)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=7)
    parser.add_argument("--inputs", type=int, help="how many inputs every network sees, instead of its own number")
    parser.add_argument("--only", nargs="*", default=list(NETWORKS))
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    if options.out:
        page = options.out.read_text()
        if page.count(BEGIN) != 1 or page.count(END) != 1:
            sys.exit(f"{options.out}: it must have one line {BEGIN.strip()} and one line {END.strip()}")
        head, rest = page.split(BEGIN)
        tail = rest.split(END)[1]
    torch.set_num_threads(options.threads)
    x, y = mnist(Path(options.data), Path(options.labels))
    lines = [f"MNIST's test images, the first so many; batches of {options.batch}, {options.threads} threads, PyTorch "
             f"{torch.__version__}. Seconds an epoch, medians of {options.rounds} rounds, the least and the largest. "
             "The last columns are the time of a PGD epoch over that of a standard one, and of one step of the attack "
             "over a standard step, of certify and of PyTorch.", "",
             "| network | inputs | objective | certify | PyTorch | PyTorch / certify | × standard | attack step |",
             "|---|---|---|---|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as folder:
        for name in options.only:
            make, count = NETWORKS[name]
            count = min(options.inputs or count, len(x))
            torch.manual_seed(0)
            net = make()
            optimiser = torch.optim.Adam(net.parameters(), 1e-3)
            torch_epoch(net, optimiser, x[:1000], y[:1000], options.batch, 0)
            standard = None
            for steps in (0, options.steps):
                ours, theirs = [], []
                for _ in range(options.rounds):
                    ours.append(certify_epoch(options, name, count, steps, Path(folder)))
                    theirs.append(torch_epoch(net, optimiser, x[:count], y[:count], options.batch, steps))
                a, b = statistics.median(ours), statistics.median(theirs)
                standard = standard or (a, b)
                row = [name, str(count), f"PGD-{steps}" if steps else "standard", spread(ours), spread(theirs),
                       f"**{b / a:.2f}**"]
                if steps:
                    times = [a / standard[0], b / standard[1]]
                    row += [", ".join(f"{t:.1f}" for t in times), ", ".join(f"{(t - 1) / steps:.2f}" for t in times)]
                else:
                    row += ["", ""]
                lines.append(f"| {' | '.join(row)} |")
                print(lines[-1], file=sys.stderr)
    text = "\n".join(lines) + "\n"
    if options.out:
        options.out.write_text(head + BEGIN + text + END + tail)
    else:
        print(text)


if __name__ == "__main__":
    main()
