"""Writes reference.json: what torchvision's SqueezeExcitation computes, in double precision.

    python3 -m venv venv && venv/bin/pip install numpy torch torchvision && venv/bin/python reference.py > reference.json

Weights and inputs are float32 numbers; all steps are taken in float64.
"""

import json

import numpy as np
import torch
import torchvision
from torch import nn
from torchvision.ops import SqueezeExcitation

ACTIVATIONS = {"relu": nn.ReLU, "silu": nn.SiLU}
GATES = {"sigmoid": nn.Sigmoid, "hardsigmoid": nn.Hardsigmoid}


def numbers(array):
    return [float(str(value)) for value in np.asarray(array).ravel()]


def case(random, shape, squeeze, activation, scale, spread):
    channels = shape[1]
    layer = SqueezeExcitation(channels, squeeze, activation=ACTIVATIONS[activation], scale_activation=GATES[scale])
    sizes = {name: tuple(tensor.shape) for name, tensor in layer.state_dict().items()}
    values = {name: random.uniform(-spread, spread, size).astype(np.float32) for name, size in sizes.items()}
    x = random.uniform(-2, 2, shape).astype(np.float32)
    layer.double().load_state_dict({name: torch.from_numpy(value.astype(np.float64)) for name, value in values.items()})
    with torch.no_grad():
        y = layer(torch.from_numpy(x.astype(np.float64))).numpy()
    found = {"channels": channels, "squeeze": squeeze, "activation": activation, "scale": scale, "shape": list(shape)}
    tensors = {name: numbers(value) for name, value in values.items()}
    return found | {"tensors": tensors, "x": numbers(x), "y": numbers(y)}


random = np.random.default_rng(1709)
cases = [
    case(random, (2, 6, 3, 2), 2, "relu", "sigmoid", 1), case(random, (1, 8, 1, 1), 3, "silu", "hardsigmoid", 4),
    case(random, (2, 4, 2, 3), 1, "relu", "hardsigmoid", 8), case(random, (1, 17, 2, 2), 1, "silu", "sigmoid", 1),
]
head = {"source": f"torchvision {torchvision.__version__} (ops.SqueezeExcitation), torch {torch.__version__}, float64",
        "y": "tolerance 4e-7 of the largest"}
body = ",\n".join("  " + json.dumps(case) for case in cases)
print(json.dumps(head, indent=1)[:-2] + ',\n "cases": [\n' + body + "\n ]\n}")
