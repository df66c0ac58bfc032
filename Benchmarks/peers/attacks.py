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
import peer

HEAD = "inputs, one thread each. Only inputs that the model classifies correctly are attacked."
MARK = "\n† marks seconds that other runs took, on the same machine under another load: compare them roughly."
# When this run began; rows that were measured in it carry it.
RUN = time.strftime("%Y-%m-%d %H:%M:%S")
EPSILONS = {"linf": [0.03, 0.05], "l2": [0.5, 1.0], "l1": [5.0, 10.0]}


class Case:
    """A model, its inputs, and copies of both that every tool reads."""

    def __init__(self, text: str, folder: Path):
        self.name, _, rest = text.partition("=")
        model, data, count, *options = rest.split(",")
        options = dict(option.split("=") for option in options)
        self.epsilons = {norm: [float(e) for e in options.get(norm, "").split(":") if e] or EPSILONS[norm]
                         for norm in EPSILONS}
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


def run_certify(case: Case, norm: str, attack: str, options: argparse.Namespace, epsilon: float | None = None) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        command = [str(options.certify), "run", str(case.model), "--data", str(case.data), "--norm", norm, "--classifier",
                   "base", "--certificate", "none", "--attack", attack, "--out", folder, "--quiet", "--overwrite",
                   "--jobs", str(options.jobs)]
        if epsilon is not None:
            command += ["--epsilon", str(epsilon)]
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


def cells(name: str, row: dict, best: np.ndarray | None, epsilon: float | None) -> str:
    d = np.array(row["distances"])
    earlier = "" if row.get("run") == RUN else "†"
    tail = f"{row['queries']:.0f} | {row['gradients']:.0f} | {row['seconds']:.1f}{earlier}"
    if epsilon is not None:
        return f"| {name} | {np.mean(~(d <= epsilon * (1 + 1e-6))):.3f} | {tail} |"
    worse = np.mean(d > best * 1.01) if best is not None and len(best) else 0.0
    return f"| {name} | {np.median(d):.4g} | {np.mean(~np.isfinite(d)):.2f} | {worse:.2f} | {tail} |"


def table(case: Case, norm: str, options: argparse.Namespace) -> list[str]:
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
    if options.cached and not peers:
        return []
    if options.reference and peers:
        write_reference(options.reference / f"{case.name}-{norm}.json", peers)
    ours = {f"**certify {name}**": cached(cache, f"{norm} certify {name}", not options.cached,
                                           lambda: run_certify(case, norm, name, options))
            for name in options.attacks}
    best = np.min([row["distances"] for row in peers.values()], axis=0) if peers else None
    lines = [f"### {case.name}, {norm}: smallest norm, {case.correct.sum()} inputs", "",
             "| attack | median | not found | over 1 % worse than the best peer | queries | gradients | seconds |",
             "|---|---|---|---|---|---|---|"]
    lines += [cells(name, row, best, None) for name, row in {**peers, **ours}.items()]
    if best is not None:
        lines += [f"| best peer of each input | {np.median(best):.4g} | {np.mean(~np.isfinite(best)):.2f} | 0.00 | "
                  f"{sum(r['queries'] for r in peers.values()):.0f} | {sum(r['gradients'] for r in peers.values()):.0f} | "
                  f"{sum(r['seconds'] for r in peers.values()):.1f} |"]
        lines += [""] + [shortfall(name, np.array(row["distances"]), peers, best, case)
                         for name, row in ours.items() if name == "**certify best**"]
    return lines + [""]


def write_reference(path: Path, peers: dict) -> None:
    """What each peer found, an input each; null where nothing."""
    rows = {name: [float(f"{d:.7g}") if np.isfinite(d) else None for d in row["distances"]] for name, row in peers.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{\n" + ",\n".join(f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in rows.items()) + "\n}\n")


def shortfall(name: str, found: np.ndarray, peers: dict, best: np.ndarray, case: Case) -> str:
    """Where ours is over 1 % worse than the best peer, in words."""
    worse = np.flatnonzero(found > best * 1.01)
    if not len(worse):
        return f"On no input is {name} more than 1 % worse than the best peer of that input."
    indices = np.flatnonzero(case.correct)
    places = [f"{indices[i]} (by {100 * (found[i] / best[i] - 1):.1f} %, "
              f"{min(peers, key=lambda peer: peers[peer]['distances'][i])})" for i in worse]
    return f"{name} is more than 1 % worse than the best peer on input {', '.join(places)}."


def fixed_table(case: Case, norm: str, epsilon: float, options: argparse.Namespace) -> list[str]:
    cache = options.cache / f"{case.name}-{len(case.x)}.json"
    lines = [f"### {case.name}, {norm}: ε = {epsilon:g}, {case.correct.sum()} inputs", "",
             "| attack | robust accuracy of the correct | queries | gradients | seconds |", "|---|---|---|---|---|"]
    for name, attack in attack_peers.fixed(norm, epsilon, case.classes).items():
        if options.only_fixed and not any(part in name for part in options.only_fixed):
            continue
        if options.cached and not holds(cache, f"{norm} {epsilon} {name}"):
            continue
        try:
            row = cached(cache, f"{norm} {epsilon} {name}", False, lambda: run_peer(case, norm, attack))
            lines.append(cells(name, row, None, epsilon))
        except Exception as error:
            print(f"{case.name} {norm} {name}: {error}", flush=True)
    for name in options.fixed_attacks:
        row = cached(cache, f"{norm} {epsilon} certify {name}", not options.cached,
                     lambda: run_certify(case, norm, name, options, epsilon))
        lines.append(cells(f"**certify {name}**", row, None, epsilon))
    return lines + [""]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="+")
    parser.add_argument("--certify", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--cache", type=Path, default=Path("attack-cache"))
    parser.add_argument("--norms", nargs="+", default=["linf", "l2", "l1", "l0"])
    parser.add_argument("--attacks", nargs="*", default=["best"])
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
    lines = ["# Attacks, side by side", "",
             "Generated by `Benchmarks/peers/attacks.py`; the distance of every point was measured there, in the same",
             "model and on the same inputs. Queries and gradients are rows an input, seconds are processor time for all",
             HEAD, ""]
    with tempfile.TemporaryDirectory() as folder:
        for text in options.cases:
            case = Case(text, Path(folder))
            for norm in options.norms:
                lines += table(case, norm, options)
                for epsilon in case.epsilons.get(norm, []) if options.fixed_attacks or options.peers_fixed else []:
                    lines += fixed_table(case, norm, epsilon, options)
    text = "\n".join(lines)
    if "†" in text:
        text = text.replace(HEAD, HEAD + MARK, 1)
    if options.out:
        options.out.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
