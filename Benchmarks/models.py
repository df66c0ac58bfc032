"""Models that only benchmarks need: random weights, always the same.

    python models.py DIRECTORY        writes mnist_cnn.onnx and mlp_10mb.onnx
"""

import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Net:
    """A chain of nodes from x; weights are normal with the variance 2 / inputs."""

    def __init__(self, shape: list[int], seed: int):
        self.shape, self.random = shape, np.random.default_rng(seed)
        self.nodes, self.constants, self.value = [], [], "x"

    def constant(self, name: str, shape: list[int], inputs: int) -> str:
        array = self.random.standard_normal(shape) * np.sqrt(2 / inputs)
        self.constants.append(numpy_helper.from_array(array.astype(np.float32), name))
        return name

    def add(self, kind: str, constants: tuple[str, ...] = (), **attributes) -> "Net":
        output = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, [self.value, *constants], [output], **attributes))
        self.value = output
        return self

    def convolution(self, inputs: int, outputs: int) -> "Net":
        name = f"conv{len(self.nodes)}"
        weights = self.constant(name, [outputs, inputs, 3, 3], 9 * inputs)
        return self.add("Conv", (weights, self.constant(name + "_bias", [outputs], 100)), pads=[1, 1, 1, 1]).add("Relu")

    def linear(self, inputs: int, outputs: int) -> "Net":
        name = f"linear{len(self.nodes)}"
        weights = self.constant(name, [outputs, inputs], inputs)
        return self.add("Gemm", (weights, self.constant(name + "_bias", [outputs], 100)), transB=1)

    def save(self, path: Path, classes: int) -> None:
        graph = helper.make_graph(
            self.nodes, path.stem, [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", *self.shape])],
            [helper.make_tensor_value_info(self.value, TensorProto.FLOAT, ["N", classes])], self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
        model.ir_version = 8
        onnx.checker.check_model(model)
        onnx.save(model, path)


def mnist_cnn(path: Path) -> None:
    net = Net([1, 28, 28], seed=1).convolution(1, 32).add("MaxPool", kernel_shape=[2, 2], strides=[2, 2])
    net.convolution(32, 64).add("MaxPool", kernel_shape=[2, 2], strides=[2, 2]).add("Flatten")
    net.linear(3136, 128).add("Relu").linear(128, 10).save(path, 10)


def mlp_10mb(path: Path) -> None:
    net = Net([1, 28, 28], seed=2).add("Flatten").linear(784, 1280).add("Relu").linear(1280, 1180).add("Relu")
    net.linear(1180, 10).save(path, 10)


def write(directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    mnist_cnn(directory / "mnist_cnn.onnx")
    mlp_10mb(directory / "mlp_10mb.onnx")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
