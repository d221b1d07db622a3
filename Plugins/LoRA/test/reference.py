"""Writes reference.json: the update as loralib's Linear.forward has it, in double precision.

    python3 reference.py > reference.json

result += (x @ lora_A.transpose(0, 1) @ lora_B.transpose(0, 1)) * scaling, with scaling = alpha / r, or alpha / sqrt(r) for
rsLoRA (peft, LoraConfig.use_rslora).
"""

import numpy as np

rng = np.random.default_rng(20210617)


def line(n, inputs, outputs, r, alpha, rslora):
    x, a, b, y = (
        rng.uniform(-1, 1, shape).astype(np.float32) for shape in ((n, inputs), (r, inputs), (outputs, r), (n, outputs))
    )
    scaling = float(alpha / np.sqrt(r) if rslora else alpha / r)
    result = y.astype(np.float64)
    result += (x.astype(np.float64) @ a.astype(np.float64).T @ b.astype(np.float64).T) * scaling
    lists = {"x": x, "a": a, "b": b, "y": y, "result": result}
    numbers = ", ".join(f'"{name}": [{", ".join(repr(float(v)) for v in array.ravel())}]' for name, array in lists.items())
    return f'{{"rank": [{r}], "scaling": [{scaling!r}], {numbers}}}'


lines = [line(2, 3, 2, 1, 16.0, False), line(3, 19, 5, 4, 16.0, False), line(2, 33, 9, 8, 3.0, True)]
print("[\n" + ",\n".join(lines) + "\n]")
