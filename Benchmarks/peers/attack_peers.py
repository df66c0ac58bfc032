"""The attacks of foolbox, adversarial-library and torchattacks, each as a function (model, x, labels) -> points."""

import sys
import types
import warnings

# adversarial-library plots with visdom, which nothing here asks it to.
sys.modules.setdefault("visdom", types.ModuleType("visdom"))

import adv_lib.attacks as adv  # noqa: E402
import foolbox  # noqa: E402
import torch  # noqa: E402

warnings.filterwarnings("ignore")


class Counter(torch.nn.Module):
    """The model, with the rows that were sent through it forward and backward."""

    def __init__(self, model: torch.nn.Module):
        super().__init__()
        self.model, self.forward_rows, self.backward_rows = model, 0, 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.forward_rows += len(x)
        y = self.model(x)
        if y.requires_grad:
            y.register_hook(self._count)
        return y

    def _count(self, gradient: torch.Tensor) -> None:
        self.backward_rows += len(gradient)


def by_foolbox(attack):
    def run(model, x, labels):
        return attack(foolbox.PyTorchModel(model, bounds=(0, 1), device="cpu"), x, labels, epsilons=None)[1]
    return run


def by_adv(attack, **options):
    return lambda model, x, labels: attack(model, x, labels, **options)


def brendel_bethge(name):
    """From a start that adversarial noise on the line to it finds, as foolbox does by default."""
    return by_foolbox(getattr(foolbox.attacks, name)())


A = foolbox.attacks
INFINITY = float("inf")
SMALLEST = {
    "l2": {
        "foolbox DDN-100": by_foolbox(A.DDNAttack(steps=100)),
        "foolbox FMN-100": by_foolbox(A.L2FMNAttack(steps=100)),
        "foolbox Brendel-Bethge-1000": brendel_bethge("L2BrendelBethgeAttack"),
        "adv-lib DDN-1000": by_adv(adv.ddn, steps=1000, levels=None),
        "adv-lib FAB-T-100": by_adv(adv.fab, norm=2, n_iter=100, targeted_restarts=True, restarts=9),
        "adv-lib ALMA-1000": by_adv(adv.alma, distance="l2", init_lr_distance=1.0, α_rms=0.99),
        "adv-lib SuperDeepFool": by_adv(adv.sdf),
    },
    "linf": {
        "foolbox FMN-100": by_foolbox(A.LInfFMNAttack(steps=100)),
        "foolbox Brendel-Bethge-1000": brendel_bethge("LinfinityBrendelBethgeAttack"),
        "adv-lib FMN-1000": by_adv(adv.fmn, norm=INFINITY, steps=1000),
        "adv-lib FAB-T-100": by_adv(adv.fab, norm=INFINITY, n_iter=100, targeted_restarts=True, restarts=9),
        "adv-lib PDPGD-500": by_adv(adv.pdpgd, norm=INFINITY),
    },
    "l1": {
        "foolbox FMN-100": by_foolbox(A.L1FMNAttack(steps=100)),
        "foolbox Brendel-Bethge-1000": brendel_bethge("L1BrendelBethgeAttack"),
        "adv-lib FMN-1000": by_adv(adv.fmn, norm=1, steps=1000),
        "adv-lib FAB-T-100": by_adv(adv.fab, norm=1, n_iter=100, targeted_restarts=True, restarts=9),
        "adv-lib PDPGD-500": by_adv(adv.pdpgd, norm=1),
    },
    "l0": {
        "foolbox FMN-100": by_foolbox(A.L0FMNAttack(steps=100)),
        "foolbox Brendel-Bethge-1000": brendel_bethge("L0BrendelBethgeAttack"),
        "adv-lib sigma-zero-1000": by_adv(adv.sigma_zero),
        "adv-lib VFGA": by_adv(adv.vfga, targeted=False),
    },
}


def fixed(norm: str, epsilon: float, classes: int) -> dict:
    """Attacks at one budget."""
    import torchattacks
    names = {"linf": "Linf", "l2": "L2"}
    pgd = {"linf": A.LinfPGD, "l2": A.L2PGD, "l1": A.L1PGD}[norm](steps=40, rel_stepsize=2.5 / 40, random_start=True)
    p = {"linf": INFINITY, "l2": 2, "l1": 1}[norm]
    chosen = {
        "foolbox PGD-40": lambda m, x, y: pgd(
            foolbox.PyTorchModel(m, bounds=(0, 1), device="cpu"), x, y, epsilons=epsilon)[1],
        "adv-lib APGD-CE-100": by_adv(adv.apgd, eps=epsilon, norm=p, loss_function="ce"),
        "adv-lib APGD-T-100": by_adv(adv.apgd_targeted, eps=epsilon, norm=p),
    }
    if norm in names:
        chosen["torchattacks Square-1000"] = lambda m, x, y: torchattacks.Square(
            m, norm=names[norm], eps=epsilon, n_queries=1000, seed=0)(x, y)
        chosen["torchattacks AutoAttack"] = lambda m, x, y: torchattacks.AutoAttack(
            m, norm=names[norm], eps=epsilon, n_classes=classes, seed=0)(x, y)
    return chosen
