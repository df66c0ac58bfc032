"""Certified radii of the base classifier by IBP, CROWN and alpha-CROWN: certify beside auto_LiRPA, as a table.

    python bounds.py --certify CERTIFY --first 10 --out docs/certificates.md MODEL.onnx=DATA.npz[=N] ...

The same inputs, norms, regions and methods, one thread each; a radius is the largest of a bisection whose margins are
all verified, 0 for a misclassified input. The l-infinity ball is cut with [0, 1], the l2 ball is not (auto_LiRPA has no
such region; certify has, and its radii there are larger). Intervals in l2 are compared where a linear layer comes first:
before one, auto_LiRPA's leave the ball out and verify every radius. Inputs are floating-point numbers to both: on the grid of 8-bit
data certify's radii would be longer. auto_LiRPA computes in single precision without allowing for rounding; certify's
radii hold for the single-precision program. Needs the packages of requirements-bounds.txt.
"""

import argparse
import json
import resource
import subprocess
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


def lirpa(path, images, labels, norm, method, limit):
    """The radii and the processor time of as many inputs as take no longer than a limit, at least of one."""
    net = OnnxNet(path).eval()
    # Its slopes are stored for the kinks of the first radius asked about, which change from radius to radius.
    dense = {"sparse_features_alpha": False, "sparse_spec_alpha": False, "sparse_intermediate_bounds": False}
    model = BoundedModule(net, torch.zeros(1, *images.shape[1:]), device="cpu", verbose=0, bound_opts=dense)
    started = time.process_time()
    radii = []
    for image, label in zip(images, labels):
        x = torch.from_numpy(image[None])
        right = int(net(x).argmax()) == label
        radii.append(lirpa_radius(model, x, int(label), net(x).shape[1], norm, method) if right else 0.0)
        if time.process_time() - started > limit:
            break
    return np.array(radii), time.process_time() - started


def certify(tool, path, images, labels, norm, method):
    with tempfile.TemporaryDirectory() as out:
        data = str(Path(out) / "data.npz")
        np.savez(data, images=images, labels=labels)
        command = [tool, "run", path, "--data", data, "--norm", norm, "--classifier", "base", "--attack", "none",
                   "--bounds", "0,1" if norm == "linf" else "none", "--certificate", method, "--jobs", "1", "--quiet",
                   "--overwrite", "--out", out]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        inputs = json.loads((Path(out) / "results.json").read_text())["inputs"]
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return np.array([i["brackets"][0]["lower"]["radius"] for i in inputs]), seconds


def best_of(measure, repeat=5, enough=10.0):
    """The result, and the least time of a few measurements: fewer where they are long."""
    result, least = measure()
    spent = least
    for _ in range(repeat - 1):
        if spent > enough:
            break
        seconds = measure()[1]
        spent += seconds
        least = min(least, seconds)
    return result, least


def compare(tool, path, images, labels, norm, method, limit):
    """A row of the table."""
    theirs, their_seconds = best_of(lambda: lirpa(path, images, labels, norm, method, limit))
    count = len(theirs)
    ours, our_seconds = best_of(lambda: certify(tool, path, images[:count], labels[:count], norm, method))
    shorter = int((ours < theirs * 0.998).sum())
    return (f"| {Path(path).stem} | {norm} | {method} | {ours.mean():.5f} | {theirs.mean():.5f} | "
            f"{our_seconds / count:.3f} | {their_seconds / count:.3f} | {shorter} of {count} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("subjects", nargs="+", metavar="MODEL=DATA[=N]")
    parser.add_argument("--certify", required=True)
    parser.add_argument("--first", type=int, default=5, help="inputs of each data file, where N does not say so")
    parser.add_argument("--limit", type=float, default=60, help="seconds after which auto_LiRPA begins no other input")
    parser.add_argument("--methods", nargs="+", default=list(METHODS), choices=METHODS)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    lines = ["# Certified radii of the base classifier", "",
             "Written by `Benchmarks/peers/bounds.py`; what is compared, and how, is said there.",
             "Means over the first inputs, as many as the last column says. Processor seconds an input, one thread, the least",
             "of several runs; certify's with its start, reading and writing, auto_LiRPA's without.", "",
             "| model | norm | method | certify | auto_LiRPA | certify, s | auto_LiRPA, s | smaller by more than 0.2 % |",
             "|---|---|---|---|---|---|---|---|"]
    for subject in options.subjects:
        path, data, *number = subject.split("=")
        count = int(number[0]) if number else options.first
        archive = np.load(data)
        images = archive["images" if "images" in archive else "X"][:count]
        labels = archive["labels" if "labels" in archive else "Y"][:count]
        images = images.astype(np.float32) / 255 if images.dtype == np.uint8 else images.astype(np.float32)
        shape = [d.dim_value for d in onnx.load(path).graph.input[0].type.tensor_type.shape.dim[1:]]
        images = images.reshape(len(images), *shape)
        starts_linear = onnx.load(path).graph.node[0].op_type in ("Flatten", "Gemm")
        for norm in NORMS:
            for method in options.methods:
                if (norm, method) == ("l2", "ibp") and not starts_linear:
                    continue
                lines.append(compare(options.certify, path, images, labels, norm, method, options.limit))
                print(lines[-1], flush=True)
    if options.out:
        options.out.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
