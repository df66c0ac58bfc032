"""Accuracy under foolbox's PGD (steps of 2.5 eps / steps, random start, box [0, 1]).

    python foolbox_pgd.py model.onnx data.npz --first 100 --norm linf --epsilons 0.05 0.1
"""

import time

import foolbox
import numpy as np
import torch

import peer

ATTACKS = {"linf": foolbox.attacks.LinfPGD, "l2": foolbox.attacks.L2PGD, "l1": foolbox.attacks.L1PGD}


def main() -> None:
    parser = peer.arguments(__doc__)
    parser.add_argument("--norm", choices=list(ATTACKS), nargs="+", default=["linf", "l2"])
    parser.add_argument("--epsilons", type=float, nargs="+", help="default: 0.05 0.1 (linf), 0.5 1 (l2), 5 10 (l1)")
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--restarts", type=int, default=1)
    parser.add_argument("--bounds", type=float, nargs=2, default=[0, 1])
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    defaults = {"linf": [0.05, 0.1], "l2": [0.5, 1.0], "l1": [5.0, 10.0]}

    _, x, labels = peer.inputs(options)
    inputs, labels = torch.from_numpy(x), torch.from_numpy(labels)
    model = foolbox.PyTorchModel(peer.TorchClassifier(options.model).eval(), bounds=tuple(options.bounds), device="cpu")
    clean = (model(inputs).argmax(1) == labels).float().mean().item()
    print(f"{options.model.name}: {len(x)} inputs, clean accuracy {clean:.3f}")
    for norm in options.norm:
        for epsilon in options.epsilons or defaults[norm]:
            torch.manual_seed(options.seed)
            np.random.seed(options.seed)
            attack = ATTACKS[norm](steps=options.steps, rel_stepsize=2.5 / options.steps, random_start=True)
            if options.restarts > 1:
                attack = attack.repeat(options.restarts)
            started = time.perf_counter()
            _, _, success = attack(model, inputs, labels, epsilons=epsilon)
            seconds = time.perf_counter() - started
            print(f"{norm:4} epsilon {epsilon:<8g} PGD-{options.steps} x {options.restarts}: "
                  f"accuracy {1 - success.float().mean().item():.3f}  {seconds:.2f} s")


if __name__ == "__main__":
    main()
