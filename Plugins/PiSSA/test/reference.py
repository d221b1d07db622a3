"""Writes reference.json: PiSSA's three tensors by NumPy's singular value decomposition.

    python3 reference.py > reference.json
"""

import json
import sys

import numpy as np


def case(rows, columns, rank, scaling):
    weight = np.round(np.sin(np.arange(rows * columns) ** 1.5) * 2, 3).astype(np.float32).reshape(rows, columns)
    u, s, v = np.linalg.svd(weight.astype(np.float64), full_matrices=False)
    sign = np.sign(u[np.abs(u).argmax(axis=0), np.arange(len(s))])
    u, v = (u * sign)[:, :rank], (v * sign[:, None])[:rank]
    down, up = np.sqrt(s[:rank] / scaling)[:, None] * v, u * np.sqrt(s[:rank] / scaling)
    rest = weight.astype(np.float64) - scaling * up @ down
    lists = {"weight": weight, "a": down, "b": up, "residual": rest}
    return {"rank": rank, "scaling": scaling, "shape": (rows, columns)} | {k: v.ravel().tolist() for k, v in lists.items()}


cases = [case(9, 6, 2, 1.0), case(5, 12, 3, 0.5), case(8, 8, 8, 2.0), case(16, 3, 1, 1.0)]
json.dump({"source": f"numpy.linalg.svd, NumPy {np.__version__}", "cases": cases}, sys.stdout)
