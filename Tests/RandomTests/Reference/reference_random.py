#!/usr/bin/env python3
"""A second implementation of docs/random.md, written from its text, and the golden vectors made with it.

    reference_random.py             write golden.json, rounded.json and the examples of docs/random.md
    reference_random.py --check     exit 1 if one of them differs from what would be written

Exact throughout: binary32 and binary64 values are Fractions, rounded where the page says so. Needs mpmath, numpy, and
ml_dtypes, against which the own rounding to short types is held.
"""
import json
import re
import struct
import sys
from fractions import Fraction
from math import inf
from pathlib import Path

import ml_dtypes
import mpmath
import numpy as np

HERE = Path(__file__).resolve().parent
DOCUMENT = HERE.parents[2] / "docs/random.md"
GOLDEN = HERE / "golden.json"
ROUNDED = HERE / "rounded.json"
EXAMPLES = re.compile(r"(<!-- examples -->\n).*?(<!-- end of examples -->)", re.S)
MASK32, MASK64 = 2**32 - 1, 2**64 - 1
mpmath.mp.dps = 60


# Rounding

def rounded(x, precision, smallest):
    """x to nearest, ties to even, `precision` bits, multiples of 2^smallest."""
    if x == 0:
        return Fraction(0)
    x = Fraction(x)
    exponent = x.numerator.bit_length() - x.denominator.bit_length()
    if abs(x) < Fraction(2) ** exponent:
        exponent -= 1
    unit = Fraction(2) ** max(exponent - precision + 1, smallest)
    return round(x / unit) * unit


def f32(x):
    return rounded(x, 24, -149)


def f64(x):
    return rounded(x, 53, -1074)


def fma(a, b, c):
    return f32(a * b + c)


def bits32(x):
    return struct.unpack("<I", struct.pack("<f", float(x)))[0]


def neighbour(x, step):
    """The next binary32 number above (1) or below (-1) x."""
    if x == -step * inf:
        return -step * Fraction(2**24 - 1) * 2**104
    number = bits32(x)
    ordered = number if number < 2**31 else 2**31 - number
    ordered += step
    pattern = ordered if ordered >= 0 else 2**31 - ordered
    return Fraction(struct.unpack("<f", struct.pack("<I", pattern))[0])


# Words

def xxh64(data):
    p1, p2, p3, p4, p5 = (
        0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5)
    rotate = lambda x, n: ((x << n) | (x >> (64 - n))) & MASK64
    step = lambda lane, word: rotate((lane + word * p2) & MASK64, 31) * p1 & MASK64
    position, length = 0, len(data)
    if length >= 32:
        lanes = [(p1 + p2) & MASK64, p2, 0, -p1 & MASK64]
        while position + 32 <= length:
            lanes = [step(v, w) for v, w in zip(lanes, struct.unpack_from("<4Q", data, position))]
            position += 32
        h = sum(rotate(v, n) for v, n in zip(lanes, (1, 7, 12, 18))) & MASK64
        for v in lanes:
            h = ((h ^ step(0, v)) * p1 + p4) & MASK64
    else:
        h = p5
    h = (h + length) & MASK64
    while position + 8 <= length:
        h = (rotate(h ^ step(0, struct.unpack_from("<Q", data, position)[0]), 27) * p1 + p4) & MASK64
        position += 8
    if position + 4 <= length:
        h = (rotate(h ^ struct.unpack_from("<I", data, position)[0] * p1 & MASK64, 23) * p2 + p3) & MASK64
        position += 4
    for byte in data[position:]:
        h = rotate(h ^ byte * p5 & MASK64, 11) * p1 & MASK64
    h = (h ^ h >> 33) * p2 & MASK64
    h = (h ^ h >> 29) * p3 & MASK64
    return h ^ h >> 32


def philox(counter, key):
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        p, q = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = q >> 32 ^ c1 ^ k0, q & MASK32, p >> 32 ^ c3 ^ k1, p & MASK32
        k0, k1 = (k0 + 0x9E3779B9) & MASK32, (k1 + 0xBB67AE85) & MASK32
    return c0, c1, c2, c3


def word(seed, name, lane, index):
    h, block = xxh64(name.encode()), index % 2**62 // 4
    counter = (block & MASK32, (block >> 32) + (lane << 28), h & MASK32, h >> 32)
    return philox(counter, (seed & MASK32, seed >> 32))[index % 4]


# Uniform values

def centered(w):
    return Fraction(2 * (w >> 8) + 1 - 2**24)


def uniform(w, low, high):
    half, center = f32(f64(high / 2 - low / 2)), f32(f64(low / 2 + high / 2))
    step = f32(half / 2**24)
    last = max(neighbour(high, -1), low)
    x = fma(centered(w), step, center)
    return min(max(x, low), last)


# Normal values

def read_table():
    rows = re.findall(r"^\| (\d+) \| (.*) \|$", DOCUMENT.read_text().split("<!-- table -->")[1], re.M)
    bits = [[int(cell, 16) for cell in cells.split(" | ")] for _, cells in rows]
    return [[Fraction(struct.unpack("<f", struct.pack("<I", b))[0]) for b in row] for row in bits]


TABLE = read_table()


def quantile(q, n):
    e = q.numerator.bit_length() - 1
    m = q / 2**e
    g = 1 if m >= Fraction(3, 2) else 0
    t = m - Fraction(g, 2) - Fraction(5, 4)
    c0, c1, c2, c3, c4 = TABLE[2 * (e + 64 - n) + g]
    return fma(fma(fma(fma(c4, t, c3), t, c2), t, c1), t, c0)


def standard_normal(c, n):
    odd = c | 1
    upper = odd >> (n - 1)
    z = quantile(f32(2**n - odd if upper else odd), n)
    return -z if upper else z


def normal(w, mean, std):
    return fma(standard_normal(w, 32), std, mean)


# Truncated normal values

def exact(x):
    return mpmath.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else mpmath.mpf(x)


def phi(x):
    return mpmath.erfc(-exact(x) / mpmath.sqrt(2)) / 2


def double(x):
    sign, man, exp, _ = mpmath.mpf(x)._mpf_
    return f64((-1) ** sign * Fraction(man) * Fraction(2) ** exp)


def standardized(x, mean, std):
    return x if x in (inf, -inf) else f64(f64(x - mean) / std)


def inside(x, low, high):
    return min(max(x, neighbour(low, 1)), neighbour(high, -1))


def narrow_parameters(low, high, mean, std):
    if inf in (-low, high):
        return None
    middle = float(f64(f64(f64(low / 2 + high / 2) - mean) / std))
    radius = float(f64(f64(high / 2 - low / 2) / std))
    if radius > 1 / 16 or abs(middle) * radius > 1 / 16:
        return None
    slope, curvature = middle * radius, radius * radius
    square = slope * slope
    g0 = slope * (0.5 - square / 12 - curvature / 8)
    g1 = square * (1.0 / 3 - 2 * square / 15 - 17 * curvature / 60) + curvature * (1.0 / 6 - curvature / 40)
    g2 = slope * (square / 4 + 7 * curvature / 24)
    g3 = square * (square / 5 + 23 * curvature / 60) + 7 * curvature * curvature / 120
    return [f32(Fraction(g)) for g in (g0, g1, g2, g3)]


def narrow(w, low, high, warp):
    g0, g1, g2, g3 = warp
    u = centered(w) / 2**24
    g = fma(fma(fma(g3, u, g2), u, g1), u, g0)
    y = fma(fma(u, u, -1), g, u)
    return fma(y, f32(f64(high / 2 - low / 2)), f32(f64(low / 2 + high / 2)))


def truncated(words, low, high, mean, std):
    """The method used and the values."""
    warp = narrow_parameters(low, high, mean, std)
    if warp is not None:
        return "narrow", [inside(narrow(w, low, high, warp), low, high) for w in words]
    a, b = standardized(low, mean, std), standardized(high, mean, std)
    if double(phi(b) - phi(a)) >= Fraction(1, 64):
        n, start = 32, 2 * round(double(phi(a)) * 2**31)
        width = 2 * round(double(phi(b)) * 2**31) - start
    else:
        tail = lambda x: 2 * round(double(phi(x)) * 2**63) if x < 0 else -2 * round(double(phi(-x)) * 2**63)
        n, start = 64, tail(a)
        width = tail(b) - start
        start += width >> 33
    cumulative = [(start + (w * width >> 32)) % 2**n for w in words]
    values = [fma(standard_normal(c, n), std, mean) for c in cumulative]
    return ("body" if n == 32 else "tail"), [inside(x, low, high) for x in values]


# Golden vectors

NAME = "layer1.0.conv1.weight"
STREAMS = [  # seed, name, lane, first, count
    (42, NAME, 0, 0, 64),
    (42, NAME, 1, 3, 9),
    (0, "", 0, 0, 8),
    (MASK64, "décodeur.0.Gewicht", 15, 2**32 - 5, 12),
    (0x0123456789ABCDEF, "a" * 100, 7, 2**34 - 9, 40),
    (1, "features.denseblock1.denselayer1.conv2.weight", 0, 2**62 - 6, 12),
    (7, "fc.bias", 0, 1000003, 70),
]
UNIFORMS = [(-1, 1), (0, 1), (-0.125, 0.125), (3, 3.5), (-1e-3, 7.25), (1e-42, 3e-42), (-3e38, 3e38)]
NORMALS = [(0, 1), (0, 0.02), (1, 0.25), (-3.5, 1e-4), (1e6, 1)]
TRUNCATIONS = [  # low, high, mean, std
    (-2, 2, 0, 1), (-0.04, 0.04, 0, 0.02), (-100, 100, 0, 1), (-2, 2, 0, 0.02), (-1, 3, 0.5, 1),
    (-inf, -1, 0, 1), (0, inf, 0, 1), (2, 3, 0, 1), (-3, -2, 0, 1), (2.3, 3, 0, 1), (5, 6, 0, 1),
    (7, 8, 0, 1),
    (-8, -7, 0, 1), (7, inf, 0, 1), (-inf, -5.5, 0, 1), (-0.01, 0.01, 0, 1), (0.5, 0.6, 0, 1),
    (3, 3.02, 0, 1), (4, 4.5, 0, 2), (0.999, 1.001, 1, 0.25), (1, 1.0000005, 0, 1),
]


def edge_words():
    words = {0, 1, 2, 3, MASK32, MASK32 - 1, 2**31, 2**31 - 1}
    for bit in range(32):
        words |= {2**bit, 2**bit - 1, 2**bit + 1, MASK32 ^ 2**bit, 3 * 2**bit // 2, 3 * 2**bit // 2 - 1}
    words |= {word(3, "edges", 0, i) for i in range(48)}
    words |= {word(4, "edges", 0, i) >> i % 32 for i in range(48)}
    return sorted(words)


def single(x):
    return x if x in (inf, -inf) else f32(Fraction(x))


def parameters(case):
    return [f"{bits32(single(x)):08x}" for x in case]


def golden():
    words = edge_words()
    streams = [
        {"seed": f"{seed:016x}", "name": name, "hash": f"{xxh64(name.encode()):016x}", "lane": lane,
         "first": f"{first:016x}", "words": [word(seed, name, lane, first + i) for i in range(count)]}
        for seed, name, lane, first, count in STREAMS]
    transform = lambda function, cases: [
        {"parameters": parameters(case), "bits": [bits32(function(w, *map(single, case))) for w in words]}
        for case in cases]
    truncations = []
    for case in TRUNCATIONS:
        method, values = truncated(words, *map(single, case))
        truncations.append({"parameters": parameters(case), "method": method, "bits": [*map(bits32, values)]})
    return {
        "streams": streams, "words": words, "uniform": transform(uniform, UNIFORMS),
        "normal": transform(normal, NORMALS), "truncated": truncations}


# Values rounded to other types

# Bits of precision, exponent of the smallest number, the largest number.
TYPES = {
    "f64": (24, -149, Fraction(2**24 - 1) * 2**104), "f16": (11, -24, 65504), "bf16": (8, -133, Fraction(255) * 2**120),
    "f8_e4m3": (4, -9, 448), "f8_e5m2": (3, -16, 57344)}
NUMPY = {"f16": np.float16, "bf16": ml_dtypes.bfloat16, "f8_e4m3": ml_dtypes.float8_e4m3fn, "f8_e5m2": ml_dtypes.float8_e5m2}


def nearest(x, kind):
    """x rounded to a type; None where that is more than its largest number."""
    precision, smallest, largest = TYPES[kind]
    y = rounded(x, precision, smallest)
    return None if abs(y) > largest else y


def code(x, kind):
    """The bits of x rounded to a type, as ml_dtypes has them; of f64, x itself is a number of the type."""
    y = nearest(x, kind)
    if kind == "f64":
        return struct.unpack("<Q", struct.pack("<d", float(x)))[0]
    number = np.array(float(y)).astype(NUMPY[kind])
    assert Fraction(float(number)) == y, (kind, x)
    bits = int(number.view(f"u{number.itemsize}"))
    return bits | (1 << 8 * number.itemsize - 1 if y == 0 and x < 0 else 0)


def above(bound, kind, closed):
    """The smallest number of a type that is above a bound, or on it if it is closed; None for none."""
    precision, smallest, largest = TYPES[kind]
    if bound == -inf or bound < -largest:
        return -Fraction(largest)
    if bound == inf or bound > largest:
        return None
    fits = lambda y: y > bound or closed and y == bound
    y = rounded(bound, precision, smallest)
    if fits(y):
        return y
    # The numbers around y: halves of its own distance to the next one, which is shorter below a power of two.
    half = Fraction(2) ** max(exponent_of(y) - precision, smallest - 1) if y else Fraction(2) ** (smallest - 1)
    y = next(z for n in (1, 2, 3) if fits(z := y + n * half) and z == rounded(z, precision, smallest))
    return y if y <= largest else None


def exponent_of(x):
    exponent = abs(x).numerator.bit_length() - abs(x).denominator.bit_length()
    return exponent - (abs(x) < Fraction(2) ** exponent)


def interval(low, high, kind, closed):
    """The smallest and the largest number of a type between bounds; None where there is none."""
    first, last = above(low, kind, closed), above(-high, kind, False)
    return None if first is None or last is None or first > -last else (first, -last)


def uniform_in(kind, w, low, high):
    bounds = interval(low, high, kind, True)
    low, high = single(low), single(high)
    half, center = f32(f64(high / 2 - low / 2)), f32(f64(low / 2 + high / 2))
    x = fma(centered(w), f32(half / 2**24), center)
    return None if bounds is None else code(min(max(x, bounds[0]), bounds[1]), kind)


def truncated_in(kind, words, mean, std, low, high):
    bounds = interval(low, high, kind, False)
    _, values = truncated(words, *map(single, (low, high, mean, std)))
    return bounds and [code(min(max(x, bounds[0]), bounds[1]), kind) for x in values]


ROUNDED_UNIFORMS = [(-1, 1), (0, 1), (-0.1, 0.3), (3, 3.5), (-1e-3, 7.25), (0.7, 0.75), (0.7, 0.7001), (-440.5, 440)]
ROUNDED_NORMALS = [(0, 1), (0, 0.02), (1, 0.25), (-20, 3)]
ROUNDED_TRUNCATIONS = [  # mean, std, low, high
    (0, 1, -2, 2), (0, 0.02, -0.04, 0.04), (0, 1, 2, 3), (0, 1, 0.5, 0.6), (0, 1, 5, 6), (0, 1, -inf, -1),
    (0, 0.3, 0, inf), (1, 0.25, 0.9, 1.1)]
# Ties, and what a detour over binary32 would make a tie of: a little above halfway; where types end, on both sides.
CONSTANTS = [
    0.1, -0.02, 1 + 2**-11, 1 + 2**-11 + 2**-40, 1 + 2**-8 + 2**-40, 1 + 2**-4, 1 + 2**-4 + 2**-40, 1 + 3 * 2**-4,
    1 + 2**-3 + 2**-40, 448, 464, 464 + 2**-40, 480, -464, 57344, 61440 - 2**-30, 61440, 65504, 65519.999999999, 65520,
    2**-9, 2**-10, 2**-10 + 2**-50, 3 * 2**-10, 2**-16, 2**-17, 2**-17 + 2**-60, 2**-24, 2**-25, 2**-25 + 2**-70,
    2**-134, 2**-134 + 2**-170, float(np.finfo(np.float32).max)]


def held(x, kind):
    y = nearest(Fraction(x), kind)
    return y is not None and (y != 0 or x == 0)


def rounded_golden():
    words = [word(42, NAME, 0, i) for i in range(96)]
    draws = []

    def add(method, kind, parameters, bits):
        draws.append({"method": method, "type": kind, "parameters": [float(p).hex() for p in parameters], "bits": bits})

    for kind in TYPES:
        for case in ROUNDED_UNIFORMS:
            bits = [uniform_in(kind, w, *case) for w in words]
            add("uniform", kind, case, None if None in bits else bits)
        for case in ROUNDED_NORMALS:
            add("normal", kind, case, [code(normal(w, *map(single, case)), kind) for w in words])
        for case in ROUNDED_TRUNCATIONS:
            add("truncated_normal", kind, case, truncated_in(kind, words, *case))
        for value in CONSTANTS if kind != "f64" else []:
            add("constant", kind, [value], [code(Fraction(value), kind)] if held(value, kind) else None)
    halves = np.arange(65536, dtype=np.uint16).view(np.float16)
    eights = {kind: NUMPY[kind] for kind in ("f8_e4m3", "f8_e5m2")}
    with np.errstate(invalid="ignore"):
        converted = {kind: halves.astype(np.float32).astype(dtype).tobytes() for kind, dtype in eights.items()}
    for kind in eights:
        for half, bits in zip(halves, converted[kind]):
            if np.isfinite(half) and nearest(Fraction(float(half)), kind) is not None:
                sign = 0x80 if np.signbit(half) else 0
                assert bits == code(Fraction(float(half)), kind) | sign, (kind, half)
    numbers = {
        kind: [f"{bits32(x) if x == x else 0x7FC00000 | (c & 0x80) << 24:08x}" for c, x in enumerate(
            np.arange(256, dtype=np.uint8).view(dtype).astype(np.float64).tolist())] for kind, dtype in eights.items()}
    return {
        "seed": 42, "name": NAME, "draws": draws, "numbers": numbers,
        "halves": {kind: f"{xxh64(data):016x}" for kind, data in converted.items()}}


def examples():
    words = [word(42, NAME, 0, i) for i in range(4)]
    h = xxh64(NAME.encode())
    lines = [
        f"Seed 42, name `{NAME}`: h = 0x{h:016X}. Elements 0 to 3, values as bits and in decimal:", "",
        "| | 0 | 1 | 2 | 3 |", "| --- | --- | --- | --- | --- |",
        "| word | " + " | ".join(f"{w:08x}" for w in words) + " |"]
    show = lambda values: " | ".join(f"{bits32(x):08x} {float(x):.6g}" for x in values)
    lines.append("| uniform [−1, 1) | " + show(uniform(w, single(-1), single(1)) for w in words) + " |")
    lines.append("| normal, mean 0, std 1 | " + show(normal(w, single(0), single(1)) for w in words) + " |")
    for low, high, mean, std in (TRUNCATIONS[0], (0.5, 0.6, 0, 1), (5, 6, 0, 1)):
        method, values = truncated(words, *map(single, (low, high, mean, std)))
        lines.append(f"| normal in ({low}, {high}): {method} | {show(values)} |")
    lines += ["", "Words at the ends, as standard normal values:", ""]
    lines += ["| word | bits | value |", "| --- | --- | --- |"]
    for w in (0, 1, 2**31 - 1, 2**31, MASK32):
        z = normal(w, single(0), single(1))
        lines.append(f"| {w:08x} | {bits32(z):08x} | {float(z):.7g} |")
    return "\n".join(lines) + "\n"


def main():
    text = DOCUMENT.read_text()
    written = {
        GOLDEN: json.dumps(golden(), separators=(",", ":")).replace("},", "},\n") + "\n",
        ROUNDED: json.dumps(rounded_golden(), separators=(",", ":")).replace("},", "},\n") + "\n",
        DOCUMENT: EXAMPLES.sub(lambda match: match[1] + examples() + match[2], text)}
    if "--check" in sys.argv[1:]:
        sys.exit(any(not path.exists() or path.read_text() != new for path, new in written.items()))
    for path, new in written.items():
        path.write_text(new)


if __name__ == "__main__":
    main()
