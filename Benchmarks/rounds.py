"""The measurements: certify and its peers take turns, and each figure is a median."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIGMA = 0.25


class Ours:
    """The benchmark executable, asked one line at a time."""

    def __init__(self, executable: Path):
        self.process = subprocess.Popen([executable], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, **command) -> dict:
        self.process.stdin.write(json.dumps(command, default=str) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the benchmark ended at {command}")
        return json.loads(line)

    def open(self, name: str, row: dict, threads: int = 1, batch: int = 0) -> dict:
        return self.ask(command="open", name=name, model=row["model"], data=row["data"], noise=row["noise"],
                        sampler=row["sampler"], sigma=SIGMA, batchSize=batch, threads=threads)

    def sample(self, name: str, samples: int) -> dict:
        return self.ask(command="sample", name=name, samples=samples)

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def peers(row: dict, threads: int) -> dict:
    """The two loops that a user would write, as functions of the number of samples."""
    import peer
    import sampling

    options = argparse.Namespace(model=row["model"], data=row["data"], first=1, every=None, threads=threads, seed=0,
                                 sigma=SIGMA, batch=500)
    x = peer.inputs(options)[1][0]
    x = x.reshape(peer.RuntimeClassifier(row["model"], 1).session.get_inputs()[0].shape[1:])
    loops = {"onnxruntime": sampling.runtime_loop(options, x)}
    # The interpreter behind the torch peer pools windows for clarity, not for speed.
    if row["name"] not in ["mnist_cnn", "digits_cnn"]:
        loops["torch"] = sampling.torch_loop(options, x)
    return loops


def timed(loop, samples: int) -> dict:
    wall, cpu = time.perf_counter(), time.process_time()
    loop(samples)
    return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


def calibrate(measure, seconds: float, start: int) -> int:
    """A number of samples that takes about `seconds`."""
    measure(start)
    while True:
        spent = measure(start)["cpu"]
        if spent > seconds / 4:
            return max(int(start * seconds / spent), 1)
        start *= 4


def sampling_rounds(ours: Ours, row: dict, options) -> dict | None:
    """Samples/s of each tool on one thread, the parts of ours, and the share of the peak.

    Nothing where the sampler asked for does not apply.
    """
    print(f"sampling {row['name']} {row['noise']} {row['sampler']}", file=sys.stderr)
    description = ours.open("one", row)
    if description["sampler"] != row["sampler"]:
        ours.ask(command="close", name="one")
        return None
    tools = {"certify": lambda n: ours.sample("one", n), **{k: (lambda n, f=f: timed(f, n)) for k, f in
                                                             peers(row, 1).items()}}
    counts = {name: calibrate(measure, options.seconds, 500) for name, measure in tools.items()}
    rates = {name: [] for name in tools}
    peaks, splits = [], []
    for _ in range(options.rounds):
        for name, measure in tools.items():
            rates[name].append(counts[name] / measure(counts[name])["cpu"])
        peaks.append(ours.ask(command="peak")["gigaflops"])
        if row["sampler"] == "direct":
            splits.append(ours.ask(command="split", name="one", samples=counts["certify"] // 2))
    ours.ask(command="close", name="one")
    operations = 2 * description["multiplyAdds"]
    return dict(
        name=row["name"], noise=row["noise"], sampler=description["sampler"], kind=row["kind"],
        batch=description["batchSize"], megaflops=operations * 1e-6,
        rates={name: statistics.median(values) for name, values in rates.items()},
        ratios={name: statistics.median(a / b for a, b in zip(rates["certify"], values))
                for name, values in rates.items() if name != "certify"},
        gigaflops=statistics.median(rates["certify"]) * operations * 1e-9, peak=statistics.median(peaks),
        overhead=statistics.median((s["noise"] + s["counting"]) / (s["noise"] + s["forward"] + s["counting"])
                                   for s in splits) if splits else None)


def scaling(ours: Ours, rows: list[dict], options) -> dict:
    """How time grows with samples, batch, threads and depth."""
    chosen = {row["name"]: row for row in rows if row["noise"] == "gaussian-sound"}
    result = {"samples": [], "batch": [], "threads": []}
    for name in ["mnist_resnet8_s025_dynamo", "mnist_mlp_s025", "digits_cnn"]:
        if name not in chosen:
            continue
        row = chosen[name]
        print(f"scaling {name}", file=sys.stderr)
        ours.open("one", row)
        ours.open("two", row, threads=2)
        base = calibrate(lambda n: ours.sample("one", n), options.seconds, 500)
        sizes = [max(base // 16, 1), max(base // 4, 1), base]
        batches = [12, 24, 48, 96, 192]
        for batch in batches:
            ours.open(f"batch{batch}", row, batch=batch)
        growth = {size: [] for size in sizes}
        threads, inflation = {"certify": [], "onnxruntime": []}, []
        by_batch = {batch: [] for batch in batches}
        runtime = {count: peers(row, count)["onnxruntime"] for count in [1, 2]}
        samples = calibrate(lambda n: timed(runtime[1], n), options.seconds, 500)
        for _ in range(options.rounds):
            for size in sizes:
                growth[size].append(ours.sample("one", size)["cpu"])
            for batch in batches:
                by_batch[batch].append(base / ours.sample(f"batch{batch}", base)["cpu"])
            one, two = (ours.sample(name, 2 * base) for name in ["one", "two"])
            threads["certify"].append(one["wall"] / two["wall"])
            inflation.append(two["allThreads"] / one["allThreads"])
            one, two = (timed(runtime[count], samples)["wall"] for count in [1, 2])
            threads["onnxruntime"].append(one / two)
        for key in ["one", "two", *[f"batch{batch}" for batch in batches]]:
            ours.ask(command="close", name=key)
        result["samples"].append(dict(name=name, seconds={s: statistics.median(v) for s, v in growth.items()}))
        result["batch"].append(dict(name=name, rates={b: statistics.median(v) for b, v in by_batch.items()}))
        result["threads"].append(dict(name=name, inflation=statistics.median(inflation),
                                      **{k: statistics.median(v) for k, v in threads.items()}))
    return result


def attack_rounds(ours: Ours, rows: list[dict], options) -> dict:
    """PGD-40 on 100 inputs beside foolbox's, on one thread: seconds, and the accuracy it leaves."""
    import foolbox
    import peer
    import torch

    row = next((row for row in rows if row["name"] == "mnist_mlp_s025"), None)
    if row is None:
        return {}
    print("attack", file=sys.stderr)
    torch.set_num_threads(1)
    _, x, labels = peer.inputs(argparse.Namespace(data=row["data"], first=100, every=None))
    inputs, targets = torch.from_numpy(x), torch.from_numpy(labels)
    model = foolbox.PyTorchModel(peer.TorchClassifier(row["model"]).eval(), bounds=(0, 1), device="cpu")
    result = []
    for norm, epsilon in [("linf", 0.1), ("l2", 1.0)]:
        kind = {"linf": foolbox.attacks.LinfPGD, "l2": foolbox.attacks.L2PGD}[norm]
        attack = kind(steps=40, rel_stepsize=2.5 / 40, random_start=True)
        times, strength = {"certify": [], "foolbox": []}, {}
        for round_ in range(max(options.rounds // 2, 1)):
            torch.manual_seed(round_)
            started = time.process_time()
            _, _, success = attack(model, inputs, targets, epsilons=epsilon)
            times["foolbox"].append(time.process_time() - started)
            strength["foolbox"] = 1 - success.float().mean().item()
            found = ours.ask(command="attack", model=row["model"], data=row["data"], count=100, norm=norm,
                             epsilon=epsilon, steps=40, restarts=1)
            times["certify"].append(found["time"]["cpu"])
            strength["certify"] = found["accuracy"]
        result.append(dict(name=row["name"], norm=norm, epsilon=epsilon, accuracy=strength,
                           seconds={k: statistics.median(v) for k, v in times.items()},
                           ratio=statistics.median(a / b for a, b in zip(times["foolbox"], times["certify"]))))
    return result


# A process of its own: a child's peak of memory counts that of the process it was forked from.
LAUNCHER = """
import json, os, subprocess, sys, time
started = time.monotonic()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
print(json.dumps(dict(status=status, wall=time.monotonic() - started, cpu=usage.ru_utime + usage.ru_stime,
                      megabytes=usage.ru_maxrss / 1024)))
"""


def launch(certify: Path, model: Path, data: Path, *extra: str) -> dict:
    """One run of the command-line tool: seconds of the clock and of the processor, megabytes at most."""
    with tempfile.TemporaryDirectory() as out:
        command = [str(part) for part in [certify, "run", model, "--data", data, "--out", out, "--quiet", "--overwrite", *extra]]
        found = json.loads(subprocess.run([sys.executable, "-c", LAUNCHER, *command], check=True, capture_output=True,
                                          text=True).stdout)
        if found["status"] != 0:
            raise RuntimeError(f"{command} ended with {found['status']}")
        return found


def startup(certify: Path, model: Path, data: Path, options) -> dict:
    """A whole process that draws ten samples, as few as α allows, and writes its report: no less than the time to the
    first sample."""
    print(f"startup {model.name}", file=sys.stderr)
    runs = [launch(certify, model, data, "--first", "1", "--samples", "10", "--selection-samples", "1", "--classifier",
                   "smoothed", "--attack", "none", "--jobs", "1") for _ in range(options.rounds + 2)]
    return dict(name=model.name, megabytes=model.stat().st_size / 2**20,
                wall=statistics.median(run["wall"] for run in runs), cpu=statistics.median(run["cpu"] for run in runs))


def memory(certify: Path, model: Path, data: Path) -> dict:
    """The most memory of a run with certificates and attacks on two threads."""
    print("memory", file=sys.stderr)
    run = launch(certify, model, data, "--first", "2", "--samples", "200", "--attack-queries", "300", "--jobs", "2")
    return dict(name=model.name, megabytes=run["megabytes"])
