"""Writes the models of docs/models.md, as exporters write them, with random weights: python zoo.py FOLDER [NAME ...]

torchvision's networks through both of PyTorch's exporters (`old` traces, `new` is torch.export; `batch` leaves the
number of inputs open, `one` fixes it at 1), and what tf2onnx and scikit-learn's converter write. The `new` ones keep
their weights in a second file. Weights and statistics are drawn from a seed, and are scaled so that a hundred layers
neither blow up nor fade. What is there already stays.
"""

import argparse
import copy
import logging
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import torch
import torchvision
from onnx import TensorProto, helper, numpy_helper

SEED = 20260101

NETWORKS: dict[str, Callable[[], torch.nn.Module]] = {
    "resnet18": torchvision.models.resnet18,
    "resnet50": torchvision.models.resnet50,
    "mobilenet_v3_large": torchvision.models.mobilenet_v3_large,
    "efficientnet_b0": torchvision.models.efficientnet_b0,
    "convnext_tiny": torchvision.models.convnext_tiny,
    "vit_b_16": torchvision.models.vit_b_16,
}
EXPORTERS = ["old_batch", "old_one", "new_batch", "new_one"]


def network(name: str) -> torch.nn.Module:
    """A torchvision network in evaluation mode: the same weights each time."""
    torch.manual_seed(SEED)
    net = NETWORKS[name]().eval()
    x = torch.rand(2, 3, 224, 224)
    with torch.no_grad():
        for module in net.modules():
            if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
                module.momentum = None
                module.train()
                module.weight.uniform_(0.8, 1.2)
                module.bias.uniform_(-0.1, 0.1)
            elif isinstance(module, torchvision.ops.StochasticDepth):
                module.p = 0.0
        # The statistics that the layers really meet.
        net(x)
        for layer in (m for m in net.modules() if isinstance(m, torch.nn.Linear) and m.out_features == 1000):
            torch.nn.init.normal_(layer.weight, std=0.05)
        for parameter in (p for n, p in net.named_parameters() if n.endswith("layer_scale")):
            parameter.fill_(0.5)
    return net.eval()


def export_network(name: str, exporter: str, path: Path) -> None:
    net, x = network(name), torch.rand(1, 3, 224, 224)
    is_open = exporter.endswith("batch")
    if exporter.startswith("old"):
        torch.onnx.export(net, (x,), str(path), dynamo=False, opset_version=17, input_names=["image"],
                          output_names=["logits"], dynamic_axes={"image": {0: "batch"}} if is_open else None)
        return
    shapes = ({0: torch.export.Dim("batch")},) if is_open else None
    example = torch.rand(2, 3, 224, 224) if is_open else x
    torch.onnx.export(net, (example,), str(path), dynamo=True, input_names=["image"], output_names=["logits"],
                      dynamic_shapes=shapes, external_data=True, verbose=False)


def keras_cnn(path: Path) -> None:
    """A small convolutional net with the channels last, in the way tf2onnx writes it."""
    random = np.random.RandomState(SEED)
    nodes, constants = [], []

    def constant(name: str, array: np.ndarray) -> str:
        constants.append(numpy_helper.from_array(array, name))
        return name

    def node(kind: str, inputs: list[str], **attributes) -> str:
        name = f"model/{kind.lower()}_{len(nodes)}"
        nodes.append(helper.make_node(kind, inputs, [f"{name}:0"], name=name, **attributes))
        return f"{name}:0"

    def weights(*shape: int) -> np.ndarray:
        return (random.standard_normal(shape) / np.sqrt(np.prod(shape[1:]))).astype(np.float32)

    def vector(low: float, high: float, size: int) -> np.ndarray:
        return random.uniform(low, high, size).astype(np.float32)

    def convolution(x: str, inputs: int, outputs: int, kernel: int, groups: int = 1, stride: int = 1) -> str:
        k = len(nodes)
        x = node("Transpose", [x], perm=[0, 3, 1, 2])
        x = node("Conv", [x, constant(f"k{k}", weights(outputs, inputs // groups, kernel, kernel))],
                 auto_pad="SAME_UPPER", group=groups, strides=[stride, stride], dilations=[1, 1],
                 kernel_shape=[kernel, kernel])
        x = node("BatchNormalization",
                 [x, constant(f"g{k}", vector(0.5, 1.5, outputs)), constant(f"b{k}", vector(-0.2, 0.2, outputs)),
                  constant(f"m{k}", vector(-0.2, 0.2, outputs)), constant(f"v{k}", vector(0.5, 1.5, outputs))],
                 epsilon=1e-3)
        x = node("Transpose", [x], perm=[0, 2, 3, 1])
        return node("Clip", [x, constant(f"zero{k}", np.float32(0)), constant(f"six{k}", np.float32(6))])

    x = node("Mul", ["image", constant("scale", np.float32(1 / 0.5))])
    x = node("Sub", [x, constant("mean", np.array([0.9, 1.0, 1.1], np.float32))])
    x = convolution(x, 3, 32, 3, stride=2)
    x = convolution(x, 32, 32, 3, groups=32)
    x = convolution(x, 32, 64, 1)
    skip = x
    x = convolution(x, 64, 64, 3, groups=64)
    x = node("Add", [convolution(x, 64, 64, 1), skip])
    x = node("Transpose", [x], perm=[0, 3, 1, 2])
    x = node("MaxPool", [x], kernel_shape=[2, 2], strides=[2, 2])
    x = node("Transpose", [x], perm=[0, 2, 3, 1])
    x = node("ReduceMean", [x], axes=[1, 2], keepdims=0)
    x = node("MatMul", [x, constant("w1", weights(64, 48).astype(np.float32))])
    x = node("Relu", [node("Add", [x, constant("c1", vector(-0.1, 0.1, 48))])])
    x = node("Add", [node("MatMul", [x, constant("w2", weights(48, 10))]), constant("c2", vector(-0.1, 0.1, 10))])
    x = node("Softmax", [x], axis=-1)
    graph = helper.make_graph(
        nodes, "tf2onnx", [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["unk__1", 32, 32, 3])],
        [helper.make_tensor_value_info(x, TensorProto.FLOAT, ["unk__2", 10])], constants)
    model = helper.make_model(graph, producer_name="tf2onnx style", ir_version=8,
                              opset_imports=[helper.make_opsetid("", 15)])
    onnx.checker.check_model(model)
    onnx.save(model, path)


def keras_dense(path: Path) -> None:
    """Dense layers on images that are flattened in the graph by the shape arithmetic of tf2onnx."""
    random = np.random.RandomState(SEED)
    sizes = [784, 128, 64, 10]
    constants = [numpy_helper.from_array(np.array([-1, 784], np.int64), "shape")]
    nodes = [helper.make_node("Reshape", ["flatten_input", "shape"], ["h0"])]
    for layer, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
        constants += [
            numpy_helper.from_array(
                (random.standard_normal((inputs, outputs)) * np.sqrt(2 / inputs)).astype(np.float32), f"w{layer}"),
            numpy_helper.from_array(random.uniform(-0.1, 0.1, outputs).astype(np.float32), f"b{layer}")]
        nodes += [helper.make_node("MatMul", [f"h{layer}", f"w{layer}"], [f"p{layer}"]),
                  helper.make_node("Add", [f"p{layer}", f"b{layer}"], [f"s{layer}"]),
                  helper.make_node("Softmax" if outputs == 10 else "Relu", [f"s{layer}"], [f"h{layer + 1}"])]
    graph = helper.make_graph(
        nodes, "tf2onnx", [helper.make_tensor_value_info("flatten_input", TensorProto.FLOAT, ["unk__1", 28, 28])],
        [helper.make_tensor_value_info("h3", TensorProto.FLOAT, ["unk__2", 10])], constants)
    onnx.save(helper.make_model(graph, producer_name="tf2onnx style", ir_version=8,
                                opset_imports=[helper.make_opsetid("", 13)]), path)


def scikit(name: str, path: Path) -> None:
    """A scikit-learn classifier fitted to the digits, through skl2onnx."""
    from skl2onnx import to_onnx
    from sklearn.datasets import load_digits
    from sklearn.linear_model import LogisticRegression
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import Normalizer, StandardScaler

    x, y = load_digits(return_X_y=True)
    x = (x / 16).astype(np.float32)
    estimators = {
        "sklearn_mlp": MLPClassifier((64, 32), max_iter=60, random_state=0),
        "sklearn_scaler_mlp": make_pipeline(StandardScaler(), MLPClassifier((64,), max_iter=60, random_state=0)),
        "sklearn_logistic": LogisticRegression(max_iter=200),
        "sklearn_normalizer_logistic": make_pipeline(Normalizer(), LogisticRegression(max_iter=200)),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = estimators[name].fit(x, y)
    # The labels come first in such files; scores are what is differentiated.
    onnx.save(to_onnx(fitted, x[:1]), path)


MODELS: dict[str, Callable[[Path], None]] = {
    **{f"{network}_{exporter}": (lambda path, n=network, e=exporter: export_network(n, e, path))
       for network in NETWORKS for exporter in EXPORTERS},
    "keras_cnn": keras_cnn,
    "keras_dense": keras_dense,
    **{name: (lambda path, n=name: scikit(n, path))
       for name in ["sklearn_mlp", "sklearn_scaler_mlp", "sklearn_logistic", "sklearn_normalizer_logistic"]},
}


def write(folder: Path, names: list[str]) -> list[str]:
    """Writes those models that are not there; the names of those that could not be written, with the reason."""
    folder.mkdir(parents=True, exist_ok=True)
    logging.disable(logging.WARNING)
    failures = []
    for name in names:
        path = folder / f"{name}.onnx"
        if path.exists():
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                MODELS[name](path)
            print(f"wrote {path.name}", file=sys.stderr)
        except Exception as error:  # an exporter may fail in any way
            failures.append(f"{name}: {type(error).__name__}: {error}")
    return failures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", default=list(MODELS))
    options = parser.parse_args()
    for failure in write(options.folder, copy.copy(options.names)):
        print(failure, file=sys.stderr)


if __name__ == "__main__":
    main()
