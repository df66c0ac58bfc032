"""The measurements as Markdown."""


def table(header: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def number(value: float) -> str:
    """Three significant digits, thousands apart."""
    if value >= 1000:
        digits = len(str(int(value))) - 3
        return f"{round(value / 10**digits) * 10**digits:,}".replace(",", " ")
    return f"{value:.3g}"


def sampling(rows: list[dict]) -> str:
    body = []
    for row in rows:
        rates, ratios = row["rates"], row["ratios"]
        body.append([
            row["name"], row["noise"] + (", " + row["sampler"] if row["sampler"] != "direct" else ""), str(row["batch"]),
            number(rates["certify"]), number(rates["onnxruntime"]), number(rates["torch"]) if "torch" in rates else "–",
            f"**{ratios['onnxruntime']:.2f}**", f"{ratios['torch']:.2f}" if "torch" in ratios else "–",
            "–" if row["overhead"] is None else f"{100 * row['overhead']:.1f} %",
            "–" if row["sampler"] != "direct" else f"{row['gigaflops']:.0f}",
            "–" if row["sampler"] != "direct" else f"{100 * row['gigaflops'] / row['peak']:.0f} %"])
    return table(["model", "noise", "batch", "certify", "NumPy + ONNX Runtime", "PyTorch", "÷ ONNX Runtime", "÷ PyTorch",
                  "noise and counting", "GFLOP/s", "of the FMA peak"], body)


def scaling(result: dict) -> str:
    parts = []
    if result["samples"]:
        parts.append("Seconds of one thread for n samples:\n\n" + table(
            ["model", "n → s", "", ""],
            [[row["name"], *[f"{number(int(n))} → {s:.3g}" for n, s in row["seconds"].items()]]
             for row in result["samples"]]))
        sizes = list(result["batch"][0]["rates"])
        parts.append("Samples/s of one thread by rows of a forward pass:\n\n" + table(
            ["model", *[str(size) for size in sizes]],
            [[row["name"], *[number(row["rates"][size]) for size in sizes]] for row in result["batch"]]))
        parts.append(
            "Two threads on one input. The clock tells what two idle cores give; the processor time of both threads over "
            "that of one thread for the same samples tells what sharing costs, also on a busy machine:\n\n" + table(
                ["model", "speed of two over one, certify", "ONNX Runtime", "processor time of two over one, certify"],
                [[row["name"], f"{row['certify']:.2f}", f"{row['onnxruntime']:.2f}", f"{row['inflation']:.2f}"]
                 for row in result["threads"]]))
    return "\n\n".join(parts)


def attack(rows: list[dict]) -> str:
    return table(["model", "norm, ε", "certify, s", "foolbox, s", "ratio", "accuracy left by certify", "by foolbox"],
                 [[row["name"], f"{row['norm']}, {row['epsilon']}", f"{row['seconds']['certify']:.2f}",
                   f"{row['seconds']['foolbox']:.2f}", f"**{row['ratio']:.1f}**", f"{row['accuracy']['certify']:.2f}",
                   f"{row['accuracy']['foolbox']:.2f}"] for row in rows])


def machine_line(result: dict) -> str:
    machine = result["machine"]
    return (f"**Machine**: {machine['processor']}, {machine['cores']} cores, {machine['system']}; {machine['kernels']} on "
            f"{machine['instructionSet']}; ONNX Runtime {machine['onnxruntime']}, PyTorch {machine['torch']}; load at the "
            f"start {machine['load']:.1f}; {machine['date']}.")


def summary(result: dict) -> str:
    """The ratios of throughput alone, for the README."""
    body = [[row["name"], row["noise"] + (", " + row["sampler"] if row["sampler"] != "direct" else ""),
             number(row["rates"]["certify"]), number(row["rates"]["onnxruntime"]),
             f"**{row['ratios']['onnxruntime']:.2f}**"] for row in result["sampling"]]
    return table(["model", "noise", "certify", "NumPy + ONNX Runtime", "ratio"], body) + "\n\n" + machine_line(result)


def insert(text: str, page: str) -> str:
    """The page with `text` between its two marks."""
    begin, end = "<!-- benchmarks -->\n", "<!-- /benchmarks -->"
    head, found, rest = page.partition(begin)
    _, closed, tail = rest.partition(end)
    if not found or not closed:
        raise SystemExit("the page has no place for the benchmarks")
    return f"{head}{begin}\n{text}\n\n{end}{tail}"


def render(result: dict) -> str:
    parts = [
        "# Benchmarks",
        "Written by `Benchmarks/run`; not edited by hand. Medians of "
        f"{result['rounds']} rounds in which the tools take turns; {result['seconds']:.0f} s in all.",
        machine_line(result),
    ]
    if "sampling" in result:
        parts += [
            "## Samples per second",
            "Noise, forward pass and counting on one thread, per second of processor time. Operations are counted as "
            "those of direct convolution: Winograd's algorithm does fewer and can exceed the peak, which is that of "
            "fused multiply-adds on registers alone, measured in the same rounds.",
            sampling(result["sampling"])]
        depth = {row["name"]: row for row in result["sampling"]}
        names = [f"cifar_resnet{n}_random" for n in (20, 110)]
        if all(name in depth for name in names):
            shallow, deep = (depth[name] for name in names)
            cost = [1e9 / row["rates"]["certify"] / row["megaflops"] for row in (shallow, deep)]
            parts.append(f"Depth: ResNet-110 costs {cost[1] / cost[0]:.2f} times as much a multiplication as ResNet-20.")
    if result.get("scaling"):
        parts += ["## Growth", scaling(result["scaling"])]
    if result.get("attack"):
        parts += ["## PGD-40 on 100 inputs", "One thread, one restart, real-valued perturbations within [0, 1].",
                  attack(result["attack"])]
    if "startup" in result:
        parts += ["## Start", "A whole `certify run` that draws ten samples, as few as α allows, and writes its report.", table(
            ["model", "size", "by the clock", "processor"],
            [[row["name"], f"{row['megabytes']:.1f} MB", f"{row['wall']:.2f} s", f"{row['cpu']:.2f} s"]
             for row in result["startup"]])]
    if "memory" in result:
        parts += ["## Memory", f"`{result['memory']['name']}`, certificates and attacks on two threads: "
                  f"{result['memory']['megabytes']:.0f} MB at most."]
    return "\n\n".join(parts) + "\n"
