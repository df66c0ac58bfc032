"""Certified radii of the base classifier by IBP, CROWN and alpha-CROWN: certify beside auto_LiRPA, as a table.

    python bounds.py --certify CERTIFY --first 10 --out docs/certificates.md MODEL.onnx=DATA.npz[=N[=METHODS]] ...

The same inputs, norms, regions and methods, one thread each; a radius is the largest of a bisection whose margins are
all verified, 0 for a misclassified input. The l-infinity ball is cut with [0, 1], the l2 ball is not (auto_LiRPA has no
such region; certify has, and its radii there are larger). Intervals in l2 are compared where a linear layer comes first:
before one, auto_LiRPA's leave the ball out and verify every radius. Inputs are floating-point numbers to both: on the grid of 8-bit
data certify's radii would be longer. auto_LiRPA computes in single precision without allowing for rounding; certify's
radii hold for the single-precision program. What that allowance costs is computed here once more, for intervals in
l-infinity: in double precision, with certify's bound of the program's errors and without. Needs the packages of
requirements-bounds.txt.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import onnx
import onnx.numpy_helper
import torch
import torch.nn.functional as F
from auto_LiRPA import BoundedModule, BoundedTensor
from auto_LiRPA.perturbations import PerturbationLpNorm

METHODS = {"ibp": "IBP", "crown": "CROWN", "alpha-crown": "CROWN-Optimized"}
NORMS = {"linf": np.inf, "l2": 2.0}


def without_normalizations(graph, arrays):
    """The nodes with each BatchNormalization, and each division of an image by constants, as a 1 x 1 convolution.

    auto_LiRPA has no bounds for the one, and none for the other before a convolution.
    """
    channels = graph.input[0].type.tensor_type.shape.dim[1].dim_value
    result = []
    for node in graph.node:
        if node.op_type == "BatchNormalization":
            scale, shift, mean, variance = (arrays[name].astype(np.float64) for name in node.input[1:])
            epsilon = next((a.f for a in node.attribute if a.name == "epsilon"), 1e-5)
            factor = scale / np.sqrt(variance + epsilon)
            shift = shift - mean * factor
        elif node.op_type == "Div" and any(n.op_type == "Conv" for n in graph.node):
            factor = np.broadcast_to(1 / arrays[node.input[1]].astype(np.float64).reshape(-1), channels)
            shift = np.zeros(channels)
        else:
            result.append(node)
            continue
        weight, bias = f"{node.output[0]}.weight", f"{node.output[0]}.bias"
        arrays[weight] = np.diag(factor).astype(np.float32)[:, :, None, None]
        arrays[bias] = shift.astype(np.float32)
        result.append(onnx.helper.make_node("Conv", [node.input[0], weight, bias], list(node.output)))
    return result


class OnnxNet(torch.nn.Module):
    """A feed-forward ONNX file, node by node."""

    def __init__(self, path: str):
        super().__init__()
        graph = onnx.load(path).graph
        arrays = {i.name: onnx.numpy_helper.to_array(i) for i in graph.initializer}
        self.source = next(i.name for i in graph.input if i.name not in arrays)
        self.nodes = without_normalizations(graph, arrays)
        self.result = graph.output[0].name
        self.names, self.numbers = {}, {}
        operands = {name for node in self.nodes if node.op_type in ("Sub", "Div") for name in node.input}
        for number, (name, array) in enumerate(arrays.items()):
            if array.size == 1 and name in operands:  # a shift or scale of all pixels: traced as a constant
                self.numbers[name] = array.item()
                continue
            parameter = torch.nn.Parameter(torch.tensor(array), requires_grad=False)
            self.register_parameter(f"c{number}", parameter)
            self.names[name] = f"c{number}"

    def forward(self, x):
        values = {name: getattr(self, attribute) for name, attribute in self.names.items()}
        values |= self.numbers | {self.source: x}
        for node in self.nodes:
            a = {i.name: onnx.helper.get_attribute_value(i) for i in node.attribute}
            v = [values[name] for name in node.input]
            values[node.output[0]] = self.apply_node(node.op_type, v, a)
        return values[self.result]

    @staticmethod
    def apply_node(operator, v, a):
        if operator == "Gemm":
            return F.linear(v[0], v[1] if a.get("transB", 0) else v[1].t(), v[2])
        if operator == "Conv":
            pads = a.get("pads", [0, 0, 0, 0])
            bias = v[2] if len(v) > 2 else None
            return F.conv2d(v[0], v[1], bias, a.get("strides", [1, 1]), tuple(pads[:2]))
        if operator == "MaxPool":
            return F.max_pool2d(v[0], tuple(a["kernel_shape"]), tuple(a.get("strides", [1, 1])))
        if operator == "GlobalAveragePool":
            return v[0].mean((2, 3), keepdim=True)
        if operator == "ReduceMean":
            return v[0].mean((2, 3), keepdim=bool(a.get("keepdims", 1)))
        simple = {
            "Sub": lambda: v[0] - v[1], "Div": lambda: v[0] * (1 / v[1]), "Add": lambda: v[0] + v[1],
            "Relu": lambda: F.relu(v[0]), "Flatten": lambda: torch.flatten(v[0], 1),
        }
        return simple[operator]()


def lirpa_radius(model, x, label, classes, norm, method, tolerance=2.0**-12):
    """The largest verified radius of a bisection."""
    rows = [j for j in range(classes) if j != label]
    c = torch.zeros(1, classes - 1, classes)
    for k, j in enumerate(rows):
        c[0, k, label], c[0, k, j] = 1, -1

    def verified(epsilon):
        box = {"x_L": (x - epsilon).clamp(min=0), "x_U": (x + epsilon).clamp(max=1)} if norm == "linf" else {}
        bounded = BoundedTensor(x, PerturbationLpNorm(norm=NORMS[norm], eps=epsilon, **box))
        lower, _ = model.compute_bounds(x=(bounded,), C=c, method=METHODS[method], bound_upper=False)
        return bool((lower > 0).all())

    low, high = 0.0, 1e-3
    while high < 4 and verified(high):
        low, high = high, high * 2
    while high - low > tolerance * high and high > 1e-7:
        middle = (low + high) / 2
        low, high = (middle, high) if verified(middle) else (low, middle)
    return low


def lirpa(path, data, norm, method, limit):
    """The radii of as many inputs as take no longer than a limit, at least of one, and the seconds that they took."""
    archive = np.load(data)
    net = OnnxNet(path).eval()
    # Its slopes are stored for the kinks of the first radius asked about, which change from radius to radius.
    dense = {"sparse_features_alpha": False, "sparse_spec_alpha": False, "sparse_intermediate_bounds": False}
    images = archive["images"]
    model = BoundedModule(net, torch.zeros(1, *images.shape[1:]), device="cpu", verbose=0, bound_opts=dense)
    started = time.process_time()
    radii = []
    for image, label in zip(images, archive["labels"]):
        x = torch.from_numpy(image[None])
        right = int(net(x).argmax()) == label
        radii.append(lirpa_radius(model, x, int(label), net(x).shape[1], norm, method) if right else 0.0)
        if time.process_time() - started > limit:
            break
    return radii, time.process_time() - started


def seconds_of(command, **options):
    """What a process wrote, and the processor time that it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, **options).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return output, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure_lirpa(path, data, norm, method, limit):
    """Radii, seconds of the proofs, seconds of the process."""
    command = [sys.executable, __file__, "--lirpa", path, data, norm, method, str(limit)]
    output, seconds = seconds_of(command, env=os.environ | {"OMP_NUM_THREADS": "1"})
    found = json.loads(output.splitlines()[-1])
    return np.array(found["radii"]), found["seconds"], seconds


def measure_certify(tool, path, data, norm, method):
    """Radii, seconds of the process without those of one that proves nothing, seconds of the process."""
    with tempfile.TemporaryDirectory() as out:
        def run(certificate):
            return seconds_of(
                [tool, "run", path, "--data", data, "--norm", norm, "--classifier", "base", "--attack", "none",
                 "--bounds", "0,1" if norm == "linf" else "none", "--certificate", certificate, "--jobs", "1",
                 "--quiet", "--overwrite", "--out", out])[1]

        idle, seconds = run("none"), run(method)
        inputs = json.loads((Path(out) / "results.json").read_text())["inputs"]
    return np.array([i["brackets"][0]["lower"]["radius"] for i in inputs]), max(seconds - idle, 0), seconds


def best_of(measure, repeat=5, enough=10.0):
    """The result, and the least times of a few measurements: fewer where they are long."""
    result, *least = measure()
    spent = least[-1]
    for _ in range(repeat - 1):
        if spent > enough:
            break
        seconds = measure()[1:]
        spent += seconds[-1]
        least = [min(a, b) for a, b in zip(least, seconds)]
    return result, *least


def linear_layers(net):
    """W and b of each layer, in double precision, of a network that has only linear layers and ReLUs between them."""
    layers = []
    for node in net.nodes:
        if node.op_type == "Gemm":
            a = {i.name: onnx.helper.get_attribute_value(i) for i in node.attribute}
            w, b = (getattr(net, net.names[name]).double() for name in node.input[1:])
            layers.append((w if a.get("transB", 0) else w.t(), b))
        elif node.op_type not in ("Flatten", "Relu"):
            return None
    return layers


def interval_margins(layers, x, label, epsilon, charged):
    """Lower bounds of the margins over the l-infinity ball in [0, 1], by intervals in double precision.

    Where charged, every value of a layer is also off by gamma_N (sum |w||x| + |b|), N its products and four roundings
    more: what certify takes the program's error to be.
    """
    def error(w, b, low, high):
        n = (w.shape[1] + 4) * 2.0**-24 if charged else 0.0
        return n / (1 - n) * F.linear(torch.maximum(low.abs(), high.abs()), w.abs(), b.abs())

    low, high = (x - epsilon).clamp(min=0), (x + epsilon).clamp(max=1)
    for w, b in layers[:-1]:
        middle = F.linear((low + high) / 2, w, b)
        reach = F.linear((high - low) / 2, w.abs()) + error(w, b, low, high)
        low, high = (middle - reach).clamp(min=0), (middle + reach).clamp(min=0)
    w, b = layers[-1]
    rivals = [j for j in range(len(w)) if j != label]
    rows, shift, own = w[label] - w[rivals], b[label] - b[rivals], error(w, b, low, high)
    least = F.linear((low + high) / 2, rows, shift) - F.linear((high - low) / 2, rows.abs())
    return least - own[label] - own[rivals]


def interval_radius(layers, image, label, charged):
    """The largest radius that intervals verify, by bisection."""
    x = torch.from_numpy(image).double().flatten()
    low, high = 0.0, 1.0
    while high - low > 2.0**-20 * high and high > 1e-9:
        middle = (low + high) / 2
        verified = bool((interval_margins(layers, x, label, middle, charged) > 0).all())
        low, high = (middle, high) if verified else (low, middle)
    return low


def compare(tool, path, data, norm, method, limit):
    """A row of the table."""
    theirs, *their_seconds = best_of(lambda: measure_lirpa(path, data, norm, method, limit))
    count = len(theirs)
    with tempfile.TemporaryDirectory() as place:
        archive = np.load(data)
        same = str(Path(place) / "data.npz")
        np.savez(same, images=archive["images"][:count], labels=archive["labels"][:count])
        ours, *our_seconds = best_of(lambda: measure_certify(tool, path, same, norm, method))
    shorter = int((ours < theirs * 0.998).sum())
    seconds = " | ".join(f"{value / count:.3f}" for pair in zip(our_seconds, their_seconds) for value in pair)
    return (f"| {Path(path).stem} | {norm} | {method} | {ours.mean():.5f} | {theirs.mean():.5f} | {seconds} | "
            f"{shorter} of {count} |")


def cost_of_rounding(tool, path, data):
    """A row of mean l-infinity radii by intervals, without and with the program's rounding; None for other networks."""
    layers = linear_layers(OnnxNet(path))
    if layers is None:
        return None
    archive = np.load(data)
    # Those that certify has a radius for are classified correctly.
    ours = measure_certify(tool, path, data, "linf", "ibp")[0]
    inputs = [(x, int(y)) for x, y, radius in zip(archive["images"], archive["labels"], ours) if radius > 0]
    without, charged = (
        np.mean([interval_radius(layers, x, y, charged) for x, y in inputs]) for charged in (False, True))
    return (f"| {Path(path).stem} | {without:.7f} | {charged:.7f} | {100 * (1 - charged / without):.2f} % | "
            f"{ours[ours > 0].mean():.7f} |")


INTRODUCTION = """# Certified radii of the base classifier

Written by `Benchmarks/peers/bounds.py`; what is compared, and how, is said there.

Means over the first inputs, as many as the last column says. Processor seconds an input, one thread, the least of
several runs. “Proofs” are the proofs alone: of certify's process without what it takes to read model and data, to write
the report and to end, and of auto_LiRPA's without Python's start, reading and the making of its bounded module. “In all”
is the whole process of either, divided by the same inputs: where they are few, it is mostly the start.

| model | norm | method | certify | auto_LiRPA | certify, proofs, s | auto_LiRPA, proofs, s | certify, in all, s | auto_LiRPA, in all, s | smaller by more than 0.2 % |
|---|---|---|---|---|---|---|---|---|---|"""

ROUNDING = """
## What rounding costs

Where certify's radius is the shorter one, by some tenths of a percent, it is because it holds for the program that runs:
every value of the single-precision network may be off by γ_N (Σ|w||x| + |b|), γ_N = Nu/(1 − Nu), u = 2⁻²⁴, for N
products and their roundings in any order, and the bounds pay for that in every layer. auto_LiRPA's radii hold in real
arithmetic, apart from the rounding of its own computation. The same intervals, computed here in double precision
without any rounding of the program and with this allowance, as mean ℓ∞ radii:

| model | without | with | shorter by | certify |
|---|---|---|---|---|"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("subjects", nargs="*", metavar="MODEL=DATA[=N[=METHODS]]",
                        help="a model, its data, how many inputs, and the methods, with commas, where not all are meant")
    parser.add_argument("--certify")
    parser.add_argument("--first", type=int, default=5, help="inputs of each data file, where N does not say so")
    parser.add_argument("--limit", type=float, default=60, help="seconds after which auto_LiRPA begins no other input")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--keep-table", action="store_true",
                        help="keep the table that the page has, and write anew what rounding costs")
    parser.add_argument("--lirpa", nargs=5, metavar=("MODEL", "DATA", "NORM", "METHOD", "LIMIT"),
                        help="print auto_LiRPA's radii, and the seconds of their proofs")
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.lirpa:
        *subject, limit = options.lirpa
        radii, seconds = lirpa(*subject, float(limit))
        print(json.dumps({"radii": [float(r) for r in radii], "seconds": seconds}))
        return
    if not options.certify:
        parser.error("--certify is missing")
    lines, costs = INTRODUCTION.splitlines(), ROUNDING.splitlines()
    if options.keep_table:
        lines = options.out.read_text().split(ROUNDING.splitlines()[1])[0].rstrip().splitlines()
    with tempfile.TemporaryDirectory() as place:
        for subject in options.subjects:
            path, source, *rest = subject.split("=")
            count = int(rest[0]) if rest else options.first
            methods = rest[1].split(",") if len(rest) > 1 else list(METHODS)
            if not set(methods) <= set(METHODS):
                parser.error(f"{subject} names other methods than {', '.join(METHODS)}")
            archive = np.load(source)
            images = archive["images" if "images" in archive else "X"][:count]
            labels = archive["labels" if "labels" in archive else "Y"][:count]
            images = images.astype(np.float32) / 255 if images.dtype == np.uint8 else images.astype(np.float32)
            graph = onnx.load(path).graph
            shape = [d.dim_value for d in graph.input[0].type.tensor_type.shape.dim[1:]]
            data = str(Path(place) / "data.npz")
            np.savez(data, images=images.reshape(len(images), *shape), labels=labels)
            row = cost_of_rounding(options.certify, path, data)
            if row:
                costs.append(row)
                print(row, flush=True)
            for norm in [] if options.keep_table else NORMS:
                for method in methods:
                    if (norm, method) == ("l2", "ibp") and graph.node[0].op_type not in ("Flatten", "Gemm"):
                        continue
                    lines.append(compare(options.certify, path, data, norm, method, options.limit))
                    print(lines[-1], flush=True)
    if options.out:
        options.out.write_text("\n".join(lines + costs) + "\n")


if __name__ == "__main__":
    main()
