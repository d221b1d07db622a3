"""Writes reference.json: the paper's formula in NumPy, with the noise of docs/random.md's second implementation.

    python3 reference.py > reference.json
"""

import json
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[3] / "Tests/RandomTests/Reference"))
import reference_random as random

SHAPE, SEED, NAME = (5, 7), 7, "weight"


def noise(index, std):
    return float(random.normal(random.word(SEED, NAME, 0, index), 0, Fraction(float(np.float32(std)))))


def case(shrink, std):
    count = int(np.prod(SHAPE))
    old = np.round(np.sin(np.arange(count) + 1) * 4, 3).astype(np.float32)
    drawn = np.array([noise(i, std) for i in range(count)])
    values = np.float32(shrink) * old.astype(np.float64) + drawn
    return {"shrink": shrink, "std": std, "shape": SHAPE, "old": old.tolist(), "values": values.tolist()}


cases = [case(0.4, 0.01), case(1.0, 0.0), case(0.0, 1.0), case(0.6, 0.25)]
json.dump({"source": f"NumPy {np.__version__}; seed {SEED}, name '{NAME}'", "cases": cases}, sys.stdout)
