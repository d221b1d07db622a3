"""Writes reference.json: numpy.where, with the noise of docs/random.md's second implementation.

    python3 reference.py > reference.json
"""

import json
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[3] / "Tests/RandomTests/Reference"))
import reference_random as random

SHAPE, SEED, NAME = (6, 8), 7, "weight"


def case(std):
    count = int(np.prod(SHAPE))
    old = np.round(np.sin(np.arange(count) + 1) * 4, 3).astype(np.float32)
    mask = (np.arange(count) * 7 % 3 > 0).astype(np.uint8)
    scale = Fraction(float(np.float32(std)))
    noise = np.array([float(random.normal(random.word(SEED, NAME, 0, i), 0, scale)) for i in range(count)])
    values = np.where(mask != 0, old.astype(np.float64) + noise, old)
    return {"std": std, "shape": SHAPE, "old": old.tolist(), "mask": mask.tolist(), "values": values.tolist()}


json.dump({"source": f"NumPy {np.__version__}; seed {SEED}, name '{NAME}'", "cases": [case(0.01), case(0.5)]}, sys.stdout)
