"""Writes reference.json: what the authors' own code makes.

    git clone https://github.com/jiaweizzhao/ZerO-initialization
    python3 reference.py ZerO-initialization/example_mnist.ipynb > reference.json

Runs ZerO_Init_on_matrix, as it stands in the notebook, with torch where there is torch, else with the few functions of it that
the code uses, in numpy. The paper's factor is sqrt(2) times the code's; algorithm 2 puts the matrix at the kernel's center.
"""

import json
import math
import sys
import types

import numpy as np
from scipy.linalg import hadamard

MATRICES = [(1, 1), (4, 4), (3, 5), (2, 7), (2, 1), (3, 2), (4, 2), (5, 3), (8, 3), (9, 8), (16, 7), (33, 5), (64, 3)]
KERNELS = [(4, 4, 3), (2, 5, 3), (5, 2, 5), (8, 3, 3, 3), (3, 8, 1, 1), (4, 2, 1, 5), (6, 3, 3, 1, 3)]


def torch_or_stand_in():
    try:
        import torch

        return torch
    except ImportError:
        pass

    class Array(np.ndarray):
        def size(self, axis):
            return self.shape[axis]

        def float(self):
            return self.astype(np.float32)

    def eye_(array):
        array[...] = np.eye(*array.shape, dtype=np.float32)
        return array

    return types.SimpleNamespace(
        empty=lambda *shape: np.empty(shape, np.float32).view(Array),
        tensor=lambda array: np.asarray(array).view(Array),
        nn=types.SimpleNamespace(init=types.SimpleNamespace(eye_=eye_)),
    )


def official(notebook):
    cells = ("".join(cell["source"]) for cell in json.load(open(notebook))["cells"] if cell["cell_type"] == "code")
    source = next(cell for cell in cells if "def ZerO_Init_on_matrix" in cell)
    names = {"torch": torch_or_stand_in(), "hadamard": hadamard, "math": math}
    exec(source, names)
    return lambda m, n: np.asarray(names["ZerO_Init_on_matrix"](names["torch"].empty(m, n)), np.float32)


def paper(matrix):
    m, n = matrix.shape
    if m <= n:
        return matrix
    c = 2.0 ** (-(math.ceil(math.log2(m)) - 1) / 2)
    return (np.sign(matrix) * c).astype(np.float32)


def kernel(matrix, shape):
    out = np.zeros(shape, np.float32)
    out[(slice(None), slice(None)) + tuple(size // 2 for size in shape[2:])] = matrix
    return out


def cases(matrix_of):
    for shape in MATRICES + KERNELS:
        for normalization, changed in (("code", lambda m: m), ("paper", paper)):
            values = kernel(changed(matrix_of(*shape[:2])), shape)
            values = [repr(float(x)) for x in values.ravel()]
            yield f'{{"normalization": "{normalization}", "shape": {list(shape)}, "values": [{", ".join(values)}]}}'


if __name__ == "__main__":
    print('{"source": "github.com/jiaweizzhao/ZerO-initialization example_mnist.ipynb, ZerO_Init_on_matrix",\n "cases": [')
    print(",\n".join(cases(official(sys.argv[1]))))
    print("]}")
