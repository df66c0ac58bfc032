"""Certified radii of the base classifier by IBP, CROWN and alpha-CROWN: certify beside auto_LiRPA, as a table.

    python bounds.py --certify CERTIFY --first 10 --out docs/certificates.md MODEL.onnx=DATA.npz ...

The same inputs, norms, regions and methods, one thread each; a radius is the largest of a bisection whose margins are
all verified, 0 for a misclassified input. The l-infinity ball is cut with [0, 1], the l2 ball is not (auto_LiRPA has no
such region; certify has, and its radii there are larger). Intervals in l2 are compared where a linear layer comes first:
before one, auto_LiRPA's leave the ball out and verify every radius. Inputs are floating-point numbers to both: on the grid of 8-bit
data certify's radii would be longer. auto_LiRPA computes in single precision without allowing for rounding; certify's
radii hold for the single-precision program. Needs the packages of requirements-bounds.txt.
"""

import argparse
import json
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


class OnnxNet(torch.nn.Module):
    """A feed-forward ONNX file, node by node."""

    def __init__(self, path: str):
        super().__init__()
        graph = onnx.load(path).graph
        self.nodes = list(graph.node)
        constants = {i.name for i in graph.initializer}
        self.source = next(i.name for i in graph.input if i.name not in constants)
        self.result = graph.output[0].name
        self.names, self.numbers = {}, {}
        for number, tensor in enumerate(graph.initializer):
            array = torch.tensor(onnx.numpy_helper.to_array(tensor))
            if array.numel() == 1:  # a shift or scale of all pixels: traced as a constant
                self.numbers[tensor.name] = array.item()
                continue
            self.register_parameter(f"c{number}", torch.nn.Parameter(array, requires_grad=False))
            self.names[tensor.name] = f"c{number}"

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
            return F.conv2d(v[0], v[1], v[2] if len(v) > 2 else None, a.get("strides", [1, 1]), tuple(pads[:2]))
        if operator == "BatchNormalization":
            return F.batch_norm(v[0], v[3], v[4], v[1], v[2], False, 0.0, a.get("epsilon", 1e-5))
        if operator == "MaxPool":
            return F.max_pool2d(v[0], tuple(a["kernel_shape"]), tuple(a.get("strides", [1, 1])))
        if operator == "GlobalAveragePool":
            return F.avg_pool2d(v[0], tuple(v[0].shape[2:]))
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


def lirpa(path, images, labels, norm, method):
    net = OnnxNet(path).eval()
    # Its slopes are stored for the kinks of the first radius asked about, which change from radius to radius.
    dense = {"sparse_features_alpha": False, "sparse_spec_alpha": False, "sparse_intermediate_bounds": False}
    model = BoundedModule(net, torch.zeros(1, *images.shape[1:]), device="cpu", verbose=0, bound_opts=dense)
    started = time.perf_counter()
    radii = []
    for image, label in zip(images, labels):
        x = torch.from_numpy(image[None])
        right = int(net(x).argmax()) == label
        radii.append(lirpa_radius(model, x, int(label), net(x).shape[1], norm, method) if right else 0.0)
    return np.array(radii), (time.perf_counter() - started) / len(labels)


def certify(tool, path, images, labels, norm, method):
    with tempfile.TemporaryDirectory() as out:
        data = str(Path(out) / "data.npz")
        np.savez(data, images=images, labels=labels)
        command = [tool, "run", path, "--data", data, "--norm", norm, "--classifier", "base", "--attack", "none",
                   "--bounds", "0,1" if norm == "linf" else "none", "--certificate", method, "--jobs", "1", "--quiet",
                   "--overwrite", "--out", out]
        started = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds = (time.perf_counter() - started) / len(labels)
        inputs = json.loads((Path(out) / "results.json").read_text())["inputs"]
    return np.array([i["brackets"][0]["lower"]["radius"] for i in inputs]), seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("subjects", nargs="+", metavar="MODEL=DATA")
    parser.add_argument("--certify", required=True)
    parser.add_argument("--first", type=int, default=10)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    lines = ["# Certified radii of the base classifier", "",
             "Written by `Benchmarks/peers/bounds.py`; what is compared, and how, is said there.",
             f"Means over the first {options.first} inputs; seconds an input, one thread.", "",
             "| model | norm | method | certify | auto_LiRPA | certify, s | auto_LiRPA, s | smaller by more than 0.2 % |",
             "|---|---|---|---|---|---|---|---|"]
    for subject in options.subjects:
        path, data = subject.split("=")
        archive = np.load(data)
        images = archive["images" if "images" in archive else "X"][:options.first]
        labels = archive["labels" if "labels" in archive else "Y"][:options.first]
        images = images.astype(np.float32) / 255 if images.dtype == np.uint8 else images.astype(np.float32)
        shape = [d.dim_value for d in onnx.load(path).graph.input[0].type.tensor_type.shape.dim[1:]]
        images = images.reshape(len(images), *shape)
        starts_linear = onnx.load(path).graph.node[0].op_type in ("Flatten", "Gemm")
        for norm in NORMS:
            for method in METHODS:
                if (norm, method) == ("l2", "ibp") and not starts_linear:
                    continue
                ours, our_seconds = certify(options.certify, path, images, labels, norm, method)
                theirs, their_seconds = lirpa(path, images, labels, norm, method)
                shorter = int((ours < theirs * 0.998).sum())
                lines.append(f"| {Path(path).stem} | {norm} | {method} | {ours.mean():.5f} | {theirs.mean():.5f} | "
                             f"{our_seconds:.3f} | {their_seconds:.3f} | {shorter} of {len(ours)} |")
                print(lines[-1], flush=True)
    if options.out:
        options.out.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
