"""Writes reference.json: a linear layer with an update as loralib's Linear.forward has it, in double precision.

    python3 reference.py > reference.json

result = F.linear(x, weight, bias); result += (x @ lora_A.transpose(0, 1) @ lora_B.transpose(0, 1)) * scaling, with scaling =
alpha / r, or alpha / sqrt(r) for rsLoRA (peft, LoraConfig.use_rslora). `y` is the linear layer's own result, in float32.
"""

import numpy as np

rng = np.random.default_rng(20210617)


def line(n, inputs, outputs, r, alpha, rslora):
    shapes = {"x": (n, inputs), "a": (r, inputs), "b": (outputs, r), "weight": (outputs, inputs), "bias": (outputs,)}
    floats = {name: rng.uniform(-1, 1, shape).astype(np.float32) for name, shape in shapes.items()}
    x, a, b, weight, bias = (array.astype(np.float64) for array in floats.values())
    scaling = float(alpha / np.sqrt(r) if rslora else alpha / r)
    result = x @ weight.T + bias
    lists = floats | {"y": result.astype(np.float32), "result": result + (x @ a.T @ b.T) * scaling}
    head = {"in": [inputs], "out": [outputs], "rank": [r], "alpha": [alpha], "rslora": [int(rslora)], "scaling": [scaling]}
    lists = {name: [float(v) for v in array.ravel()] for name, array in lists.items()}
    return "{" + ", ".join(f'"{name}": {list}' for name, list in (head | lists).items()) + "}"


lines = [line(2, 3, 2, 1, 16.0, False), line(3, 19, 5, 4, 16.0, False), line(2, 33, 9, 8, 3.0, True)]
print("[\n" + ",\n".join(lines) + "\n]")
