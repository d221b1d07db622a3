"""Writes reference.json: what the package `mup` draws from, for each role.

    pip download --no-deps --no-binary :all: mup==1.0.0 && tar xzf mup-1.0.0.tar.gz
    python3 reference.py mup-1.0.0/mup > reference.json

The package's own init.py, infshape.py and layer.py are run. torch is not needed: where it draws, the numbers it is given
are written down instead.
"""
import importlib.util
import json
import sys
import types


def stub_torch():
    """As much of torch as the three files import."""
    names = ["_calculate_correct_fan", "_calculate_fan_in_and_fan_out", "_no_grad_fill_", "_no_grad_normal_",
             "_no_grad_uniform_", "_no_grad_trunc_normal_", "calculate_gain"]
    torch, nn, init = (types.ModuleType(n) for n in ("torch", "torch.nn", "torch.nn.init"))
    for name in names:
        setattr(init, name, None)
    torch.nn, nn.init, nn.Linear = nn, init, object
    sys.modules.update({"torch": torch, "torch.nn": nn, "torch.nn.init": init})


def load(folder, name):
    spec = importlib.util.spec_from_file_location("mup_" + name, f"{folder}/{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(folder):
    stub_torch()
    init, infshape, layer = (load(folder, name) for name in ("init", "infshape", "layer"))
    drawn = []
    init._no_grad_normal_ = lambda tensor, mean, std: drawn.append(std)
    init._no_grad_uniform_ = lambda tensor, low, high: drawn.append(high)
    cases = []
    for role in ("input", "hidden", "output", "readout"):
        grows = {"input": (True, False), "hidden": (True, True)}.get(role, (False, True))
        for base, wide in ((64, 64), (64, 256), (256, 1000), (100, 30), (128, 8192)):
            # Shapes are [out, in]. What does not grow has the size 10, but for a fan-in, which is `wide` for all roles.
            now = [wide if grows[0] else 10, wide]
            tensor = types.SimpleNamespace(shape=now)
            tensor.infshape = infshape.InfShape(
                infshape.InfDim(base if grow else None, size) for grow, size in zip(grows, now))
            for kind, value in (("normal", 0.02), ("uniform", 0.125)):
                if kind == "normal":
                    init.normal_(tensor, std=value)
                else:
                    init.uniform_(tensor, a=-value, b=value)
                number = drawn.pop()
                if role == "output":  # MuReadout divides its input; without it, the weight must be smaller
                    readout = types.SimpleNamespace(weight=tensor)
                    number /= layer.MuReadout.width_mult(readout)
                cases.append({
                    "initializer": "mup_" + kind, "role": role, "base_fan_in": base, "shape": now,
                    "std" if kind == "normal" else "bound": value, "expected": number})
    head = {
        "source": "mup 1.0.0 (PyPI; microsoft/mup 19814971934ef91dd546f88e913fc963e096d11c): mup.init.normal_ and "
                  "uniform_ with the infshape of the role; output: divided by MuReadout.width_mult(), which Tensor "
                  "Programs V moves into the weight (table 8 to table 3 by lemma J.1)",
        "expected": "the standard deviation (mup_normal) or the upper bound (mup_uniform); tolerance 1e-12, relative"}
    lines = ",\n".join("  " + json.dumps(case) for case in cases)
    print(json.dumps(head, indent=1)[:-2] + ',\n "cases": [\n' + lines + "\n ]\n}")


main(sys.argv[1])
