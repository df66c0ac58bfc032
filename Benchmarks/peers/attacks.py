"""Smallest-norm and fixed-epsilon attacks side by side: `certify` against three Python libraries.

    python attacks.py --certify ../../.build/release/certify --out ../../docs/attacks.md \\
        NAME=MODEL.onnx,DATA.npz,COUNT[,mean=0.485:0.456:0.406,std=0.225][,linf=0.01:0.02,l2=0.5] ...

Norms after COUNT are the budgets of the fixed-epsilon tables of that model.

Every attack gets the same inputs, as floats in [0, 1], and the same model; each point that it returns is asked about
again, alone in its batch's place, and its distance is measured here. What the peers found is kept in --cache.
"""

import argparse
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper

import attack_peers
import attack_tables
import peer

# When this run began; rows that were measured in it carry it.
RUN = time.strftime("%Y-%m-%d %H:%M:%S")


class Case:
    """A model, its inputs, and copies of both that every tool reads."""

    def __init__(self, text: str, folder: Path):
        self.name, _, rest = text.partition("=")
        model, data, count, *options = rest.split(",")
        options = dict(option.split("=") for option in options)
        self.epsilons = attack_tables.epsilons(options)
        archive = np.load(data)
        x = archive["images" if "images" in archive else "X"][: int(count)]
        self.x = x.astype(np.float32) / 255 if x.dtype == np.uint8 else x.astype(np.float32)
        self.labels = archive["labels" if "labels" in archive else "Y"][: int(count)].astype(np.int64)
        self.model = folder / f"{self.name}.onnx"
        self.data = folder / f"{self.name}.npz"
        onnx.save(normalized(peer.free_batch(Path(model)), options), self.model)
        np.savez(self.data, images=self.x, labels=self.labels)
        self.torch = peer.TorchClassifier(self.model).eval()
        for parameter in self.torch.parameters():
            parameter.requires_grad_(False)
        with torch.no_grad():
            logits = self.torch(torch.from_numpy(self.x))
        self.classes = logits.shape[1]
        self.correct = (logits.argmax(1).numpy() == self.labels)


def normalized(model: onnx.ModelProto, options: dict) -> onnx.ModelProto:
    """The model behind (x - mean) / std, so that its inputs are in [0, 1]."""
    if "mean" not in options:
        return model
    graph, first = model.graph, model.graph.input[0]
    def constant(name):
        values = np.array([float(v) for v in options[name].split(":")], np.float32).reshape(1, -1, 1, 1)
        graph.initializer.append(numpy_helper.from_array(values, f"peer_{name}"))
        return f"peer_{name}"
    for node in graph.node:
        for i, name in enumerate(node.input):
            if name == first.name:
                node.input[i] = "peer_scaled"
    graph.node.insert(0, helper.make_node("Sub", [first.name, constant("mean")], ["peer_centred"], "peer_sub"))
    graph.node.insert(1, helper.make_node("Div", ["peer_centred", constant("std")], ["peer_scaled"], "peer_div"))
    return model


def distances(norm: str, x: np.ndarray, points: np.ndarray) -> np.ndarray:
    delta = (points.astype(np.float64) - x).reshape(len(x), -1)
    if norm == "l0":
        return (np.abs(delta) > 0).sum(1).astype(float)
    return np.linalg.norm(delta, ord={"l1": 1, "l2": 2, "linf": np.inf}[norm], axis=1)


def run_peer(case: Case, norm: str, attack) -> dict:
    """Distances of what an attack found (infinite where nothing), seconds, and rows an input."""
    torch.manual_seed(0)
    np.random.seed(0)
    keep = case.correct
    x, labels = torch.from_numpy(case.x[keep]), torch.from_numpy(case.labels[keep])
    model = attack_peers.Counter(case.torch).eval()
    started = time.process_time()
    points = attack(model, x.clone(), labels.clone())
    seconds = time.process_time() - started
    points = points.detach().clamp(0, 1)
    with torch.no_grad():
        flipped = case.torch(points).argmax(1).numpy() != labels.numpy()
    found = distances(norm, x.numpy(), points.numpy())
    found[~flipped] = np.inf
    return {"distances": found.tolist(), "seconds": seconds, "queries": model.forward_rows / len(x),
            "gradients": model.backward_rows / len(x)}


def run_certify(case: Case, norm: str, attack: str, options: argparse.Namespace, epsilon: float | None = None,
                budget: int | None = None) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        command = [str(options.certify), "run", str(case.model), "--data", str(case.data), "--norm", norm, "--classifier",
                   "base", "--certificate", "none", "--attack", attack, "--out", folder, "--quiet", "--overwrite",
                   "--jobs", str(options.jobs)]
        if epsilon is not None:
            command += ["--epsilon", str(epsilon)]
        if budget is not None:
            command += ["--attack-queries", str(budget)]
        before = os.times()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        after = os.times()
        seconds = after.children_user + after.children_system - before.children_user - before.children_system
        results = json.loads((Path(folder) / "results.json").read_text())
    brackets = [entry["brackets"][0] for entry, ok in zip(results["inputs"], case.correct) if ok]
    found = [b["upper"]["radius"] if b.get("upper") else float("inf") for b in brackets]
    spent = [b["attack"] for b in brackets]
    return {"distances": found, "seconds": seconds, "queries": float(np.mean([s["queries"] for s in spent])),
            "gradients": float(np.mean([s["gradients"] for s in spent]))}


def holds(path: Path, key: str) -> bool:
    return path.exists() and key in json.loads(path.read_text())


def cached(path: Path, key: str, fresh: bool, compute) -> dict:
    known = json.loads(path.read_text()) if path.exists() else {}
    if fresh or key not in known:
        print(f"running {key}", flush=True)
        row = {**compute(), "run": RUN}
        # Another process may have written meanwhile.
        known = json.loads(path.read_text()) if path.exists() else {}
        known[key] = row
        path.write_text(json.dumps(known))
    return known[key]


def measure_smallest(case: Case, norm: str, options: argparse.Namespace) -> None:
    cache = options.cache / f"{case.name}-{len(case.x)}.json"
    peers = {}
    for name, attack in attack_peers.SMALLEST[norm].items():
        if options.only and not any(part in name for part in options.only):
            continue
        if options.cached and not holds(cache, f"{norm} {name}"):
            continue
        try:
            peers[name] = cached(cache, f"{norm} {name}", False, lambda: run_peer(case, norm, attack))
        except Exception as error:
            print(f"{case.name} {norm} {name}: {error}", flush=True)
    if options.reference and peers:
        write_reference(options.reference / f"{case.name}-{norm}.json", peers)
    for name in options.attacks:
        cached(cache, f"{norm} certify {name}", not options.cached, lambda: run_certify(case, norm, name, options))
    for budget in options.budgets:
        cached(cache, f"{norm} {attack_tables.budgeted(budget)}", not options.cached,
               lambda: run_certify(case, norm, "best", options, budget=budget))


def write_reference(path: Path, peers: dict) -> None:
    """What each peer found, an input each; null where nothing."""
    found = {name: [float(f"{d:.7g}") if np.isfinite(d) else None for d in row["distances"]]
             for name, row in peers.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{\n" + ",\n".join(f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in found.items()) + "\n}\n")


def measure_fixed(case: Case, norm: str, epsilon: float, options: argparse.Namespace) -> None:
    cache = options.cache / f"{case.name}-{len(case.x)}.json"
    for name, attack in attack_peers.fixed(norm, epsilon, case.classes).items():
        if options.only_fixed and not any(part in name for part in options.only_fixed):
            continue
        if options.cached and not holds(cache, f"{norm} {epsilon} {name}"):
            continue
        try:
            cached(cache, f"{norm} {epsilon} {name}", False, lambda: run_peer(case, norm, attack))
        except Exception as error:
            print(f"{case.name} {norm} {name}: {error}", flush=True)
    for name in options.fixed_attacks:
        cached(cache, f"{norm} {epsilon} certify {name}", not options.cached,
               lambda: run_certify(case, norm, name, options, epsilon))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="+")
    parser.add_argument("--certify", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--cache", type=Path, default=Path("attack-cache"))
    parser.add_argument("--norms", nargs="+", default=attack_tables.NORMS)
    parser.add_argument("--attacks", nargs="*", default=["best"])
    parser.add_argument("--budgets", type=int, nargs="*", default=[], help="queries that `best` is also limited to")
    parser.add_argument("--fixed-attacks", nargs="*", default=[])
    parser.add_argument("--peers-fixed", action="store_true", help="also run the peers' fixed-epsilon attacks")
    parser.add_argument("--cached", action="store_true", help="run nothing that the cache holds, and no other peer")
    parser.add_argument("--reference", type=Path, help="a folder for what peers found: a file a model and norm")
    parser.add_argument("--only", nargs="*", help="peers whose names contain one of these")
    parser.add_argument("--only-fixed", nargs="*", help="the same for fixed budgets")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    options.cache.mkdir(parents=True, exist_ok=True)
    cases = []
    with tempfile.TemporaryDirectory() as folder:
        for text in options.cases:
            case = Case(text, Path(folder))
            cases.append((case.name, len(case.x), case.epsilons))
            cache = options.cache / f"{case.name}-{len(case.x)}.json"
            known = json.loads(cache.read_text()) if cache.exists() else {}
            cache.write_text(json.dumps({**known, "correct": case.correct.tolist()}))
            for norm in options.norms:
                measure_smallest(case, norm, options)
                for epsilon in case.epsilons.get(norm, []) if options.fixed_attacks or options.peers_fixed else []:
                    measure_fixed(case, norm, epsilon, options)
    text = attack_tables.document(options.cache, cases, options.norms, RUN)
    if options.out:
        options.out.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
