"""What the peers share: the data, and one ONNX model as a function from a batch to logits, in either runtime."""

import argparse
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "fixtures" / "generators"))
from onnx_torch import OnnxTorch  # noqa: E402


def arguments(description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="ONNX file; one output is read as a probability of class 1")
    parser.add_argument("data", type=Path, help="npz with `images` or `X`, and `labels` or `Y`; bytes are divided by 255")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--first", type=int, help="the first N inputs")
    choice.add_argument("--every", type=int, help="each K-th input")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--seed", type=int, default=0)
    return parser


def inputs(options: argparse.Namespace) -> tuple[list[int], np.ndarray, np.ndarray]:
    """Indices, inputs in float32 and labels of the selection."""
    archive = np.load(options.data)
    x = archive["images" if "images" in archive else "X"]
    y = archive["labels" if "labels" in archive else "Y"].astype(np.int64)
    x = x.astype(np.float32) / 255 if x.dtype == np.uint8 else x.astype(np.float32)
    selection = slice(None, options.first, options.every)
    return list(range(len(x)))[selection], x[selection], y[selection]


def free_batch(path: Path) -> onnx.ModelProto:
    """The model with any batch, also where the file says 1 (as far as its nodes allow)."""
    model = onnx.load(path)
    for value in [*model.graph.input, *model.graph.output]:
        if value.name not in {i.name for i in model.graph.initializer} and value.type.tensor_type.shape.dim:
            value.type.tensor_type.shape.dim[0].dim_param = "N"
    return model


class TorchClassifier(torch.nn.Module):
    """Logits [rows, classes]; a single probability p becomes [1-p, p]."""

    def __init__(self, path: Path):
        super().__init__()
        self.net = OnnxTorch(free_batch(path)).eval()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.net(x)
        return torch.cat([1 - y, y], dim=1) if y.shape[1] == 1 else y


class RuntimeClassifier:
    """The same through ONNX Runtime, arrays in and out."""

    def __init__(self, path: Path, threads: int):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(free_batch(path).SerializeToString(), options,
                                                    providers=["CPUExecutionProvider"])
        self.name = self.session.get_inputs()[0].name

    def __call__(self, x: np.ndarray) -> np.ndarray:
        y = self.session.run(None, {self.name: x})[0]
        return np.concatenate([1 - y, y], axis=1) if y.shape[1] == 1 else y
