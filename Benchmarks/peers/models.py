"""Writes docs/models.md: which models load, how exact they are and how fast, beside ONNX Runtime and PyTorch.

    python models.py --certify ../../.build/release/certify --zoo FOLDER --out ../../docs/models.md [NAME ...]

FOLDER holds the models that zoo.py writes; those that are missing are written first. `light/NAME` are the published
networks that PyPI's onnx carries, their weights replaced by constants.

Errors are the largest difference over the largest magnitude: of what the file puts out from ONNX Runtime's, and of the
gradient of the winning logit from PyTorch's in float64; beside it the same error of PyTorch in float32, since where an
activation sits on its edge no float32 gradient is right. Speed is inputs a second of processor time on one thread,
without loading, at the batch size that certify takes for itself.
"""

import argparse
import functools
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnx
import onnx.backend.test
import onnxruntime
import torch

import zoo

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "fixtures" / "generators"))
from onnx_torch import OnnxTorch  # noqa: E402

LIGHT = Path(onnx.backend.test.__file__).parent / "data" / "light"
ROWS = 2
# Seconds of processor time that a measurement takes at least, and the numbers that its inputs hold at most.
SHORTEST = 0.25
MOST_NUMBERS = 30_000_000


@dataclass
class Row:
    name: str
    exporter: str
    parameters: str = "–"
    loads: str = "no"
    forward: str = "–"
    gradient: str = "–"
    ours: str = "–"
    peer: str = "–"
    notes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        cells = [self.name, self.exporter, self.parameters, self.loads, self.forward, self.gradient, self.ours,
                 self.peer, "; ".join(self.notes)]
        return "| " + " | ".join(cells) + " |"


@dataclass
class Answer:
    status: int
    output: str
    errors: str
    seconds: float
    mebibytes: float


def run(command: list[str]) -> Answer:
    """A process's output with its processor time and its peak memory."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdout=output, stderr=errors)
        ended, peak = 0, 0.0
        while not ended:
            # The usage that wait4 tells counts this program's own memory, from before the other was started.
            peak = peak_mebibytes(process.pid) or peak
            time.sleep(0.005)
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        return Answer(process.returncode, output.read().decode(), errors.read().decode(),
                      usage.ru_utime + usage.ru_stime, peak)


def peak_mebibytes(process: int) -> float:
    """The most memory that a running process has had, where the system tells; else 0."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0)


def relative_error(found: np.ndarray, expected: np.ndarray) -> float:
    return float(np.abs(found - expected).max() / max(np.abs(expected).max(), 1e-30))


@functools.cache
def torch_gradient(network: str, rows: int, size: tuple[int, ...], classes: tuple[int, ...],
                   dtype: torch.dtype) -> np.ndarray:
    """The gradient by PyTorch's own network, which is the same whatever exporter wrote it."""
    inputs = torch.from_numpy(random_inputs(rows, size)).to(dtype).requires_grad_(True)
    logits = zoo.network(network).to(dtype)(inputs)
    return torch.autograd.grad(logits[torch.arange(rows), list(classes)].sum(), inputs)[0].numpy().astype(np.float64)


def random_inputs(rows: int, size: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(zoo.SEED).random((rows, *size), dtype=np.float32)


class Measurement:
    """One model, from its file to its row of the table."""

    def __init__(self, certify: Path, path: Path, row: Row, is_timed: bool, network: str | None):
        self.certify, self.path, self.row, self.is_timed, self.network = certify, path, row, is_timed, network

    def measure(self) -> Row:
        row = self.row
        answer = run([self.certify, "inspect", "--format", "json", self.path])
        facts = json.loads(answer.output) if answer.output.startswith("{") else {"problems": [answer.errors]}
        if answer.status != 0:
            problems = facts["problems"]
            row.notes.append(f"{problems[0].strip()[:160]}" + (f" (and {len(problems) - 1} more)" if problems[1:] else ""))
            return row
        row.loads = "yes"
        row.parameters = f"{facts['parameters'] / 1e6:.1f} M" if facts["parameters"] >= 1e5 else str(facts["parameters"])
        if facts["head"] != "linear output":
            row.notes.append(f"ends in {facts['head']}")
        x = random_inputs(ROWS, facts["inputShape"])
        with tempfile.TemporaryDirectory() as folder:
            self.compare(Path(folder), x, facts)
            if self.is_timed:
                self.time(Path(folder), x, facts["batchSize"])
        return row

    def compare(self, folder: Path, x: np.ndarray, facts: dict) -> None:
        np.save(folder / "x.npy", x)
        answer = run([self.certify, "predict", self.path, "--data", folder / "x.npy", "--logits", folder / "y.npy",
                      "--input-gradients", folder / "g.npy"])
        if answer.status != 0:
            self.row.notes.append(answer.errors.strip()[:160])
            return
        y, g = np.load(folder / "y.npy"), np.load(folder / "g.npy")
        session = self.session()
        expected = np.concatenate([scores(session.run([self.output], {self.input: row[None]})[0]) for row in x])
        self.row.forward = f"{relative_error(outputs(y, facts['head'], expected.shape[1]), expected):.1e}"
        self.row.gradient = self.gradient_error(x, g, y.argmax(1), facts["head"])
        self.row.notes.append(f"{answer.mebibytes:.0f} MiB with gradients")

    def session(self) -> onnxruntime.InferenceSession:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 4
        session = onnxruntime.InferenceSession(self.path, options, providers=["CPUExecutionProvider"])
        (self.input,) = [i.name for i in session.get_inputs()]
        self.output = next(o.name for o in session.get_outputs() if "float" in o.type)
        return session

    def gradient_error(self, x: np.ndarray, g: np.ndarray, classes: np.ndarray, head: str) -> str:
        """Ours, and PyTorch's own in float32."""
        try:
            exact = self.reference(x, classes, head, torch.float64)
            single = self.reference(x, classes, head, torch.float32)
        except NotImplementedError as error:
            self.row.notes.append(f"no reference gradient: {str(error)[:80]}")
            return "–"
        if not np.abs(exact).max() > 0:
            return "the gradient is 0"
        return f"{relative_error(g, exact):.1e} ({relative_error(single, exact):.1e})"

    def reference(self, x: np.ndarray, classes: np.ndarray, head: str, dtype: torch.dtype) -> np.ndarray:
        if self.network:
            return torch_gradient(self.network, len(x), x.shape[1:], tuple(classes.tolist()), dtype)
        inputs = torch.from_numpy(x).to(dtype).requires_grad_(True)
        logits = OnnxTorch(without_head(onnx.load(self.path), head, self.output), dtype)(inputs).flatten(1)
        if logits.shape[1] == 1:
            logits = torch.cat([torch.zeros_like(logits), logits], 1)
        total = logits[torch.arange(len(x)), torch.from_numpy(classes)].sum()
        return torch.autograd.grad(total, inputs)[0].numpy().astype(np.float64)

    def time(self, folder: Path, x: np.ndarray, batch: int) -> None:
        """By differences, so that loading does not count, of passes long enough to be told from it."""
        base, more = self.seconds(folder, x, batch), 1
        spent = self.seconds(folder, x, 2 * batch) - base
        while spent < SHORTEST and more * batch * x[0].size < MOST_NUMBERS:
            more *= 8
            spent = self.seconds(folder, x, (1 + more) * batch) - base
        if spent < SHORTEST:
            self.row.notes.append("too small to be timed here")
            return
        rate = more * batch / spent
        session = self.session()
        is_open = not isinstance(session.get_inputs()[0].shape[0], int)
        rows = np.resize(x, (batch, *x.shape[1:]))
        parts = [rows] if is_open else [row[None] for row in rows]
        session.run(None, {self.input: parts[0]})
        start, passes = time.process_time(), 0
        while time.process_time() - start < SHORTEST:
            for part in parts:
                session.run(None, {self.input: part})
            passes += 1
        self.row.ours = figure(rate)
        self.row.peer = figure(passes * batch / (time.process_time() - start)) + ("" if is_open else " (one by one)")

    def seconds(self, folder: Path, x: np.ndarray, rows: int) -> float:
        np.save(folder / "many.npy", np.resize(x, (rows, *x.shape[1:])))
        return run([self.certify, "predict", self.path, "--data", folder / "many.npy"]).seconds


def figure(number: float) -> str:
    return f"{number:.3g}" if number < 1000 else f"{number:.0f}"


def outputs(logits: np.ndarray, head: str, width: int) -> np.ndarray:
    """What the file puts out, from the logits that certify takes its decisions on."""
    y = logits[:, 1:] if width == 1 else logits
    y = y.astype(np.float64)
    if head == "sigmoid":
        return 1 / (1 + np.exp(-y))
    if head in ("softmax", "log-softmax"):
        y = y - y.max(1, keepdims=True)
        log = y - np.log(np.exp(y).sum(1, keepdims=True))
        return log if head == "log-softmax" else np.exp(log)
    return y


def scores(output: np.ndarray | list[dict]) -> np.ndarray:
    """One row; converters of scikit-learn's models put it out as a map from labels."""
    if isinstance(output, list):
        output = np.array([[row[label] for label in sorted(row)] for row in output], np.float32)
    return output.reshape(1, -1)


def without_head(model: onnx.ModelProto, head: str, output: str) -> onnx.ModelProto:
    """The part of the model that makes what goes into its last softmax or sigmoid."""
    producers = {name: node for node in model.graph.node for name in node.output}
    name = output
    heads = {"linear output": None, "softmax": "Softmax", "log-softmax": "LogSoftmax", "sigmoid": "Sigmoid"}
    while heads[head]:
        node = producers.get(name)
        if node is None or not node.input or node.op_type == "LinearClassifier":
            raise NotImplementedError(f"{node.op_type if node else name} holds the {head}")
        name = node.input[0]
        if node.op_type == heads[head]:
            break
    needed, pending = set(), [name]
    while pending:
        node = producers.get(pending.pop())
        if node is not None and node.output[0] not in needed:
            needed.add(node.output[0])
            pending += node.input
    nodes = [node for node in model.graph.node if node.output[0] in needed]
    graph = onnx.helper.make_graph(nodes, model.graph.name, model.graph.input, [onnx.ValueInfoProto(name=name)],
                                   model.graph.initializer)
    part = onnx.helper.make_model(graph, opset_imports=model.opset_import)
    part.functions.extend(model.functions)
    return part


def rows(names: list[str]):
    """(row, path relative to the zoo or to the wheel, whether it is timed, the name of PyTorch's own network)."""
    exporters = {"old": "PyTorch, old exporter", "new": "PyTorch, new exporter"}
    for name in names:
        if name.startswith("light/"):
            yield Row(name.removeprefix("light/light_"), "Caffe2, in PyPI's onnx"), name, True, None
            continue
        traced, _, variant = name.rpartition("_")
        network, _, exporter = traced.rpartition("_")
        if network in zoo.NETWORKS:
            batch = "any batch" if variant == "batch" else "batch 1"
            yield (Row(network, f"{exporters[exporter]}, {batch}"), name, f"{exporter}_{variant}" == "old_batch",
                   network)
        else:
            yield Row(name, "tf2onnx style" if name.startswith("keras") else "skl2onnx"), name, True, None


def main() -> None:
    light = [f"light/{path.stem}" for path in sorted(LIGHT.glob("*.onnx"))]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=[*zoo.MODELS, *light])
    parser.add_argument("--certify", type=Path, required=True)
    parser.add_argument("--zoo", type=Path, required=True)
    parser.add_argument("--out", type=Path, help="default: standard output")
    parser.add_argument("--untimed", action="store_true", help="leave the speeds out")
    options = parser.parse_args()
    torch.set_num_threads(1)
    zoo_names = [n for n in options.names if not n.startswith("light/")]
    failures = zoo.write(options.zoo, zoo_names)
    lines = []
    for row, name, is_timed, network in rows(options.names):
        path = LIGHT / f"{name.removeprefix('light/')}.onnx" if name.startswith("light/") else options.zoo / f"{name}.onnx"
        if path.exists():
            row = Measurement(options.certify, path, row, is_timed and not options.untimed, network).measure()
        else:
            row.notes.append(next((f.splitlines()[0][:120] for f in failures if f.startswith(f"{name}:")), "not written"))
        print(row, file=sys.stderr, flush=True)
        lines.append(str(row))
    text = table(lines)
    if options.out:
        options.out.write_text(text)
    else:
        print(text)


def table(lines: list[str]) -> str:
    processor = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")),
                     platform.processor()) if Path("/proc/cpuinfo").exists() else platform.processor()
    versions = f"PyTorch {torch.__version__.split('+')[0]}, torchvision {zoo.torchvision.__version__.split('+')[0]}, " \
               f"onnx {onnx.__version__}, ONNX Runtime {onnxruntime.__version__}"
    return "\n".join([
        "# Models", "",
        "Written by `make models`; weights are random (`Benchmarks/peers/zoo.py`). Errors are the largest difference over",
        "the largest magnitude: outputs against ONNX Runtime, input gradients of the winning logit against PyTorch in",
        "float64, with PyTorch's own error in float32 in brackets. Inputs a second of processor time on one thread, at the",
        "batch size that `certify` takes: `certify predict` with the reading of its inputs, which weighs on small models;",
        "ONNX Runtime on arrays in memory, at the same batch size where the file allows it.", "",
        f"{processor}; {versions}.", "",
        "| model | written by | parameters | loads | output error | gradient error (PyTorch float32) | certify, inputs/s |"
        " ONNX Runtime, inputs/s | notes |",
        "|---|---|---|---|---|---|---|---|---|", *lines, ""])


if __name__ == "__main__":
    main()
