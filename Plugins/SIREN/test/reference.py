"""Writes reference.json: bounds and forward passes of SIREN, by numpy.

    python3 reference.py > reference.json

The formulas are those of the authors' code, vsitzmann/siren 4df34baee3f0f9c8f351630992c1fe1f69114b5f: `SineLayer` in
explore_siren.ipynb (init_weights, forward), and what it leaves to torch.nn.Linear: a bias within 1/sqrt(in).
"""
import json

import numpy as np


def bounds():
    for inputs, omega, first in ((2, 30, True), (3, 30, True), (1, 3000, True), (256, 30, False), (256, 1, False),
                                 (512, 10.5, False), (1, 30, False)):
        weight = 1 / inputs if first else np.sqrt(6 / inputs) / omega
        yield {"in": inputs, "omega": omega, "first": first, "weight": float(weight),
               "bias": float(1 / np.sqrt(inputs))}


def forward(random, inputs, outputs, omega, first, bias, batch):
    """Elements are float32; sums and sines are float64, rounded to float32 at the end."""
    bound = 1 / inputs if first else np.sqrt(6 / inputs) / omega
    w = random.uniform(-bound, bound, (outputs, inputs)).astype(np.float32)
    b = random.uniform(-1, 1, outputs).astype(np.float32) / np.float32(np.sqrt(inputs)) if bias else None
    x = random.uniform(-1, 1, (*batch, inputs)).astype(np.float32)
    linear = x.astype(np.float64) @ w.astype(np.float64).T + (b.astype(np.float64) if bias else 0)
    y = np.sin(omega * linear).astype(np.float32)
    case = {"in": inputs, "out": outputs, "omega": omega, "first": first, "bias": bias, "weight": w, "bias_values": b,
            "input_shape": list(x.shape), "input": x, "output_shape": list(y.shape), "output": y}
    return {key: [float(str(v)) for v in value.ravel()] if isinstance(value, np.ndarray) else value
            for key, value in case.items()}


def main():
    random = np.random.default_rng(2020)
    layers = [
        forward(random, 2, 4, 30.0, True, True, (3,)), forward(random, 5, 3, 30.0, False, True, (2, 2)),
        forward(random, 8, 2, 1.0, False, False, ()), forward(random, 13, 1, 12.5, False, True, (4,)),
    ]
    head = {
        "source": "numpy, by the formulas of vsitzmann/siren 4df34baee3f0f9c8f351630992c1fe1f69114b5f "
                  "(explore_siren.ipynb, SineLayer); Sitzmann et al. 2020, sec. 3.2",
        "bounds": "upper bounds of weight and bias, the lower ones are their negatives; tolerance 1e-12, relative",
        "forward": "row-major, to be rounded to float32; tolerance 2e-7, absolute"}
    lists = (("bounds_cases", bounds()), ("forward_cases", layers))
    body = ",\n".join(f' "{name}": [\n' + ",\n".join("  " + json.dumps(c) for c in cases) + "\n ]" for name, cases in lists)
    print(json.dumps(head, indent=1)[:-2] + ",\n" + body + "\n}")


main()
