#!/usr/bin/env python3
"""Writes quantile_values.json: words and the exact normal values they stand for, by scipy.special.ndtri."""
import json
from pathlib import Path

import numpy
from scipy.special import ndtri

random = numpy.random.default_rng(20240229)
octaves = 2.0 ** random.uniform(0, 31, 3000)
grid = [(1 + k / 16) * 2.0**e for e in range(31) for k in range(16)]
lower = numpy.unique(numpy.array([*octaves, *grid, 0, 1, 2**31 - 1], numpy.int64))
lower = lower[lower < 2**31]
words = numpy.concatenate([lower, 2**32 - 1 - lower])
values = ndtri((lower | 1) / 2.0**32)
table = {"words": words.tolist(), "values": [*values.tolist(), *(-values).tolist()]}
Path(__file__).with_suffix(".json").write_text(json.dumps(table, separators=(",", ":")) + "\n")
